import type { BrokerRow } from '@/lib/backends/backend';
import type { JobState } from '@/lib/contracts/states';
import { timeOf, toIso } from '@/lib/iso-time';
import { firstErrorLine, parseProgress, ranMs, waitedMs } from '../job-shape';
import type { RawRow } from './scripts/row';

/** `delayed` scores are `runAtMs * 4096 + n`. */
export const runAtOf = (score: string): number => Math.floor(Number(score) / 4096);

const MOST = 2_147_483_647;
/** A number that is counted with; 0 for what is none. */
export const whole = (text: string): number => Math.max(-MOST, Math.min(MOST, Math.trunc(Number(text)) || 0));
const time = (text: string): number | null => timeOf(Number(text));

export function toRow(raw: RawRow, state: JobState, nowMs = Date.now()): BrokerRow {
  const addedAt = time(raw.timestamp);
  const begun = state === 'active' || state === 'completed' || state === 'failed';
  const startedAt = time(raw.processedOn);
  const finishedAt = state === 'completed' || state === 'failed' ? time(raw.finishedOn) : null;
  return {
    id: raw.id,
    name: raw.name,
    state,
    attemptsMade: whole(raw.attemptsMade),
    attempts: Math.max(1, whole(raw.attempts)),
    progress: parseProgress(raw.progress),
    priority: whole(raw.priority),
    addedAt: toIso(addedAt) ?? new Date(0).toISOString(),
    startedAt: toIso(startedAt),
    finishedAt: toIso(finishedAt),
    runAt: state === 'delayed' ? toIso(raw.score ? runAtOf(raw.score) : (addedAt ?? 0) + whole(raw.delay)) : null,
    waitMs: waitMs(raw, state, begun ? startedAt : null, nowMs),
    runMs: state === 'active' && startedAt ? Math.max(0, nowMs - startedAt) : ranMs(startedAt, finishedAt),
    error: state === 'completed' ? null : firstErrorLine(raw.failedReason || null),
    worker: raw.worker || null,
  };
}

function waitMs(raw: RawRow, state: JobState, startedAt: number | null, nowMs: number): number | null {
  const addedAt = time(raw.timestamp);
  const delay = whole(raw.planDelay);
  if (addedAt === null) return null;
  if (state === 'waiting' || state === 'prioritized')
    return whole(raw.attemptsStarted) > 0 ? null : Math.max(0, nowMs - addedAt - delay);
  return waitedMs(addedAt, delay, startedAt, whole(raw.attemptsStarted));
}
