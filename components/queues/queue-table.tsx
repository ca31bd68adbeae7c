'use client';

import { memo } from 'react';
import { Sparkline } from '@/components/charts/sparkline';
import { OldestWait } from '@/components/queues/oldest-wait';
import { PausedBy } from '@/components/queues/paused-by';
import { Slots } from '@/components/queues/slots';
import { StateBar } from '@/components/queues/state-bar';
import { Pill } from '@/components/queues/state-mark';
import { PageLink } from '@/components/shell/nav/page-link';
import { Visible } from '@/components/ui/visible';
import { queueHref } from '@/lib/client/http/url';
import type { SeenQueue } from '@/lib/client/live/apply-frame';
import type { Summary } from '@/lib/contracts/metrics';
import type { JobState } from '@/lib/contracts/states';
import { formatCount, formatDuration } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

export type QueuePeriod = Summary['queues'][number];

interface QueueTableProps {
  queues: SeenQueue[];
  asOf: string;
  /** Several sources: each row names its own. */
  showSource: boolean;
  /** What the record says of a queue over the period, by `source/queue`. */
  periods: ReadonlyMap<string, QueuePeriod>;
}

export function QueueTable({ queues, asOf, showSource, periods }: QueueTableProps) {
  return (
    <div className="scroll-x">
      <table className="grid-table steady">
        <thead>
          <tr>
            <th>Queue</th>
            <th className="col-4 w-[136px]">Jobs by state</th>
            <th className="num w-[88px]">Waiting</th>
            <th className="num col-1 w-[70px]">Active</th>
            <th className="num col-2 w-[76px]">Delayed</th>
            <th className="num w-[88px]">Failed</th>
            <th className="num col-1 w-[96px]">Oldest wait</th>
            <th className="col-3 w-[132px]">Finished / min</th>
            <th className="num col-2 w-[80px]">Run p95</th>
            <th className="col-1 w-[196px] max-[1240px]:w-[104px]">Workers</th>
          </tr>
        </thead>
        <tbody>
          {queues.map((queue) => (
            <QueueRow
              key={`${queue.source}/${queue.name}`}
              queue={queue}
              asOf={asOf}
              showSource={showSource}
              period={periods.get(`${queue.source}/${queue.name}`)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface QueueRowProps {
  queue: SeenQueue;
  asOf: string;
  showSource: boolean;
  period: QueuePeriod | undefined;
}

/** Drawn again only when its own figures changed: there may be two thousand of them. */
const QueueRow = memo(function QueueRow({ queue, asOf, showSource, period }: QueueRowProps) {
  return (
    <tr>
      <td>
        <span className="flex items-center gap-2">
          <PageLink
            href={queueHref(queue.source, queue.name)}
            className="name clip min-w-10 hover:underline"
            title={toVisible(queue.name)}
          >
            <Visible text={queue.name} />
          </PageLink>
          {showSource && <span className="faint clip max-w-24 flex-none">{queue.source}</span>}
          {queue.paused && (
            <Pill tone="paused" small>
              Paused
            </Pill>
          )}
        </span>
        {queue.paused && queue.pause && (
          <PausedBy pause={queue.pause} withReason className="block max-w-[34ch] text-[12px]" />
        )}
      </td>
      <td className="col-4">
        <StateBar counts={queue.counts} />
      </td>
      <CountCell queue={queue} state="waiting" />
      <CountCell queue={queue} state="active" className="col-1" />
      <CountCell queue={queue} state="delayed" className="col-2" />
      <CountCell queue={queue} state="failed" loud />
      <td className="num col-1">
        <OldestWait ms={queue.oldestWaitingMs} at={queue.at ?? asOf} />
      </td>
      <td className="col-3">
        <FinishedCell period={period} />
      </td>
      <td className={`num col-2 ${period?.runP95 == null ? 'zero' : ''}`}>{formatDuration(period?.runP95)}</td>
      <td className="col-1">
        <WorkersCell queue={queue} />
      </td>
    </tr>
  );
});

interface CountCellProps {
  queue: SeenQueue;
  state: JobState;
  className?: string;
  /** Not zero is worth red. */
  loud?: boolean;
}

function CountCell({ queue, state, className = '', loud }: CountCellProps) {
  const count = queue.counts[state] ?? null;
  const text = formatCount(count, queue.countsAtLeast.includes(state));
  return (
    <td className={`num ${className} ${count ? '' : 'zero'}`}>
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

/** A line of what ended, and its mean per minute; a dash where nothing is recorded. */
function FinishedCell({ period }: { period: QueuePeriod | undefined }) {
  if (period?.finishedPerMinute == null) return <span className="faint">—</span>;
  const rate = formatCount(roundRate(period.finishedPerMinute));
  return (
    <span className="flex items-center gap-2">
      <Sparkline values={period.finished} tone="completed" width={64} height={18} label={null} />
      <span className="faint tnum">{rate}</span>
    </span>
  );
}

const roundRate = (perMinute: number) => (perMinute < 10 ? Math.round(perMinute * 10) / 10 : Math.round(perMinute));

function WorkersCell({ queue }: { queue: SeenQueue }) {
  if (queue.workers === null) return <span className="faint">—</span>;
  if (queue.workers === 0) {
    const isMissed = (queue.counts.waiting ?? 0) + (queue.counts.prioritized ?? 0) > 0;
    return <span className={isMissed ? 'bad' : 'faint'}>none</span>;
  }
  if (queue.slots === null) return <span className="tnum">{formatCount(queue.workers)}</span>;
  return <Slots slots={queue.slots} busy={queue.busy} />;
}
