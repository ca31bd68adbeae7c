'use client';

import { Figure } from '@/components/metrics/figure';
import { change, rateParts, whyNotCompared } from '@/components/metrics/words';
import { countReady, isReadyAtLeast } from '@/components/queues/ready';
import { useParams } from '@/components/ui/use-param';
import { useSummary } from '@/lib/client/metrics';
import { useQueues } from '@/lib/client/queues';
import { readRange } from '@/lib/client/range';
import { useWorkers } from '@/lib/client/workers';
import { formatCount, formatDuration, formatPlural } from '@/lib/format';

/** Six figures of the period in the address, beside the period before; backlog and slots are of now. */
export function Figures() {
  const { params } = useParams();
  const summary = useSummary({}, readRange(params)).data;
  const queues = useQueues().data;
  const workers = useWorkers().data?.items.filter((worker) => worker.status !== 'lost');
  const ready = queues ? sumKnown(queues.items.map(countReady)) : null;
  const isLowerBound = queues?.nextCursor !== null || queues.items.some(isReadyAtLeast);
  const slots = workers ? sumKnown(workers.map((worker) => worker.slots)) : null;
  const busy = workers ? sumKnown(workers.map((worker) => worker.busy)) : null;
  const silent = workers?.filter((worker) => worker.slots === null).length ?? 0;
  const { now, before, lines } = summary ?? {};
  const rate = now && rateParts(now.failureRate);
  const tooFew = whyNotCompared(now, before);
  const isBad = (worse: boolean) => tooFew === null && worse;
  return (
    <dl className="card figs m-0">
      <Figure
        label="Finished"
        value={now && formatRate(now.finishedPerMinute)}
        unit="/min"
        note={change(now?.finishedPerMinute, before?.finishedPerMinute, 'share')}
        line={lines?.finished}
        tone="completed"
      />
      <Figure
        label="Failure rate"
        value={rate?.value}
        unit={rate?.unit}
        note={tooFew ?? change(now?.failureRate, before?.failureRate, 'points')}
        isBad={isBad(isWorse(now?.failureRate, before?.failureRate, 0.01))}
        line={lines?.failureRate}
        tone="failed"
      />
      <Figure
        label="Wait p95"
        value={now && formatDuration(now.wait?.p95)}
        note={tooFew ?? (before?.wait ? `was ${formatDuration(before.wait.p95)}` : '')}
        isBad={isBad(isWorse(now?.wait?.p95, before?.wait?.p95, 1_000))}
        line={lines?.waitP95}
        tone="waiting"
      />
      <Figure
        label="Run p95"
        value={now && formatDuration(now.run?.p95)}
        note={tooFew ?? (before?.run ? `was ${formatDuration(before.run.p95)}` : '')}
        isBad={isBad(isWorse(now?.run?.p95, before?.run?.p95, 1_000))}
        line={lines?.runP95}
        tone="active"
      />
      <Figure
        label="Backlog"
        value={formatCount(ready, ready !== null && queues !== undefined && isLowerBound)}
        note={change(ready, summary?.backlogBefore, 'count')}
        line={lines?.backlog}
        tone="waiting"
      />
      <Figure
        label="Slots busy"
        value={formatCount(busy)}
        unit={slots === null ? '' : `/ ${formatCount(slots)}`}
        note={describeWorkers(workers?.length, silent)}
        line={lines?.busy}
        tone="active"
      />
    </dl>
  );
}

function formatRate(perMinute: number | null): string {
  if (perMinute === null) return '—';
  return perMinute < 10 ? String(Math.round(perMinute * 10) / 10) : formatCount(Math.round(perMinute));
}

/** Worse than before by more than a half, and by more than noise. */
function isWorse(now: number | null | undefined, before: number | null | undefined, noise: number): boolean {
  if (now === null || now === undefined || before === null || before === undefined) return false;
  return now > before * 1.5 && now - before > noise;
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
