'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { call } from '@/lib/client/call';
import { OPERATIONS_PER_PAGE } from '@/lib/client/http/page-sizes';
import { keys } from '@/lib/client/query-keys';
import type { CallOf } from '@/lib/contracts/endpoints';
import type { BinList, JobOutcome, Operation, OperationList, OperationPreview } from '@/lib/contracts/operations';

/** What is sent for a dry run; its filter and its action as the caller gives them. */
export type DryRun = NonNullable<CallOf<'operation.preview'>['body']>;
export type FilterInput = DryRun['filter'];
export type ActionInput = DryRun['action'];
export type ActionKind = ActionInput['kind'];
export type OutcomeKind = JobOutcome['outcome'];

/** Frames bring what changes; this is for when none come. */
const POLL_MS = 5_000;

/** Whether it still changes by itself. */
export const isUnderWay = ({ state }: Pick<Operation, 'state'>) => state !== 'done' && state !== 'stopped';

/** Operations, newest first, page after page. Frames patch those that are known; a poll stands in where frames do not come. */
export function useOperations() {
  return useInfiniteQuery({
    queryKey: keys.operations(),
    queryFn: ({ pageParam, signal }) =>
      call('operation.list', { limit: OPERATIONS_PER_PAGE, cursor: pageParam ?? undefined }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last: OperationList) => last.nextCursor,
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some((page) => page.items.some(isUnderWay)) ? POLL_MS : false,
  });
}

export function useOperation(id: string) {
  return useQuery<Operation>({
    queryKey: keys.operation(id),
    queryFn: ({ signal }) => call('operation.get', { operation: id }, { signal }),
    refetchInterval: ({ state: { data } }) => (data && isUnderWay(data) ? POLL_MS : false),
  });
}

/** The jobs of an operation with what became of each; `null`: all. */
export function useOutcomes(id: string, outcome: OutcomeKind | null) {
  return useInfiniteQuery({
    queryKey: keys.outcomes(id, outcome),
    queryFn: ({ pageParam, signal }) =>
      call(
        'operation.outcomes',
        { operation: id, outcome: outcome ?? undefined, cursor: pageParam ?? undefined, limit: 100 },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  });
}

export function useBin() {
  return useInfiniteQuery({
    queryKey: keys.bin(),
    queryFn: ({ pageParam, signal }) => call('bin.list', { limit: 50, cursor: pageParam ?? undefined }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last: BinList) => last.nextCursor,
  });
}

/** Counts and names what would be changed. Made once for what was asked: live updates do not touch it. */
export function useDryRun(dryRun: DryRun | null) {
  return useQuery<OperationPreview>({
    queryKey: keys.dryRun(JSON.stringify(dryRun)),
    queryFn: ({ signal }) => call('operation.preview', { body: dryRun as DryRun }, { signal }),
    enabled: dryRun !== null,
    gcTime: 0,
    retry: false,
  });
}
