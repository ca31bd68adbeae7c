import type { NewJob } from '@/lib/backends/backend';
import { CodedError } from '@/lib/contracts/errors';
import { enqueue } from '@/lib/jobs/enqueue';
import { findSource } from '@/lib/sources/find';
import { checkTaskInput } from '@/lib/tasks/check-input';
import { readDefinitions } from '@/lib/tasks/definitions';
import { withPolicy } from '@/lib/tasks/policy';
import { Answer, action } from '@/lib/verbs';

/** Enqueues a registered task on its own queue. Retries and backoff are the task's unless the options say otherwise. */
export const runTask = action(
  'task.run',
  async (ask, { task: name, body }) => {
    const definitions = await readDefinitions(ask.store);
    const found = definitions.find(({ task }) => task.name === name && ask.sources.has(task.source));
    if (!found) {
      const names = [...new Set(definitions.map(({ task }) => task.name))].slice(0, 20).join(', ');
      throw new CodedError(
        'task_not_found',
        names ? `No task is called "${name}"; there is ${names}.` : 'No worker has registered a task yet.',
      );
    }
    checkTaskInput(found, body.input, 'input');
    const entry = findSource(ask.sources, found.task.source);
    const job: NewJob = { name, data: body.input, options: withPolicy(found.task, body.options) };
    const [added] = await enqueue(ask, entry, found.task.queue, [job], { scope: `task.run ${name}`, body });
    if (!added || added instanceof CodedError) throw added ?? new Error('enqueue answered no job');
    return new Answer(added.job, added.status, added.headers);
  },
  ({ task }, output) => (output instanceof Answer ? { task, ...output.body } : { task }),
);
