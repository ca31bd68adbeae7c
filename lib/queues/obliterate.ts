import { CodedError } from '@/lib/contracts/errors';
import { answerSweep, boundsOf, cannotDo, openQueue, sweptBy } from '@/lib/queues/sweep';
import { action } from '@/lib/verbs';

/** Removes a paused queue in which nothing runs, with all that it holds. Its name must be typed again. */
export const obliterateQueue = action(
  'queue.obliterate',
  async (ask, input) => {
    const { queue, body } = input;
    const entry = await openQueue(ask, input);
    if (!entry.backend.obliterate) throw cannotDo(entry, 'queue.obliterate');
    if (body.confirm !== queue)
      throw new CodedError('validation_failed', "confirm: is not the queue's name.", {
        errors: [{ path: 'confirm', message: "is not the queue's name" }],
      });
    return answerSweep(entry, queue, await entry.backend.obliterate(queue, boundsOf(ask)));
  },
  (_input, output) => sweptBy(output),
);
