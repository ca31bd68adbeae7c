'use client';

import { useQuery } from '@tanstack/react-query';
import { call } from '@/lib/client/call';
import { RUNS_SHOWN } from '@/lib/client/http/page-sizes';
import { collectPages, PAGE_LIMIT } from '@/lib/client/http/pages';
import { keys } from '@/lib/client/query-keys';
import type { OfferedTask, TaskList, TaskRuns } from '@/lib/contracts/tasks';

export function useTasks(enabled = true) {
  return useQuery<TaskList>({
    queryKey: keys.tasks(),
    queryFn: ({ signal }) =>
      collectPages<OfferedTask, TaskList>((cursor) => call('task.list', { limit: PAGE_LIMIT, cursor }, { signal })),
    enabled,
  });
}

/** The source that must be said, where another one has a task of the same name. */
export function sourceOf(task: OfferedTask, tasks: readonly OfferedTask[]): string | undefined {
  return tasks.some(({ name, source }) => name === task.name && source !== task.source) ? task.source : undefined;
}

/** Read again while the page is looked at: no frame tells which task a job belongs to. */
export function useTaskRuns(task: string, source: string | undefined) {
  return useQuery<TaskRuns>({
    queryKey: keys.taskRuns(task, source),
    queryFn: ({ signal }) => call('task.runs', { task, source, limit: RUNS_SHOWN }, { signal }),
    refetchInterval: 5_000,
  });
}
