import { cannotDo, openQueue } from '@/lib/queues/sweep';
import { action } from '@/lib/verbs';

/** Forgets all but the newest events, which only listeners read. Jobs are not touched. */
export const trimQueueEvents = action(
  'queue.trim-events',
  async (ask, { source, queue, body }) => {
    const entry = await openQueue(ask, { source, queue });
    if (!entry.backend.trimEvents) throw cannotDo(entry, 'queue.trim-events');
    return { source, queue, removed: await entry.backend.trimEvents(queue, body.maxLength) };
  },
  ({ body }) => body,
);
