import { sharedSnapshot } from '@/lib/queues/snapshot';
import { cannotDo, openQueue } from '@/lib/queues/sweep';
import { action } from '@/lib/verbs';

/** How many jobs of the queue may run at a time, over all its workers. */
export const setQueueConcurrency = action(
  'queue.set-concurrency',
  async (ask, { source, queue, body }) => {
    const entry = await openQueue(ask, { source, queue });
    if (!entry.backend.setConcurrency) throw cannotDo(entry, 'queue.set-concurrency');
    await entry.backend.setConcurrency(queue, body.concurrency);
    sharedSnapshot(entry.backend).readSoon();
    return { source, queue, concurrency: body.concurrency };
  },
  ({ body }) => body,
);
