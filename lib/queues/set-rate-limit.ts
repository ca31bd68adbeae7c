import { sharedSnapshot } from '@/lib/queues/snapshot';
import { cannotDo, openQueue } from '@/lib/queues/sweep';
import { action } from '@/lib/verbs';

/** At most `max` jobs begin in `durationMs`, over all workers of the queue. */
export const setQueueRateLimit = action(
  'queue.set-rate-limit',
  async (ask, { source, queue, body }) => {
    const entry = await openQueue(ask, { source, queue });
    if (!entry.backend.setRateLimit) throw cannotDo(entry, 'queue.set-rate-limit');
    await entry.backend.setRateLimit(queue, body);
    sharedSnapshot(entry.backend).readSoon();
    return { source, queue, ...body };
  },
  ({ body }) => body,
);
