import { changeJob } from '@/lib/jobs/change';
import { action } from '@/lib/verbs';

/** For workers outside of BullMQ, which have no other way to tell how far they are. */
export const setJobProgress = action('job.progress', (ask, input) => {
  const { queue, job, body } = input;
  return changeJob(ask, input, { doing: 'given progress' }, (backend) =>
    backend.setProgress?.(queue, job, body.progress),
  );
});
