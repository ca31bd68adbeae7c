'use client';

import { useEffect, useRef } from 'react';
import { STATE_LABELS, STATE_ORDER } from '@/components/queues/state-labels';
import { PageLink } from '@/components/shell/nav/page-link';
import { useParams } from '@/components/ui/use-param';
import { queueFailuresHref, queueHref, queueSearchHref } from '@/lib/client/http/url';
import type { QueueFigures } from '@/lib/contracts/queues';
import type { JobState } from '@/lib/contracts/states';
import { formatCount } from '@/lib/format';

interface StateTabsProps {
  source: string;
  queue: string;
  figures: QueueFigures | undefined;
  /** Which one is shown, or which other page of the queue. */
  state?: JobState;
  page?: 'search' | 'schedulers';
}

/** One tab for each state, with its live count; a tab is an address. */
export function StateTabs({ source, queue, figures, state, page }: StateTabsProps) {
  const { linkTo } = useParams();
  const ref = useRef<HTMLElement>(null);
  // On a narrow screen the tab that is shown may lie outside; only the strip scrolls, never the page.
  useEffect(() => {
    const strip = ref.current;
    const tab = strip?.querySelector<HTMLElement>(page ? '[aria-current]' : `[data-state="${state}"]`);
    if (strip && tab) strip.scrollLeft = Math.max(0, tab.offsetLeft - strip.offsetLeft - 40);
  }, [state, page]);
  return (
    <nav ref={ref} className="tabs" aria-label="Jobs by state">
      {STATE_ORDER.map((each) => (
        <a
          key={each}
          data-state={each}
          className={each}
          {...(state === undefined
            ? { href: queueHref(source, queue, each) }
            : linkTo({ state: each, at: null, page: null }))}
          aria-current={each === state ? 'page' : undefined}
        >
          <span className="dot" />
          {STATE_LABELS[each]}
          <span className="n">{formatCount(figures?.counts[each], figures?.countsAtLeast.includes(each))}</span>
        </a>
      ))}
      <PageLink
        className="ml-auto"
        href={queueSearchHref(source, queue)}
        aria-current={page === 'search' ? 'page' : undefined}
      >
        Search
      </PageLink>
      <PageLink href={queueFailuresHref(source, queue)}>Causes</PageLink>
      <PageLink
        href={`${queueHref(source, queue)}/schedulers`}
        aria-current={page === 'schedulers' ? 'page' : undefined}
      >
        Schedulers
      </PageLink>
    </nav>
  );
}
