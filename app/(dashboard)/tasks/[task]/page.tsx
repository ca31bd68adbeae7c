import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { Hydrated } from '@/components/shell/hydrated';
import { TaskView } from '@/components/tasks/task-view';
import { RUNS_SHOWN } from '@/lib/client/http/page-sizes';
import { toParams } from '@/lib/client/http/params';
import { decodePart } from '@/lib/client/http/url';
import { keys } from '@/lib/client/query-keys';
import { toVisible } from '@/lib/format/visible';
import { ask } from '@/lib/http/ask';
import { readOrNull } from '@/lib/http/read';

interface TaskPageProps {
  params: Promise<{ task: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params }: TaskPageProps): Promise<Metadata> {
  return { title: toVisible(decodePart((await params).task)) };
}

export default async function TaskPage({ params, searchParams }: TaskPageProps) {
  const name = decodePart((await params).task);
  const source = toParams(await searchParams).get('source') || undefined;
  const [tasks, runs] = await Promise.all([
    readOrNull(ask('task.list', { limit: 200 })),
    readOrNull(ask('task.runs', { task: name, source, limit: RUNS_SHOWN })),
  ]);
  if (tasks && !tasks.items.some((task) => task.name === name && (!source || task.source === source))) notFound();
  return (
    <Hydrated
      entries={[
        [keys.tasks(), tasks],
        [keys.taskRuns(name, source), runs],
      ]}
    >
      <TaskView name={name} source={source} />
    </Hydrated>
  );
}
