import { type Earlier, listEarlierRows } from '@/components/jobs/detail/earlier-rows';
import type { Job } from '@/lib/contracts/jobs';
import type { RecordedAttempt } from '@/lib/contracts/search';
import type { JobState } from '@/lib/contracts/states';
import { formatDuration } from '@/lib/format';

export interface TimelineRow {
  label: string;
  tone: JobState;
  /** soft: a wait. solid: work. hatched: what happened inside is not known. */
  kind: 'soft' | 'solid' | 'hatched';
  fromMs: number;
  toMs: number;
  text: string;
}

export interface Timeline {
  startMs: number;
  endMs: number;
  /** The right end is the present, and moves. */
  endsNow: boolean;
  rows: TimelineRow[];
  /** What neither the broker nor the record keeps, said once. */
  gap: string | null;
}

type TimedJob = Pick<
  Job,
  | 'state'
  | 'addedAt'
  | 'startedAt'
  | 'finishedAt'
  | 'runAt'
  | 'delayMs'
  | 'attemptsMade'
  | 'attemptsStarted'
  | 'options'
  | 'children'
>;

/**
 * A job's life from the four times that a broker keeps: added, due, start of the last attempt, end. Earlier attempts left no times
 * there: they are `recorded` ones, and where none are, one hatched row, and the gap is said.
 */
export function buildTimeline(job: TimedJob, nowMs: number, recorded: readonly RecordedAttempt[] = []): Timeline {
  const addedMs = Date.parse(job.addedAt);
  const startedMs = parse(job.startedAt);
  const finishedMs = parse(job.finishedAt);
  const dueMs = parse(job.runAt);
  const isEnded = job.state === 'completed' || job.state === 'failed';
  const knownEndMs = isEnded ? (finishedMs ?? startedMs ?? nowMs) : nowMs;
  const endMs = Math.max(knownEndMs, job.state === 'delayed' ? (dueMs ?? 0) : 0, addedMs + 1);
  // An attempt that still runs is not among those made; every other state comes after the last one.
  const earlier = startedMs === null ? 0 : Math.max(0, job.attemptsMade - (job.state === 'active' ? 0 : 1));
  const known: Earlier | null =
    startedMs === null
      ? null
      : listEarlierRows({ addedMs, startedMs, isRunning: job.state === 'active' }, earlier, recorded);
  const first =
    known?.rows ??
    (earlier > 0 ? [toEarlierRow(earlier, addedMs, startedMs ?? endMs)] : listWaits(job, addedMs, startedMs ?? endMs));
  const number = known ? known.runs + 1 : earlier + 1;
  const last = startedMs === null ? null : toLastRow(job, number, startedMs, { finishedMs, dueMs, nowMs });
  return {
    startMs: addedMs,
    endMs,
    endsNow: !isEnded && endMs === nowMs,
    rows: [...first, ...(last ? [last] : [])].filter((row) => row.toMs >= row.fromMs),
    gap: earlier > 0 && !known ? describeGap(earlier) : null,
  };
}

function toEarlierRow(earlier: number, fromMs: number, toMs: number): TimelineRow {
  const label = earlier === 1 ? 'Attempt 1' : `Attempts 1–${earlier}`;
  return { label, tone: 'failed', kind: 'hatched', fromMs, toMs, text: 'times not kept' };
}

function toWait(label: string, tone: JobState, fromMs: number, toMs: number): TimelineRow {
  return { label, tone, kind: 'soft', fromMs, toMs, text: formatDuration(toMs - fromMs) };
}

function listWaits(job: TimedJob, addedMs: number, untilMs: number): TimelineRow[] {
  if (job.state === 'waiting-children' || job.children)
    return [toWait('For children', 'waiting-children', addedMs, untilMs)];
  // More starts than attempts: a worker died or stalled with it, and the broker kept no time of that.
  if (job.attemptsStarted > 1 && job.startedAt !== null)
    return [
      { label: 'Stalled run', tone: 'failed', kind: 'hatched', fromMs: addedMs, toMs: untilMs, text: 'times not kept' },
    ];
  if (job.state === 'delayed' && job.startedAt === null) return [toWait('Delayed', 'delayed', addedMs, untilMs)];
  // A delay that has passed is kept in the options alone; after a first run the job's own is the backoff.
  const delayMs = job.state === 'delayed' ? 0 : Math.max(job.delayMs, readAddedDelayMs(job.options));
  const dueMs = Math.min(untilMs, addedMs + delayMs);
  const delay = dueMs > addedMs ? [toWait('Delayed', 'delayed', addedMs, dueMs)] : [];
  return [...delay, toWait('Waiting', 'waiting', dueMs, untilMs)];
}

function readAddedDelayMs(options: unknown): number {
  const delay = typeof options === 'object' && options !== null && 'delay' in options ? options.delay : 0;
  return typeof delay === 'number' && delay > 0 ? delay : 0;
}

interface Times {
  finishedMs: number | null;
  dueMs: number | null;
  nowMs: number;
}

function toLastRow(job: TimedJob, number: number, fromMs: number, times: Times): TimelineRow | null {
  const { finishedMs, dueMs, nowMs } = times;
  const label = `Attempt ${number}`;
  const ranMs = Math.max(0, nowMs - fromMs);
  switch (job.state) {
    case 'active':
      return {
        label,
        tone: 'active',
        kind: 'solid',
        fromMs,
        toMs: fromMs + ranMs,
        text: `running ${formatDuration(ranMs)}`,
      };
    case 'completed':
    case 'failed': {
      // Ended before it began: failed while it waited again, by a cancel or by a parent; the filter above drops the row.
      const toMs = finishedMs ?? fromMs;
      const text = `${job.state === 'failed' ? 'failed' : 'took'} ${formatDuration(toMs - fromMs)}`;
      return { label, tone: job.state, kind: 'solid', fromMs, toMs, text };
    }
    case 'delayed': {
      const toMs = Math.max(dueMs ?? nowMs, fromMs);
      const text = toMs > nowMs ? `due in ${formatDuration(toMs - nowMs)}` : 'due now';
      return { label: `${label}, backoff`, tone: 'delayed', kind: 'hatched', fromMs, toMs, text };
    }
    case 'waiting-children':
      return toWait('For children', 'waiting-children', fromMs, nowMs);
    default:
      return {
        label: `${label}, then wait`,
        tone: 'waiting',
        kind: 'hatched',
        fromMs,
        toMs: nowMs,
        text: formatDuration(ranMs),
      };
  }
}

function describeGap(earlier: number): string {
  const attempts = earlier === 1 ? 'the first attempt' : `the first ${earlier} attempts`;
  return `The broker keeps the times of the last attempt only: when ${attempts} began, ended and backed off is not known. Their errors are below, as far as they were kept.`;
}

const parse = (iso: string | null) => (iso === null ? null : Date.parse(iso));
