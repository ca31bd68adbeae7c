import { changeJob } from '@/lib/jobs/change';
import { action } from '@/lib/verbs';

export const clearJobLogs = action(
  'job.clear-logs',
  (ask, input) => {
    const { queue, job, keep } = input;
    return changeJob(ask, input, { doing: 'cleared of its log' }, (backend) => backend.clearLogs?.(queue, job, keep));
  },
  ({ keep }) => ({ keep }),
);
