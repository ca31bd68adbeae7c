import type { TimelineRow } from '@/components/jobs/detail/timeline';
import type { RecordedAttempt } from '@/lib/contracts/search';
import { formatDuration } from '@/lib/format';

/** Rows of their own for so many of the runs before the last; those between the first and the newest are one row. */
const MOST_ROWS = 10;

export interface Earlier {
  rows: TimelineRow[];
  /** How many runs they stand for. */
  runs: number;
}

interface Run {
  number: number;
  fromMs: number;
  toMs: number;
  error: string | null;
}

/**
 * The runs before the last one as they were recorded; null where the record has not got all of the `earlier` attempts, which ended
 * before the last one began. A run that was put back is among them though it is no attempt.
 */
export function listEarlierRows(
  { addedMs, startedMs, isRunning }: { addedMs: number; startedMs: number; isRunning: boolean },
  earlier: number,
  recorded: readonly RecordedAttempt[],
): Earlier | null {
  const ended = recorded.flatMap((one): Run[] => {
    const [fromMs, toMs] = [Date.parse(one.startedAt ?? ''), Date.parse(one.endedAt ?? '')];
    return Number.isNaN(fromMs) || Number.isNaN(toMs) ? [] : [{ number: one.attempt, fromMs, toMs, error: one.error }];
  });
  const newest = ended.at(-1);
  // The newest is the run that the broker tells of, unless that still runs; their clocks may be some way apart.
  const isLast = newest !== undefined && !isRunning && isNearer(startedMs, newest);
  const runs = isLast ? ended.slice(0, -1) : ended;
  const before = (isLast ? newest : runs.at(-1))?.number ?? 0;
  const count = isLast ? before - 1 : before;
  if (count === 0 || count < earlier || runs.length === 0) return null;
  return { rows: [...listWait(addedMs, runs), ...toRows(runs)], runs: count };
}

/** It began at that time rather than ended before it. */
const isNearer = (startedMs: number, { fromMs, toMs }: Run): boolean =>
  Math.abs(startedMs - fromMs) <= Math.abs(startedMs - toMs);

function listWait(addedMs: number, [first]: Run[]): TimelineRow[] {
  if (first?.number !== 1 || first.fromMs <= addedMs) return [];
  const text = formatDuration(first.fromMs - addedMs);
  return [{ label: 'Waiting', tone: 'waiting', kind: 'soft', fromMs: addedMs, toMs: first.fromMs, text }];
}

function toRows(runs: Run[]): TimelineRow[] {
  const [first, ...rest] = runs;
  if (!first) return [];
  const shown = rest.slice(-(MOST_ROWS - 2));
  const next = shown[0];
  const folded = next && next.number > first.number + 1 ? toFolded(first, next) : null;
  return [toRow(first), ...(folded ? [folded] : []), ...shown.map(toRow)];
}

function toFolded(first: Run, next: Run): TimelineRow {
  const [from, to] = [first.number + 1, next.number - 1];
  return {
    label: from === to ? `Attempt ${from}` : `Attempts ${from}–${to}`,
    ...{ tone: 'failed', kind: 'hatched', fromMs: first.toMs, toMs: next.fromMs },
    text: formatDuration(next.fromMs - first.toMs),
  };
}

function toRow({ number, fromMs, toMs, error }: Run): TimelineRow {
  const took = formatDuration(Math.max(0, toMs - fromMs));
  const base = { label: `Attempt ${number}`, kind: 'solid' as const, fromMs, toMs: Math.max(fromMs, toMs) };
  return error === null
    ? { ...base, tone: 'waiting', text: `put back ${took}` }
    : { ...base, tone: 'failed', text: `failed ${took}` };
}
