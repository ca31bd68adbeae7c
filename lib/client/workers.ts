'use client';

import { useQuery } from '@tanstack/react-query';
import { call } from '@/lib/client/call';
import { collectPages, PAGE_LIMIT } from '@/lib/client/http/pages';
import { keys } from '@/lib/client/query-keys';
import type { WorkerList, WorkerRow } from '@/lib/contracts/workers';

export function useWorkers() {
  return useQuery<WorkerList>({
    queryKey: keys.workers(),
    queryFn: ({ signal }) =>
      collectPages<WorkerRow, WorkerList>((cursor) => call('worker.list', { limit: PAGE_LIMIT, cursor }, { signal })),
  });
}
