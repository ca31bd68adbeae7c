import { changeJob } from '@/lib/jobs/change';
import { action } from '@/lib/verbs';

/** Adds lines to a job's log, all or none, in their order. */
export const logToJob = action(
  'job.log',
  (ask, input) => {
    const { queue, job, body } = input;
    return changeJob(ask, input, { doing: 'logged to' }, (backend) => backend.addLogs?.(queue, job, body.lines));
  },
  ({ body }) => ({ lines: body.lines.length }),
);
