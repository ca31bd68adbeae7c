import { answerSweep, boundsOf, cannotDo, openQueue, sweptBy } from '@/lib/queues/sweep';
import { action } from '@/lib/verbs';

/** Removes what waits, and what is delayed where asked for. Next runs of schedulers stay, as in BullMQ. */
export const drainQueue = action(
  'queue.drain',
  async (ask, input) => {
    const { queue, body } = input;
    const entry = await openQueue(ask, input);
    if (!entry.backend.drain) throw cannotDo(entry, 'queue.drain');
    return answerSweep(entry, queue, await entry.backend.drain(queue, body.delayed, boundsOf(ask)));
  },
  ({ body }, output) => ({ delayed: body.delayed, ...sweptBy(output) }),
);
