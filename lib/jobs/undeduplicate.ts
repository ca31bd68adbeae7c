import { changeJob } from '@/lib/jobs/change';
import { action } from '@/lib/verbs';

/** Frees the deduplication key that a job holds: the next job with that key is added. */
export const undeduplicateJob = action('job.undeduplicate', (ask, input) => {
  const { queue, job } = input;
  return changeJob(ask, input, { doing: 'freed of its deduplication key' }, (backend) =>
    backend.undeduplicate?.(queue, job),
  );
});
