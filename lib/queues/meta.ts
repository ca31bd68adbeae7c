import { findQueueFigures } from '@/lib/queues/get';
import { cannotDo, openQueue } from '@/lib/queues/sweep';
import { query } from '@/lib/verbs';

/** All that the broker says of the queue itself, to be kept or compared. */
export const exportQueueMeta = query('queue.meta', async (ask, { source, queue }) => {
  const entry = await openQueue(ask, { source, queue });
  if (!entry.backend.readMeta) throw cannotDo(entry, 'queue.meta');
  const [meta, { figures }] = await Promise.all([
    entry.backend.readMeta(queue),
    findQueueFigures(entry.backend, queue),
  ]);
  const { counts, countsAtLeast, paused, concurrency, rateLimit } = figures;
  return {
    source,
    queue,
    exportedAt: new Date().toISOString(),
    bullmqVersion: /^bullmq:(.+)$/.exec(meta.fields.version ?? '')?.[1] ?? null,
    ...meta,
    counts,
    countsAtLeast,
    paused,
    concurrency,
    rateLimit,
  };
});
