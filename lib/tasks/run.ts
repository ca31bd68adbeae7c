import type { NewJob } from '@/lib/backends/backend';
import { CodedError } from '@/lib/contracts/errors';
import { enqueue } from '@/lib/jobs/enqueue';
import { findSource } from '@/lib/sources/find';
import { checkTaskInput } from '@/lib/tasks/check-input';
import { findTask, requireTaken } from '@/lib/tasks/find-task';
import { toJobOptions, withPolicy } from '@/lib/tasks/policy';
import { Answer, action } from '@/lib/verbs';

/**
 * Enqueues a registered task on its own queue, now or at a time. Retries and backoff are the task's unless the options say
 * otherwise.
 */
export const runTask = action(
  'task.run',
  async (ask, { task: name, body }) => {
    const found = await findTask(ask, { task: name, source: body.source });
    checkTaskInput(found, body.input, 'input');
    const entry = findSource(ask.sources, found.task.source);
    const options = withPolicy(found.task, toJobOptions(body.options));
    const job: NewJob = { name, data: body.input, options };
    const [added] = await enqueue(ask, entry, found.task.queue, [job], {
      scope: `task.run ${name}`,
      body,
      mayAdd: () => requireTaken(found),
    });
    if (!added || added instanceof CodedError) throw added ?? new Error('enqueue answered no job');
    return new Answer(added.job, added.status, added.headers);
  },
  ({ task }, output) => (output instanceof Answer ? { task, ...output.body } : { task }),
);
