'use client';

import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '@/lib/client/call';
import type { FailuresAddress } from '@/lib/client/failures-address';
import { toFailuresCall } from '@/lib/client/failures-calls';
import { keys } from '@/lib/client/query-keys';
import { rangeBounds, rangeKey, rangeRefresh } from '@/lib/client/range';
import type { CallOf } from '@/lib/contracts/endpoints';
import type { Differences, FailureGroupDetail, FailureGroups } from '@/lib/contracts/failures';

/** How many jobs stand as failed changes under the hand, however long the period is. */
const MOST_AGE_MS = 5_000;

function failuresRefresh(address: FailuresAddress): number | false {
  const everyMs = rangeRefresh(address);
  return everyMs === false ? false : Math.min(everyMs, MOST_AGE_MS);
}

/** Groups of failures, page after page; asked for again while the page is seen. */
export function useFailures(address: FailuresAddress) {
  return useInfiniteQuery({
    queryKey: keys.failures(JSON.stringify(address)),
    queryFn: ({ pageParam, signal }) =>
      call('failure.list', { ...toFailuresCall(address, Date.now()), cursor: pageParam ?? undefined }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last: FailureGroups) => last.nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: failuresRefresh(address),
  });
}

export function useFailureGroup(group: number, address: FailuresAddress) {
  return useQuery<FailureGroupDetail>({
    queryKey: keys.failure(group, rangeKey(address)),
    queryFn: ({ signal }) => call('failure.get', { group, ...rangeBounds(address, Date.now()) }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: failuresRefresh(address),
    retry: false,
  });
}

export function useDifferences(group: number) {
  return useQuery<Differences>({
    queryKey: keys.differences(group),
    queryFn: ({ signal }) => call('failure.differs', { group }, { signal }),
    staleTime: 60_000,
    retry: false,
  });
}

type Mute = NonNullable<CallOf<'failure.mute'>['body']>;

/** What can be said of a group; the lists are asked for again after. */
export function useGroupChanges() {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ['failures'] });
  return {
    mute: async (group: number, body: Mute) => {
      await call('failure.mute', { group, body });
      await refresh();
    },
    resolve: async (group: number) => {
      await call('failure.resolve', { group });
      await refresh();
    },
    reopen: async (group: number) => {
      await call('failure.reopen', { group });
      await refresh();
    },
    note: async (group: number, note: string) => {
      await call('failure.note', { group, body: { note } });
      await refresh();
    },
    merge: async (group: number, groups: number[]) => {
      await call('failure.merge', { group, body: { groups } });
      await refresh();
    },
    split: async (group: number, groups: number[]) => {
      await call('failure.split', { group, body: { groups } });
      await refresh();
    },
    operate: async (group: number, body: NonNullable<CallOf<'failure.operate'>['body']>) => {
      const started = await call('failure.operate', { group, body });
      await client.invalidateQueries({ queryKey: keys.allOperations() });
      await refresh();
      return started;
    },
  };
}
