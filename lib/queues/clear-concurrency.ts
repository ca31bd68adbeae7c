import { sharedSnapshot } from '@/lib/queues/snapshot';
import { cannotDo, openQueue } from '@/lib/queues/sweep';
import { action } from '@/lib/verbs';

/** Its workers alone bound how many jobs run again. */
export const clearQueueConcurrency = action('queue.clear-concurrency', async (ask, { source, queue }) => {
  const entry = await openQueue(ask, { source, queue });
  if (!entry.backend.setConcurrency) throw cannotDo(entry, 'queue.clear-concurrency');
  await entry.backend.setConcurrency(queue, null);
  sharedSnapshot(entry.backend).readSoon();
  return { source, queue, concurrency: null };
});
