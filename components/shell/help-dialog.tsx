'use client';

import { SHORTCUTS } from '@/components/shell/shortcuts';
import { Dialog } from '@/components/ui/dialog';

export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where the screen is low, and a keyboard must reach it */}
      <section aria-label="Keys" tabIndex={0} data-autofocus className="grid gap-4 rounded-md outline-none">
        {(['everywhere', 'in a list of jobs'] as const).map((where) => (
          <div key={where}>
            <h3 className="mb-1 font-medium text-[12px] text-ink-3 first-letter:uppercase">{where}</h3>
            <dl className="m-0 grid gap-x-8 sm:grid-cols-2">
              {SHORTCUTS.filter((shortcut) => shortcut.where === where).map(({ keys, does }) => (
                <div
                  key={does}
                  className={`flex items-center justify-between border-line border-b py-1.5 ${keys.length > 2 ? 'sm:col-span-2' : ''}`}
                >
                  <dt>{does}</dt>
                  <dd className="m-0 flex flex-none gap-1 whitespace-nowrap">
                    {keys.map((key) => (
                      <kbd key={key} className="kbd">
                        {key}
                      </kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </div>
        ))}
      </section>
    </Dialog>
  );
}
