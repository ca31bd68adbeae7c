import { hasLegacyRepeatableKeyShape, type IQueueBackend, type MinimalQueue } from 'bullmq';
import type { BrokerScheduler, SchedulerDefinition } from '@/lib/backends/schedulers';
import type { JobState } from '@/lib/contracts/states';
import { toIso } from '@/lib/iso-time';
import { minimalQueue } from '../actions';
import { decodeOptions } from '../job-options';
import { firstErrorLine } from '../job-shape';

/** A scheduler's HASH as text, from either broker; '' = not set. */
export interface StoredScheduler {
  name: string;
  ic: string;
  limit: string;
  startDate: string;
  endDate: string;
  tz: string;
  pattern: string;
  every: string;
  offset: string;
}

const number = (text: string): number | null => (text === '' || !Number.isFinite(Number(text)) ? null : Number(text));

export function toRow(
  queue: string,
  id: string,
  nextMs: number,
  stored: StoredScheduler,
  legacy = false,
): BrokerScheduler {
  const isBare = legacy && hasLegacyRepeatableKeyShape(id) && stored.pattern === '' && stored.every === '';
  const timing = isBare ? readLegacyKey(id) : toTiming(stored);
  return {
    queue,
    id,
    name: stored.name || (isBare ? (id.split(':')[0] ?? null) : null),
    ...timing,
    nextMs,
    iterations: number(stored.ic),
    limit: number(stored.limit),
    legacy,
    lastRun: null,
  };
}

const toTiming = (stored: StoredScheduler) => ({
  pattern: stored.pattern || null,
  everyMs: number(stored.every),
  tz: stored.tz || null,
  startMs: number(stored.startDate),
  endMs: number(stored.endDate),
});

/** `name:id:endDate:tz:pattern or interval` */
function readLegacyKey(key: string) {
  const [, , end = '', tz = '', ...rest] = key.split(':');
  const suffix = rest.join(':');
  const every = /^\d+$/.test(suffix) ? Number(suffix) : null;
  return { pattern: every === null ? suffix : null, everyMs: every, tz: tz || null, startMs: null, endMs: number(end) };
}

export function toDefinition(row: BrokerScheduler, stored: StoredScheduler, data: string, opts: string) {
  const { pattern, everyMs, tz, startMs, endMs, limit, iterations } = row;
  const name = row.name ?? row.id;
  const definition: SchedulerDefinition = {
    name,
    pattern,
    everyMs,
    tz,
    startMs,
    endMs,
    limit,
    iterations,
    offsetMs: number(stored.offset),
    data: data || '{}',
    opts: JSON.stringify(decodeOptions(opts)),
  };
  return definition;
}

export interface StoredRun {
  job: string;
  state: string;
  startedMs: number;
  finishedMs: number;
  error: string;
}

/** A scheduler's newest run; and whether it is the one that `next` names, so that none is planned after it. */
export function withLastRun(row: BrokerScheduler, run: StoredRun | null): BrokerScheduler {
  const dueAt = run && toIso(Number(/:(\d+)$/.exec(run.job)?.[1]));
  if (!run || !dueAt) return row;
  const state = run.state as JobState;
  const ended = state === 'completed' || state === 'failed';
  const lastRun = {
    job: run.job,
    dueAt,
    state,
    startedAt: toIso(run.startedMs),
    finishedAt: ended ? toIso(run.finishedMs) : null,
    error: state === 'completed' ? null : firstErrorLine(run.error || null),
  };
  return { ...row, lastRun };
}

/** Runs that are looked for by name: a worker that was away may have left out some before. */
export const RUNS_TRIED = 5;
/** Newest jobs of a queue that are looked through for runs beside those. */
export const RUNS_SEARCHED = 200;

/** A queue on PostgreSQL, as BullMQ names it there: without a prefix. */
export function minimalName(queue: string): MinimalQueue {
  const toKey = (type: string) => `${queue}:${type}`;
  return minimalQueue({ qualifiedName: queue, keys: {}, toKey } as unknown as IQueueBackend, queue);
}
