import type { FoundScheduler, SchedulerMethods } from '@/lib/backends/schedulers';
import type { SourceEntry } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import { type PausedScheduler, readPaused, type SchedulerKey } from '@/lib/schedulers/paused';
import { findSource, requireQueue } from '@/lib/sources/find';
import type { Ask } from '@/lib/verbs';

/** Where a scheduler is: in the broker, or else in the store, paused. */
export type Standing = { kind: 'live'; found: FoundScheduler } | { kind: 'paused'; paused: PausedScheduler };

export interface SchedulerAsk {
  ask: Ask;
  entry: SourceEntry;
  schedulers: SchedulerMethods;
  key: SchedulerKey;
}

/** The verb's ask with the source's own methods; not_supported where the backend has none. */
export function openScheduler(
  ask: Ask,
  { source, queue, scheduler }: { source: string; queue: string; scheduler: string },
): SchedulerAsk {
  const entry = findSource(ask.sources, source);
  const { schedulers } = entry.backend;
  if (!schedulers) throw new CodedError('not_supported', `${entry.backend.kind} has no schedulers.`);
  return { ask, entry, schedulers, key: { source, queue, id: scheduler } };
}

/**
 * The broker has the last word: a row of the store beside it is left over. One that is in neither may just have gone from the store
 * into the broker, so that is asked again.
 */
export async function findStanding({ ask, schedulers, key }: SchedulerAsk): Promise<Standing | null> {
  for (let tries = 0; tries < 3; tries++) {
    const found = await schedulers.find(key.queue, key.id);
    if (found) return { kind: 'live', found };
    const paused = await readPaused(ask.store, key);
    if (paused) return { kind: 'paused', paused };
  }
  return null;
}

export async function requireStanding(of: SchedulerAsk): Promise<Standing> {
  return (await findStanding(of)) ?? (await missing(of));
}

/** 404: of the queue, or of the scheduler. */
export async function missing({ entry, key }: SchedulerAsk): Promise<never> {
  await requireQueue(entry, key.queue);
  throw new CodedError(
    'scheduler_not_found',
    `Queue "${key.queue.slice(0, 100)}" has no scheduler "${key.id.slice(0, 100)}".`,
  );
}

export const isBusy = () =>
  new CodedError('scheduler_conflict', 'Another request is pausing or resuming it just now; ask again.', {
    retryAfterSeconds: 1,
  });

/** Taking one out of the broker, or putting one in its place, would lose what its runs are given. */
export const KEPT_IN_JOB =
  'It is a repeatable job of BullMQ 5 or before: what its runs are given lives in its next job alone, so it can be neither edited nor paused. Make a scheduler in its place, then remove it.';

export function refuseLegacy({ row }: FoundScheduler): void {
  if (row.legacy) throw new CodedError('scheduler_conflict', KEPT_IN_JOB);
}
