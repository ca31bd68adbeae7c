import { pageByKey } from '@/lib/cursor';
import { sharedWorkers } from '@/lib/queues/snapshot';
import { chooseSources } from '@/lib/sources/find';
import { query } from '@/lib/verbs';

/** Beats joined with the broker's client list; a source that is away contributes none, unless it is the only one asked for. */
export const listWorkers = query('worker.list', async (ask, { source, cursor, limit }) => {
  const entries = chooseSources(ask.sources, source);
  const reads = await Promise.allSettled(entries.map(({ backend }) => sharedWorkers(backend).read()));
  const failed = reads.find((read) => read.status === 'rejected');
  if (failed && reads.every((read) => read.status === 'rejected')) throw failed.reason;
  const known = reads.flatMap((read) => (read.status === 'fulfilled' ? [read.value] : []));
  const workers = known.flatMap((read) => read.workers).sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  const asOf = Math.min(...known.map((read) => read.at));
  return { ...pageByKey(workers, sortKey, cursor, limit), asOf: new Date(asOf).toISOString() };
});

const sortKey = (worker: { source: string; id: string }) => `${worker.source}\u0000${worker.id}`;
