import type { JobAction } from '@/lib/client/run-job-action';

/** What an action means, said before it is done. */
export const CONSEQUENCES: Record<JobAction, string> = {
  'job.retry': 'It goes back to the queue and runs again, with whatever it does outside of it.',
  'job.promote': 'It runs as soon as a slot is free, not when it was due.',
  'job.cancel':
    'A job that waits leaves the queue. One that runs is asked to stop, ends as failed with the code "cancelled", and is not retried.',
  'job.remove': 'It leaves the broker with its data, result and log. This cannot be undone.',
};
