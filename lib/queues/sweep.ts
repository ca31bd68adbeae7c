import type { Sweep, SweepBounds } from '@/lib/backends/changes';
import type { SourceEntry } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import { SWEEP_MAX, type SweepResult } from '@/lib/contracts/queue-changes';
import type { VerbName } from '@/lib/contracts/routes';
import { encodeCursor } from '@/lib/cursor';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import { findSource, requireQueue } from '@/lib/sources/find';
import type { Ask } from '@/lib/verbs';

const SWEEP_MS = 5_000;

/** The queue's source; throws for a queue that there is no trace of. */
export async function openQueue(ask: Ask, { source, queue }: { source: string; queue: string }): Promise<SourceEntry> {
  const entry = findSource(ask.sources, source);
  await requireQueue(entry, queue);
  return entry;
}

export const cannotDo = ({ backend }: SourceEntry, verb: VerbName) =>
  new CodedError('not_supported', backend.cannot?.[verb] ?? `${backend.kind} has no way to do this (${verb}).`);

export const boundsOf = (ask: Ask, limit: number = SWEEP_MAX): SweepBounds => ({
  maxRemoved: Math.min(limit, SWEEP_MAX),
  maxMs: SWEEP_MS,
  signal: ask.signal,
});

export function answerSweep(entry: SourceEntry, queue: string, sweep: Sweep): SweepResult {
  sharedSnapshot(entry.backend).readSoon();
  if (sweep.kind === 'refused') throw new CodedError('queue_state', sweep.reason);
  const { removed, done, next } = sweep;
  return { source: entry.config.name, queue, removed, done, nextCursor: encodeCursor(next) };
}

/** What the audit keeps of a sweep's answer. */
export const sweptBy = (output: unknown): object => {
  const { removed, done } = (output ?? {}) as Partial<SweepResult>;
  return removed === undefined ? {} : { removed, done };
};
