'use client';

import { memo } from 'react';
import { HealthMark } from '@/components/queues/health/health-mark';
import type { QueuePeriod } from '@/components/queues/list/choose-queues';
import { OldestWait } from '@/components/queues/list/oldest-wait';
import { PausedBy } from '@/components/queues/paused-by';
import { countReady, isReadyAtLeast, readyState } from '@/components/queues/ready';
import { Slots } from '@/components/queues/slots';
import { StateBar } from '@/components/queues/state-bar';
import { PageLink } from '@/components/shell/nav/page-link';
import { Visible } from '@/components/ui/visible';
import { queueHref } from '@/lib/client/http/url';
import type { SeenQueue } from '@/lib/client/live/apply-frame';
import type { JobState } from '@/lib/contracts/states';
import { formatCount, formatDuration } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

interface QueueRowProps {
  queue: SeenQueue;
  asOf: string;
  showSource: boolean;
  away: boolean;
  period: QueuePeriod | undefined;
}

/** Drawn again only when its own figures changed: there may be two thousand of them. */
export const QueueRow = memo(function QueueRow({ queue, asOf, showSource, away, period }: QueueRowProps) {
  return (
    <tr>
      <td className="subject">
        <PageLink
          href={queueHref(queue.source, queue.name)}
          className="name clip block hover:underline"
          title={toVisible(queue.name)}
        >
          <Visible text={queue.name} />
        </PageLink>
        {queue.paused && queue.pause && (
          <PausedBy pause={queue.pause} withReason className="block max-w-[34ch] text-[12px]" />
        )}
      </td>
      {showSource && (
        <td className="col-2 faint clip" data-label="Source">
          {queue.source}
        </td>
      )}
      <td className="health">
        <HealthMark queue={queue} away={away} />
      </td>
      <td className="col-4">
        <StateBar counts={queue.counts} />
      </td>
      <ReadyCell queue={queue} />
      <CountCell queue={queue} state="waiting" label="Waiting" className="col-wide" />
      <CountCell queue={queue} state="prioritized" label="Priority" className="col-4" />
      <CountCell queue={queue} state="active" label="Active" className="col-1" />
      <CountCell queue={queue} state="delayed" label="Delayed" className="col-2" />
      <CountCell queue={queue} state="waiting-children" label="Children" className="col-4" />
      <CountCell queue={queue} state="failed" label="Failed" loud />
      <CountCell queue={queue} state="completed" label="Completed" className="col-wide" />
      <td className="num col-1" data-label="Oldest wait">
        <OldestWait ms={queue.oldestWaitingMs} at={queue.at ?? asOf} />
      </td>
      <RateCell perMinute={period?.addedPerMinute} className="col-3" />
      <RateCell perMinute={period?.finishedPerMinute} className="col-2" />
      <td className={`num col-3 ${period?.runP95 == null ? 'zero' : ''}`}>{formatDuration(period?.runP95)}</td>
      <td className="col-1" data-label="Workers">
        <WorkersCell queue={queue} />
      </td>
    </tr>
  );
});

/** What waits, prioritized or not. */
function ReadyCell({ queue }: { queue: SeenQueue }) {
  const count = countReady(queue);
  const text = formatCount(count, count !== null && isReadyAtLeast(queue));
  const { waiting, prioritized } = queue.counts;
  return (
    <td className={`num ${count ? '' : 'zero'}`} data-label="Ready">
      {count ? (
        <PageLink
          href={queueHref(queue.source, queue.name, readyState(queue))}
          className="hover:underline"
          title={`${formatCount(waiting)} waiting, ${formatCount(prioritized)} prioritized`}
        >
          {text}
        </PageLink>
      ) : (
        text
      )}
    </td>
  );
}

interface CountCellProps {
  queue: SeenQueue;
  state: JobState;
  label: string;
  className?: string;
  /** Not zero is worth red. */
  loud?: boolean;
}

function CountCell({ queue, state, label, className = '', loud }: CountCellProps) {
  const count = queue.counts[state] ?? null;
  const text = formatCount(count, queue.countsAtLeast.includes(state));
  return (
    <td className={`num ${className} ${count ? '' : 'zero'}`} data-label={label}>
      {count ? (
        <PageLink href={queueHref(queue.source, queue.name, state)} className={`hover:underline ${loud ? 'bad' : ''}`}>
          {text}
        </PageLink>
      ) : (
        text
      )}
    </td>
  );
}

/** A mean of the period; a dash where nothing is recorded. */
function RateCell({ perMinute, className }: { perMinute: number | null | undefined; className: string }) {
  const isKnown = perMinute !== null && perMinute !== undefined;
  return (
    <td className={`num ${className} ${perMinute ? '' : 'zero'}`}>
      {isKnown ? formatCount(roundRate(perMinute)) : '—'}
    </td>
  );
}

const roundRate = (perMinute: number) => (perMinute < 10 ? Math.round(perMinute * 10) / 10 : Math.round(perMinute));

function WorkersCell({ queue }: { queue: SeenQueue }) {
  if (queue.workers === null) return <span className="faint">—</span>;
  if (queue.workers === 0) {
    return <span className={countReady(queue) ? 'bad' : 'faint'}>none</span>;
  }
  if (queue.slots === null) return <span className="tnum">{formatCount(queue.workers)}</span>;
  return <Slots slots={queue.slots} busy={queue.busy} />;
}
