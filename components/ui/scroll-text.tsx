import type { ReactNode } from 'react';

/** Preformatted text in a box that scrolls, and that the keyboard can reach. */
export function ScrollText({ label, wrap, children }: { label: string; wrap?: boolean; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="scroll-text" aria-label={label} tabIndex={0}>
      <pre className={wrap ? 'whitespace-pre-wrap [overflow-wrap:anywhere]' : undefined}>{children}</pre>
    </section>
  );
}
