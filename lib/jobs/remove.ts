import { changeJob } from '@/lib/jobs/change';
import { action } from '@/lib/verbs';

/** Takes the job out of the broker, and what it waits for unless told otherwise; what runs is refused (409). */
export const removeJob = action(
  'job.remove',
  async (ask, input) => {
    const { queue, job, children } = input;
    await changeJob(ask, input, { doing: 'removed' }, (backend) => backend.remove?.(queue, job, children));
    return undefined;
  },
  ({ children }) => ({ children }),
);
