'use client';

import { TaskForm } from '@/components/tasks/task-form';
import { ProblemNotice } from '@/components/ui/problem';
import { SkeletonRows } from '@/components/ui/skeleton';
import { describeError } from '@/lib/client/http/problem-error';
import { useTasks } from '@/lib/client/tasks';

export function TaskView({ name }: { name: string }) {
  const { data, error } = useTasks();
  const task = data?.items.find((each) => each.name === name);
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
      {task && <TaskForm task={task} />}
    </div>
  );
}
