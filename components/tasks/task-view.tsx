'use client';

import { TaskForm } from '@/components/tasks/task-form';
import { ProblemNotice } from '@/components/ui/problem';
import { SkeletonRows } from '@/components/ui/skeleton';
import { Visible } from '@/components/ui/visible';
import { describeError } from '@/lib/client/http/problem-error';
import { sourceOf, useTasks } from '@/lib/client/tasks';

interface TaskViewProps {
  name: string;
  /** Which one, where several sources have it. */
  source: string | undefined;
}

export function TaskView({ name, source }: TaskViewProps) {
  const { data, error } = useTasks();
  const task = data?.items.find((each) => each.name === name && (source === undefined || each.source === source));
  return (
    <div className="page">
      <div className="head">
        <h1 className="clip">{task?.title ?? name}</h1>
        <span className="mono muted clip">{name}</span>
      </div>
      {error && !task && <ProblemNotice title="This task could not be read" detail={describeError(error)} />}
      {!task && !error && (
        <div className="card">
          <SkeletonRows rows={5} columns={2} />
        </div>
      )}
      {task?.leftAlone && <LeftAlone queue={task.queue} reason={task.leftAlone} />}
      {task && <TaskForm key={task.source} task={task} source={sourceOf(task, data?.items ?? [])} />}
    </div>
  );
}

/** Why nothing can be enqueued: its job would go to somebody else, or to nobody. */
function LeftAlone({ queue, reason }: { queue: string; reason: string }) {
  return (
    <div className="notice paused">
      <span className="dot translate-y-[-1px]" />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <b className="font-[600]">Our worker leaves the queue {queue} alone.</b>
        <div className="muted">
          <Visible text={reason} />
        </div>
      </div>
    </div>
  );
}
