'use client';

import type { ReactNode } from 'react';
import { countReady } from '@/components/queues/queue-health';
import { useQueues } from '@/lib/client/queues';
import { useWorkers } from '@/lib/client/workers';
import { formatCount, formatPlural } from '@/lib/format';

const NEEDS_HISTORY =
  'Needs a record of past jobs, which Queuedeck does not keep yet. Brokers only hold what is there now.';

/** Six figures; those that need history say so instead of a number. */
export function Figures() {
  const queues = useQueues().data;
  const workers = useWorkers().data?.items.filter((worker) => worker.status !== 'lost');
  const ready = queues ? sumKnown(queues.items.map(countReady)) : null;
  const delayed = queues ? sumKnown(queues.items.map((queue) => queue.counts.delayed ?? null)) : null;
  const isLowerBound =
    queues?.nextCursor !== null || queues.items.some((queue) => queue.countsAtLeast.includes('waiting'));
  const slots = workers ? sumKnown(workers.map((worker) => worker.slots)) : null;
  const busy = workers ? sumKnown(workers.map((worker) => worker.busy)) : null;
  const silent = workers?.filter((worker) => worker.slots === null).length ?? 0;
  return (
    <dl className="card figs m-0">
      <Figure label="Finished" unit="/min" />
      <Figure label="Failure rate" unit="%" />
      <Figure label="Wait p95" unit="s" />
      <Figure label="Run p95" unit="s" />
      <Figure
        label="Backlog"
        value={formatCount(ready, ready !== null && queues !== undefined && isLowerBound)}
        note={delayed === null ? '' : `${formatCount(delayed)} more delayed`}
      />
      <Figure
        label="Slots busy"
        value={formatCount(busy)}
        unit={slots === null ? '' : `/ ${formatCount(slots)}`}
        note={describeWorkers(workers?.length, silent)}
      />
    </dl>
  );
}

function describeWorkers(count: number | undefined, silent: number): string {
  if (count === undefined) return '';
  return silent > 0
    ? `${formatPlural(count, 'worker')}, ${formatCount(silent)} do not tell`
    : formatPlural(count, 'worker');
}

/** The sum of what is known; null when nothing is. */
function sumKnown(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 && values.length > 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

interface FigureProps {
  label: string;
  /** Absent: this figure needs history. */
  value?: string;
  unit?: ReactNode;
  note?: string;
}

function Figure({ label, value, unit, note }: FigureProps) {
  return (
    <div className="fig" title={value === undefined ? NEEDS_HISTORY : undefined}>
      <dt>{label}</dt>
      <dd className="v">
        {value ?? <span className="text-ink-3">—</span>}
        {value !== undefined && unit && <small>{unit}</small>}
      </dd>
      <dd className="d">{value === undefined ? 'needs history' : note || ' '}</dd>
    </div>
  );
}
