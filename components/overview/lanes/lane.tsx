import type { ReactNode } from 'react';
import type { LaneItem } from '@/components/overview/lanes/lane-item';
import { PageLink } from '@/components/shell/nav/page-link';
import { Since } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { formatCount } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

export const MOST_SHOWN = 3;

interface LaneProps {
  title: string;
  /** A state's hue; '' = ink. */
  tone: string;
  of: string;
  items: readonly LaneItem[];
  /** There may be more that are not known here. */
  atLeast: boolean;
  /** What stands under the first three. */
  children: ReactNode;
}

/** One kind of trouble: how much of it, the first three, and the way to the rest. */
export function Lane({ title, tone, of, items, atLeast, children }: LaneProps) {
  const id = `lane-${title.toLowerCase()}`;
  return (
    <section className="lane" aria-labelledby={id}>
      <h3 id={id}>
        <span className={`dot ${tone || 'bg-ink'}`} />
        {title} <span className="count">{formatCount(items.length, atLeast)}</span>
        <span className="faint ml-auto font-normal">{of}</span>
      </h3>
      {items.slice(0, MOST_SHOWN).map((item) => (
        <LaneRow key={item.id} item={item} />
      ))}
      {children}
    </section>
  );
}

export function LaneRow({ item: { subject, href, sentence, since, cause } }: { item: LaneItem }) {
  return (
    <div className="item">
      <div className="flex items-baseline gap-2">
        <PageLink href={href} className="clip font-[550] hover:underline" title={toVisible(subject)}>
          <Visible text={subject} />
        </PageLink>
        {since && (
          <time dateTime={since} title={`since ${since}`} className="faint num ml-auto flex-none text-[12px]">
            <Since at={since} />
          </time>
        )}
      </div>
      <p title={toVisible(sentence)}>
        <Visible text={sentence} />
      </p>
      {cause && (
        <div className="cause">
          {cause.href ? (
            <PageLink href={cause.href} className="mono clip hover:underline" title={toVisible(cause.message)}>
              <Visible text={cause.message} />
            </PageLink>
          ) : (
            <span className="mono clip" title={toVisible(cause.message)}>
              <Visible text={cause.message} />
            </span>
          )}
          <span className="faint tnum flex-none">· {cause.note}</span>
        </div>
      )}
    </div>
  );
}
