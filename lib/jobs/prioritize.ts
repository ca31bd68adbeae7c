import { changeJob } from '@/lib/jobs/change';
import { action } from '@/lib/verbs';

/** Changes the place of a waiting job in the order; of a delayed one, the place that it gets when it is due. */
export const prioritizeJob = action(
  'job.prioritize',
  (ask, input) => {
    const { queue, job, body } = input;
    const because = 'Only a job that waits or is delayed has a place in the order.';
    return changeJob(ask, input, { doing: 'prioritized', because }, (backend) =>
      backend.prioritize?.(queue, job, body.priority, body.lifo),
    );
  },
  ({ body }) => body,
);
