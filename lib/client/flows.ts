'use client';

import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '@/lib/client/call';
import { CHILDREN_PER_PAGE } from '@/lib/client/http/page-sizes';
import type { JobAddress } from '@/lib/client/jobs';
import { keys } from '@/lib/client/query-keys';
import type { CallOf } from '@/lib/contracts/endpoints';
import type { ChildKind, Flow, FlowFailures, FlowList } from '@/lib/contracts/flows';
import type { JobState } from '@/lib/contracts/states';

/** Levels that were paged through are not read again by themselves: their rows would cost too much. */
const MOST_PAGES_REFRESHED = 2;
const EVERY_MS = 4_000;
/** Each look walks down the flow. */
const FAILURES_EVERY_MS = 15_000;

export function useFlows(source: string | null, state: JobState | null) {
  return useInfiniteQuery({
    queryKey: keys.flows(source, state),
    queryFn: ({ pageParam, signal }) =>
      call(
        'flow.list',
        { source: source ?? undefined, state: state ?? undefined, limit: 50, cursor: pageParam ?? undefined },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last: FlowList) => last.nextCursor,
  });
}

/** A job and its own children, page after page; `isMoving`: read again while it is looked at. */
export function useFlowLevel(
  address: { source: string; queue: string; job: string },
  kind: ChildKind | null,
  isMoving: boolean,
) {
  const { source, queue, job } = address;
  return useInfiniteQuery({
    queryKey: keys.flowLevel(source, queue, job, kind),
    queryFn: ({ pageParam, signal }) =>
      call(
        'flow.get',
        {
          source,
          queue,
          job,
          kind: kind ?? undefined,
          depth: 1,
          limit: CHILDREN_PER_PAGE,
          cursor: pageParam ?? undefined,
        },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last: Flow) => last.node.nextCursor,
    refetchInterval: ({ state: { data } }) =>
      isMoving && (data?.pages.length ?? 0) <= MOST_PAGES_REFRESHED ? EVERY_MS : false,
  });
}

/** What failed below a job; looked for now and then. */
export function useFlowFailures({ source, queue, job }: JobAddress, isChanging = false) {
  return useQuery<FlowFailures>({
    queryKey: keys.flowFailures(source, queue, job),
    queryFn: ({ signal }) => call('flow.failures', { source, queue, job }, { signal }),
    refetchInterval: isChanging ? EVERY_MS : FAILURES_EVERY_MS,
    retry: false,
  });
}

export function useFlowRetry(address: JobAddress) {
  const client = useQueryClient();
  return async (body: NonNullable<CallOf<'flow.retry'>['body']>) => {
    const started = await call('flow.retry', { ...address, body });
    void client.invalidateQueries({ queryKey: keys.allOperations() });
    void client.invalidateQueries({ queryKey: keys.allFlows() });
    return started;
  };
}
