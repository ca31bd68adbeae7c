import { decodeCursor } from '@/lib/cursor';
import { answerSweep, boundsOf, cannotDo, openQueue, sweptBy } from '@/lib/queues/sweep';
import { action } from '@/lib/verbs';

/** Removes what was left of jobs that are in no state of the queue: after an eviction, or a crash between two steps. */
export const removeOrphans = action(
  'queue.remove-orphans',
  async (ask, input) => {
    const { queue, body } = input;
    const entry = await openQueue(ask, input);
    if (!entry.backend.removeOrphans) throw cannotDo(entry, 'queue.remove-orphans');
    const swept = await entry.backend.removeOrphans(queue, decodeCursor(body.cursor), boundsOf(ask));
    return answerSweep(entry, queue, swept);
  },
  (_input, output) => sweptBy(output),
);
