import { cannotDo, openQueue } from '@/lib/queues/sweep';
import { query } from '@/lib/verbs';

/** The queue's rate limit, and for how long it still holds the queue. */
export const readQueueRateLimit = query('queue.rate-limit', async (ask, { source, queue }) => {
  const entry = await openQueue(ask, { source, queue });
  if (!entry.backend.readRateLimit) throw cannotDo(entry, 'queue.rate-limit');
  const { limit, holdsMs } = await entry.backend.readRateLimit(queue);
  return { source, queue, max: limit?.max ?? null, durationMs: limit?.durationMs ?? null, holdsMs };
});
