import { changeJob } from '@/lib/jobs/change';
import { action } from '@/lib/verbs';

/** Changes when a delayed job runs. One that waits has no time: it runs as soon as a worker is free. */
export const rescheduleJob = action(
  'job.reschedule',
  (ask, input) => {
    const { queue, job, body } = input;
    const runAt = 'runAt' in body ? Date.parse(body.runAt) : Date.now() + body.delayMs;
    const because = 'Only a delayed job has a time; one that waits runs as soon as a worker is free.';
    return changeJob(ask, input, { doing: 'rescheduled', because }, (backend) =>
      backend.reschedule?.(queue, job, runAt),
    );
  },
  ({ body }) => body,
);
