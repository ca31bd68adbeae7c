'use client';

import { useQuery } from '@tanstack/react-query';
import { call } from '@/lib/client/call';
import { RUNS_SHOWN } from '@/lib/client/http/page-sizes';
import { collectPages, PAGE_LIMIT } from '@/lib/client/http/pages';
import { keys } from '@/lib/client/query-keys';
import type { Task, TaskList, TaskRuns } from '@/lib/contracts/tasks';

export function useTasks(enabled = true) {
  return useQuery<TaskList>({
    queryKey: keys.tasks(),
    queryFn: ({ signal }) =>
      collectPages<Task, TaskList>((cursor) => call('task.list', { limit: PAGE_LIMIT, cursor }, { signal })),
    enabled,
  });
}

/** Read again while the page is looked at: no frame tells which task a job belongs to. */
export function useTaskRuns(task: string) {
  return useQuery<TaskRuns>({
    queryKey: keys.taskRuns(task),
    queryFn: ({ signal }) => call('task.runs', { task, limit: RUNS_SHOWN }, { signal }),
    refetchInterval: 5_000,
  });
}
