import { changeJob } from '@/lib/jobs/change';
import { toDataText } from '@/lib/jobs/data-text';
import { action } from '@/lib/verbs';

/** Replaces the data of a job that no worker runs. JSON text is stored as it is written. */
export const editJob = action(
  'job.edit',
  (ask, input) => {
    const { queue, job, body } = input;
    const because = 'Its worker has read its data already.';
    return changeJob(ask, input, { doing: 'edited', because }, (backend) =>
      backend.editData?.(queue, job, toDataText(body) ?? 'null'),
    );
  },
  ({ body }) => ({ chars: toDataText(body)?.length ?? 0 }),
);
