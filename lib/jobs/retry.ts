import { changeJob } from '@/lib/jobs/change';
import { toDataText } from '@/lib/jobs/data-text';
import { nextEffectRun } from '@/lib/jobs/effects';
import { action } from '@/lib/verbs';

/**
 * Puts a failed or completed job back, with new data and fresh attempts where asked for, in one step. A failed one goes on where its
 * effects stopped; a completed one is asked for again, so its effects are recorded anew, as those of a run of their own.
 */
export const retryJob = action(
  'job.retry',
  async (ask, input) => {
    const { source, queue, job, body } = input;
    const effectRun = await nextEffectRun(ask.store, { source, queue, job });
    const dataText = toDataText(body);
    const options = {
      resetAttempts: body.resetAttempts ?? false,
      ...(dataText === undefined ? {} : { dataText }),
      ...(effectRun === undefined ? {} : { effectRun }),
    };
    return changeJob(ask, input, { doing: 'retried' }, (one) => one.retry?.(queue, job, options));
  },
  ({ body }) => ({ resetAttempts: body.resetAttempts ?? false, edited: toDataText(body) !== undefined }),
);
