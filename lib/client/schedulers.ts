'use client';

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { call } from '@/lib/client/call';
import { PAGE_LIMIT } from '@/lib/client/http/pages';
import { keys } from '@/lib/client/query-keys';
import type { CallOf } from '@/lib/contracts/endpoints';
import type { SchedulePreview, Scheduler, SchedulerList } from '@/lib/contracts/schedulers';

export interface SchedulerAddress {
  source: string;
  queue: string;
  scheduler: string;
}

export type Timing = NonNullable<CallOf<'scheduler.preview'>['body']>;

/** Next runs pass by themselves; the list follows now and then. */
const EVERY_MS = 5_000;

export function useSchedulers(source: string | null, queue: string | null) {
  return useInfiniteQuery({
    queryKey: keys.schedulers(source, queue),
    queryFn: ({ pageParam, signal }) =>
      call(
        'scheduler.list',
        { source: source ?? undefined, queue: queue ?? undefined, limit: PAGE_LIMIT, cursor: pageParam ?? undefined },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last: SchedulerList) => last.nextCursor,
    refetchInterval: EVERY_MS,
  });
}

/** One with its template, as it is now. */
export function useScheduler(address: SchedulerAddress | null) {
  return useQuery<Scheduler>({
    queryKey: [...keys.allSchedulers(), 'one', address],
    queryFn: ({ signal }) => call('scheduler.get', address as SchedulerAddress, { signal }),
    enabled: address !== null,
    gcTime: 0,
  });
}

/** The next ten runs; the last answer stays until the next is there. */
export function useNextRuns(timing: Timing | null) {
  return useQuery<SchedulePreview>({
    queryKey: keys.nextRuns(JSON.stringify(timing)),
    queryFn: ({ signal }) => call('scheduler.preview', { body: timing as Timing }, { signal }),
    enabled: timing !== null,
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 10_000,
    staleTime: 0,
  });
}
