import { pageByKey } from '@/lib/cursor';
import { readDefinitions } from '@/lib/tasks/definitions';
import { query } from '@/lib/verbs';

export const listTasks = query('task.list', async (ask, { cursor, limit }) => {
  const definitions = await readDefinitions(ask);
  const tasks = definitions.map(({ task }) => task).sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  return pageByKey(tasks, sortKey, cursor, limit);
});

const sortKey = (task: { name: string; source: string }) => `${task.name}\u0000${task.source}`;
