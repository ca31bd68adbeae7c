import { sharedSnapshot } from '@/lib/queues/snapshot';
import { cannotDo, openQueue } from '@/lib/queues/sweep';
import { action } from '@/lib/verbs';

export const clearQueueRateLimit = action('queue.clear-rate-limit', async (ask, { source, queue }) => {
  const entry = await openQueue(ask, { source, queue });
  if (!entry.backend.setRateLimit) throw cannotDo(entry, 'queue.clear-rate-limit');
  await entry.backend.setRateLimit(queue, null);
  sharedSnapshot(entry.backend).readSoon();
  return { source, queue, max: null, durationMs: null };
});
