import { changeJob } from '@/lib/jobs/change';
import { clearEffects } from '@/lib/jobs/clear-effects';
import { toDataText } from '@/lib/jobs/data-text';
import { findSource } from '@/lib/sources/find';
import { action } from '@/lib/verbs';

/**
 * Puts a failed or completed job back, with new data and fresh attempts where asked for, in one step. A failed one goes on where its
 * effects stopped; a completed one is asked for again, so what it recorded as done is forgotten first.
 */
export const retryJob = action(
  'job.retry',
  async (ask, input) => {
    const { source, queue, job, body } = input;
    const { backend } = findSource(ask.sources, source);
    const before = await backend.getJob(queue, job, 0);
    if (before?.state === 'completed') await clearEffects(ask.store, { source, queue, job });
    const dataText = toDataText(body);
    const options = {
      resetAttempts: body.resetAttempts ?? false,
      ...(dataText === undefined ? {} : { dataText }),
    };
    return changeJob(ask, input, { doing: 'retried' }, (one) => one.retry?.(queue, job, options));
  },
  ({ body }) => ({ resetAttempts: body.resetAttempts ?? false, edited: toDataText(body) !== undefined }),
);
