import { CodedError } from '@/lib/contracts/errors';
import { type Definition, readDefinitions } from '@/lib/tasks/definitions';
import type { Ask } from '@/lib/verbs';

/** The task of that name; `source` says which where several have it. */
export interface WantedTask {
  task: string;
  source: string | undefined;
}

/** The registered task, or task_not_found naming those there are. Which of several is meant must be said. */
export async function findTask(ask: Ask, { task: name, source }: WantedTask): Promise<Definition> {
  const definitions = await readDefinitions(ask);
  const named = definitions.filter(({ task }) => task.name === name);
  const [found, ...more] = named.filter(({ task }) => source === undefined || task.source === source);
  if (found && more.length > 0) throw whichSource([found, ...more]);
  if (found) return found;
  throw new CodedError('task_not_found', describeOffered(ask, definitions, name));
}

/** queue_state while our worker leaves the task's queue alone: what is enqueued there would go to somebody else, or to nobody. */
export function requireTaken({ task }: Definition): void {
  if (task.leftAlone === null) return;
  throw new CodedError(
    'queue_state',
    `Our worker leaves the queue "${task.queue}" of "${task.source}" alone. ${task.leftAlone}`,
  );
}

function whichSource(several: Definition[]): CodedError {
  const message = `is needed: ${several.map(({ task }) => task.source).join(', ')} have this task`;
  return new CodedError('validation_failed', `source: ${message}.`, { errors: [{ path: 'source', message }] });
}

function describeOffered(ask: Ask, definitions: Definition[], name: string): string {
  const names = [...new Set(definitions.map(({ task }) => task.name))].slice(0, 20).join(', ');
  if (names) return `No task is called "${name}"; there is ${names}.`;
  const isWorked = [...ask.sources.values()].some(({ config }) => config.worker);
  return isWorked
    ? 'No worker has registered a task yet.'
    : 'There are no tasks: no source has a worker of ours (QUEUEDECK_WORKER).';
}
