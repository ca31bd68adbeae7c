'use client';

import { PageLink } from '@/components/shell/nav/page-link';
import { Button } from '@/components/ui/button';
import { Empty } from '@/components/ui/empty';
import { ProblemNotice } from '@/components/ui/problem';
import { SkeletonRows } from '@/components/ui/skeleton';
import { describeError } from '@/lib/client/http/problem-error';
import { queueHref } from '@/lib/client/http/url';
import { useTasks } from '@/lib/client/tasks';
import type { Task } from '@/lib/contracts/tasks';
import { formatCount, formatDuration, formatPlural } from '@/lib/format';

/** What can be enqueued. */
export function TasksView() {
  const { data, error, refetch } = useTasks();
  return (
    <div className="page">
      <div className="head">
        <h1>Tasks</h1>
        {data && <span className="muted tnum">{formatPlural(data.items.length, 'registered task')}</span>}
      </div>
      {!data && error ? (
        <ProblemNotice title="The tasks could not be read" detail={describeError(error)}>
          <Button small onClick={() => void refetch()}>
            Try again
          </Button>
        </ProblemNotice>
      ) : (
        <section className="card" aria-label="Tasks">
          {!data && <SkeletonRows rows={4} columns={5} />}
          {data?.items.length === 0 && (
            <Empty title="No task is registered">
              <span>
                A task is one file in worker/tasks, listed in worker/registry.ts. It then has a form here and an address
                in the API.
              </span>
            </Empty>
          )}
          {data && data.items.length > 0 && <TaskTable tasks={data.items} />}
        </section>
      )}
    </div>
  );
}

function TaskTable({ tasks }: { tasks: Task[] }) {
  return (
    <div className="scroll-x">
      <table className="grid-table">
        <thead>
          <tr>
            <th>Task</th>
            <th className="w-full col-1">What it does</th>
            <th className="col-1">Queue</th>
            <th className="num col-2">Attempts</th>
            <th className="num col-2">Timeout</th>
            <th className="num col-3">At once</th>
            <th>
              <span className="sr-only">Action</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tasks.map((task) => (
            <tr key={task.name}>
              <td>
                <PageLink className="block py-1.5 hover:underline" href={`/tasks/${encodeURIComponent(task.name)}`}>
                  <span className="name">{task.title}</span>{' '}
                  <span className="mono faint ml-1 max-sm:hidden">{task.name}</span>
                </PageLink>
              </td>
              <td className="col-1 muted max-w-0">
                <span className="clip block" title={task.description}>
                  {task.description}
                </span>
              </td>
              <td className="col-1">
                <PageLink className="hover:underline" href={queueHref(task.source, task.queue)}>
                  {task.queue}
                </PageLink>
              </td>
              <td className="num col-2">{formatCount(task.attempts)}</td>
              <td className="num col-2">
                {task.timeoutMs === null ? <span className="faint">none</span> : formatDuration(task.timeoutMs)}
              </td>
              <td className="num col-3">{formatCount(task.concurrency)}</td>
              <td className="num">
                <PageLink
                  className="btn sm"
                  href={`/tasks/${encodeURIComponent(task.name)}`}
                  aria-label={`Enqueue ${task.title}`}
                >
                  Enqueue
                </PageLink>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
