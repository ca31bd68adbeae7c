'use client';

import { useQuery } from '@tanstack/react-query';
import { call } from '@/lib/client/call';
import { collectPages, PAGE_LIMIT } from '@/lib/client/http/pages';
import { keys } from '@/lib/client/query-keys';
import type { Task, TaskList } from '@/lib/contracts/tasks';

export function useTasks(enabled = true) {
  return useQuery<TaskList>({
    queryKey: keys.tasks(),
    queryFn: ({ signal }) =>
      collectPages<Task, TaskList>((cursor) => call('task.list', { limit: PAGE_LIMIT, cursor }, { signal })),
    enabled,
  });
}
