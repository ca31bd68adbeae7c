'use client';

import { Pill } from '@/components/queues/state-mark';
import { PageLink } from '@/components/shell/nav/page-link';
import { Button } from '@/components/ui/button';
import { Empty } from '@/components/ui/empty';
import { ProblemNotice } from '@/components/ui/problem';
import { SkeletonRows } from '@/components/ui/skeleton';
import { Visible } from '@/components/ui/visible';
import { describeError } from '@/lib/client/http/problem-error';
import { queueHref, sourceHref, taskHref } from '@/lib/client/http/url';
import { useSources } from '@/lib/client/sources';
import { sourceOf, useTasks } from '@/lib/client/tasks';
import type { OfferedTask } from '@/lib/contracts/tasks';
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
          {data?.items.length === 0 && <NoTask />}
          {data && data.items.length > 0 && <TaskTable tasks={data.items} />}
        </section>
      )}
    </div>
  );
}

function NoTask() {
  const sources = useSources().data?.items ?? [];
  if (sources.length > 0 && sources.every(({ worker }) => worker === null))
    return (
      <Empty title="Queuedeck only watches here">
        <span>
          Tasks are what its own worker runs, and that is on no source. It takes jobs where it is asked to: by
          QUEUEDECK_WORKER with the name of a source, or <code className="mono">"worker": true</code> in its entry.
        </span>
      </Empty>
    );
  return (
    <Empty title="No task is registered">
      <span>
        A task is one file in worker/tasks, listed in worker/registry.ts. It then has a form here and an address in the
        API.
      </span>
    </Empty>
  );
}

function TaskTable({ tasks }: { tasks: OfferedTask[] }) {
  return (
    <div className="scroll-x">
      <table className="grid-table">
        <thead>
          <tr>
            <th>Task</th>
            <th className="w-full col-1">What it does</th>
            <th className="col-1">Source</th>
            <th className="col-1">Queue</th>
            <th className="num col-3">Attempts</th>
            <th className="num col-3">Timeout</th>
            <th className="num col-4">At once</th>
            <th>
              <span className="sr-only">Action</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tasks.map((task) => (
            <TaskRow key={`${task.name} ${task.source}`} task={task} said={sourceOf(task, tasks)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** `said`: its source, where the name alone does not tell which one is meant. */
function TaskRow({ task, said }: { task: OfferedTask; said: string | undefined }) {
  const { leftAlone } = task;
  const href = taskHref(task.name, said);
  return (
    <>
      <tr className={leftAlone ? '[&>td]:border-b-0' : undefined}>
        <td>
          <PageLink className="block py-1.5 hover:underline" href={href}>
            <span className="name">{task.title}</span>{' '}
            <span className="mono faint ml-1 max-sm:hidden">{task.name}</span>
            <span className="faint hidden max-sm:block">
              {task.source} / {task.queue}
            </span>
          </PageLink>
        </td>
        <td className="col-1 muted max-w-0">
          <span className="clip block" title={task.description}>
            {task.description}
          </span>
        </td>
        <td className="col-1 max-w-[160px]">
          <PageLink className="clip block hover:underline" href={sourceHref(task.source)} title={task.source}>
            {task.source}
          </PageLink>
        </td>
        <td className="col-1">
          <PageLink className="hover:underline" href={queueHref(task.source, task.queue)}>
            {task.queue}
          </PageLink>
        </td>
        <td className="num col-3">{formatCount(task.attempts)}</td>
        <td className="num col-3">
          {task.timeoutMs === null ? <span className="faint">none</span> : formatDuration(task.timeoutMs)}
        </td>
        <td className="num col-4">{formatCount(task.concurrency)}</td>
        <td className="num">
          {leftAlone ? (
            <Pill tone="paused" small>
              Left alone
            </Pill>
          ) : (
            <PageLink className="btn sm" href={href} aria-label={`Enqueue ${task.title}`}>
              Enqueue
            </PageLink>
          )}
        </td>
      </tr>
      {leftAlone && (
        <tr data-left-alone={task.name}>
          <td colSpan={8} className="muted h-auto whitespace-normal pb-2.5 [overflow-wrap:anywhere]">
            Our worker leaves the queue {task.queue} of {task.source} alone. <Visible text={leftAlone} />
          </td>
        </tr>
      )}
    </>
  );
}
