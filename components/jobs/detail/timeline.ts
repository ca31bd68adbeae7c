import type { Job } from '@/lib/contracts/jobs';
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
  /** What the broker does not keep, said once. */
  gap: string | null;
}

type TimedJob = Pick<Job, 'state' | 'addedAt' | 'startedAt' | 'finishedAt' | 'runAt' | 'delayMs' | 'attemptsMade' | 'attemptsStarted'>;

/**
 * A job's life from the four times that a broker keeps: added, due, start of the last attempt, end. Earlier attempts left
 * no times behind, so they are one hatched row, and the gap is said.
 */
export function buildTimeline(job: TimedJob, nowMs: number): Timeline {
  const addedMs = Date.parse(job.addedAt);
  const startedMs = parse(job.startedAt);
  const finishedMs = parse(job.finishedAt);
  const dueMs = parse(job.runAt);
  const isEnded = job.state === 'completed' || job.state === 'failed';
  const knownEndMs = isEnded ? (finishedMs ?? startedMs ?? nowMs) : nowMs;
  const endMs = Math.max(knownEndMs, job.state === 'delayed' ? (dueMs ?? 0) : 0, addedMs + 1);
  const earlier = Math.max(0, (startedMs === null ? 0 : job.attemptsStarted) - 1);
  const rows: TimelineRow[] = [];
  const add = (label: string, tone: JobState, kind: TimelineRow['kind'], fromMs: number, toMs: number, text = formatDuration(toMs - fromMs)) => {
    if (toMs >= fromMs) rows.push({ label, tone, kind, fromMs, toMs, text });
  };

  if (startedMs === null) addWaits(job, addedMs, endMs, add);
  else {
    if (earlier > 0) add(earlier === 1 ? 'Attempt 1' : `Attempts 1–${earlier}`, 'failed', 'hatched', addedMs, startedMs, 'times not kept');
    else addWaits(job, addedMs, startedMs, add);
    addLastAttempt(job, earlier + 1, startedMs, { finishedMs, dueMs, nowMs }, add);
  }
  return { startMs: addedMs, endMs, endsNow: !isEnded && endMs === nowMs, rows, gap: earlier > 0 ? describeGap(earlier) : null };
}

type Add = (label: string, tone: JobState, kind: TimelineRow['kind'], fromMs: number, toMs: number, text?: string) => void;

function addWaits(job: TimedJob, addedMs: number, untilMs: number, add: Add): void {
  if (job.state === 'waiting-children') return add('For children', 'waiting-children', 'soft', addedMs, untilMs);
  const delayedUntilMs = job.state === 'delayed' && job.startedAt === null ? untilMs : Math.min(untilMs, addedMs + job.delayMs);
  if (delayedUntilMs > addedMs) add('Delayed', 'delayed', 'soft', addedMs, delayedUntilMs);
  if (untilMs > delayedUntilMs || job.state === 'waiting') add('Waiting', 'waiting', 'soft', delayedUntilMs, untilMs);
}

function addLastAttempt(
  job: TimedJob,
  number: number,
  startedMs: number,
  { finishedMs, dueMs, nowMs }: { finishedMs: number | null; dueMs: number | null; nowMs: number },
  add: Add,
): void {
  const label = `Attempt ${number}`;
  if (job.state === 'active') return add(label, 'active', 'solid', startedMs, Math.max(startedMs, nowMs), `running ${formatDuration(nowMs - startedMs)}`);
  if (job.state === 'completed' || job.state === 'failed') {
    const toMs = finishedMs ?? startedMs;
    // Finished before it started: it was failed while it waited (a cancel, or a parent that failed), after an earlier run.
    if (toMs < startedMs) return;
    return add(label, job.state, 'solid', startedMs, toMs, `${job.state === 'failed' ? 'failed' : 'took'} ${formatDuration(toMs - startedMs)}`);
  }
  if (job.state === 'delayed' && dueMs !== null)
    return add(`${label}, backoff`, 'delayed', 'hatched', startedMs, Math.max(dueMs, startedMs), dueMs > nowMs ? `due in ${formatDuration(dueMs - nowMs)}` : 'due now');
  if (job.state === 'waiting-children') return add('For children', 'waiting-children', 'soft', startedMs, nowMs);
  add(`${label}, then wait`, 'waiting', 'hatched', startedMs, nowMs);
}

function describeGap(earlier: number): string {
  const attempts = earlier === 1 ? 'the first attempt' : `the first ${earlier} attempts`;
  return `The broker keeps the times of the last attempt only: when ${attempts} began, ended and backed off is not known. Their errors are below, as far as they were kept.`;
}

const parse = (iso: string | null) => (iso === null ? null : Date.parse(iso));
