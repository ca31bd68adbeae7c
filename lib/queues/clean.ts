import { decodeCursor } from '@/lib/cursor';
import { answerSweep, boundsOf, cannotDo, openQueue, sweptBy } from '@/lib/queues/sweep';
import { action } from '@/lib/verbs';

/** Removes jobs of one state that are old enough. Jobs that a worker holds and next runs of schedulers stay. */
export const cleanQueue = action(
  'queue.clean',
  async (ask, input) => {
    const { queue, body } = input;
    const entry = await openQueue(ask, input);
    if (!entry.backend.clean) throw cannotDo(entry, 'queue.clean');
    const order = {
      state: body.state,
      before: Date.now() - body.olderThanMs,
      from: decodeCursor(body.cursor),
    };
    return answerSweep(entry, queue, await entry.backend.clean(queue, order, boundsOf(ask, body.limit)));
  },
  ({ body }, output) => ({ state: body.state, olderThanMs: body.olderThanMs, ...sweptBy(output) }),
);
