import type { QueueBackend } from '@/lib/backends/backend';
import { CodedError } from '@/lib/contracts/errors';
import type { Worker } from '@/lib/contracts/workers';
import { pageByKey } from '@/lib/cursor';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import { chooseSources } from '@/lib/sources/find';
import { query } from '@/lib/verbs';
import { withWorkerAbilities } from '@/lib/workers/abilities';

/** Beats joined with the broker's client list; a source that is away contributes what was known last. */
export const listWorkers = query('worker.list', async (ask, { source, cursor, limit }) => {
  const entries = chooseSources(ask.sources, source);
  const reads = await Promise.allSettled(entries.map(({ backend }) => readKnownWorkers(backend)));
  const known = reads.flatMap((read) => (read.status === 'fulfilled' ? [read.value] : []));
  if (known.length === 0 && reads[0]?.status === 'rejected') throw reads[0].reason;
  const workers = known.flatMap((read) => read.workers).sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  const asOf = new Date(Math.min(...known.map(({ at }) => at))).toISOString();
  const { items, nextCursor } = pageByKey(workers, sortKey, cursor, limit);
  const rows = items.flatMap((worker) => {
    const entry = ask.sources.get(worker.source);
    return entry ? [withWorkerAbilities(ask, entry.backend, worker)] : [];
  });
  return { items: rows, nextCursor, asOf };
});

async function readKnownWorkers(backend: QueueBackend): Promise<{ at: number; workers: readonly Worker[] }> {
  const { at, workers } = await sharedSnapshot(backend).workers();
  if (at !== null && workers !== null) return { at, workers };
  const facts = await backend.facts();
  throw new CodedError('broker_unavailable', facts.reason ?? `Source "${backend.name}" has not told its workers yet.`);
}

const sortKey = (worker: Worker) => `${worker.source}\u0000${worker.id}`;
