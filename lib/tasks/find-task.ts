import { CodedError } from '@/lib/contracts/errors';
import { type Definition, readDefinitions } from '@/lib/tasks/definitions';
import type { Ask } from '@/lib/verbs';

/** The registered task of that name, or task_not_found naming those there are. */
export async function findTask(ask: Ask, name: string): Promise<Definition> {
  const definitions = await readDefinitions(ask.store);
  const found = definitions.find(({ task }) => task.name === name && ask.sources.has(task.source));
  if (found) return found;
  const names = [...new Set(definitions.map(({ task }) => task.name))].slice(0, 20).join(', ');
  throw new CodedError(
    'task_not_found',
    names ? `No task is called "${name}"; there is ${names}.` : 'No worker has registered a task yet.',
  );
}
