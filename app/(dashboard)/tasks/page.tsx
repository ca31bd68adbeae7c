import type { Metadata } from 'next';
import { Hydrated } from '@/components/shell/hydrated';
import { TasksView } from '@/components/tasks/tasks-view';
import { keys } from '@/lib/client/query-keys';
import { ask } from '@/lib/http/ask';
import { readOrNull } from '@/lib/http/read';

export const metadata: Metadata = { title: 'Tasks' };

export default async function TasksPage() {
  const tasks = await readOrNull(ask('task.list', { limit: 200 }));
  return (
    <Hydrated entries={[[keys.tasks(), tasks]]}>
      <TasksView />
    </Hydrated>
  );
}
