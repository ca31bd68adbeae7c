import type { Queue } from '@/lib/contracts/queues';
import { pageByKey } from '@/lib/cursor';
import { withAbilities } from '@/lib/queues/abilities';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import { chooseSources } from '@/lib/sources/find';
import { query } from '@/lib/verbs';

/**
 * All queues of all sources, by source and name. A source that is away contributes its last known figures, and `asOf` is
 * the oldest read among them; when nothing is known of the only source asked for, the broker's error is the answer.
 */
export const listQueues = query('queue.list', async (ask, { source, cursor, limit }) => {
  const entries = chooseSources(ask.sources, source);
  const reads = await Promise.allSettled(entries.map(({ backend }) => sharedSnapshot(backend).read()));
  const failed = reads.find((read) => read.status === 'rejected');
  if (failed && reads.every((read) => read.status === 'rejected')) throw failed.reason;
  const queues: Queue[] = [];
  let asOf = Number.POSITIVE_INFINITY;
  reads.forEach((read, i) => {
    const backend = entries[i]?.backend;
    if (read.status === 'rejected' || !backend) return;
    asOf = Math.min(asOf, read.value.at);
    for (const figures of read.value.queues) queues.push(withAbilities(ask, backend, figures));
  });
  queues.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  return { ...pageByKey(queues, sortKey, cursor, limit), asOf: new Date(asOf).toISOString() };
});

const sortKey = (queue: { source: string; name: string }) => `${queue.source}\u0000${queue.name}`;
