'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { call } from '@/lib/client/call';
import { buildRequest } from '@/lib/client/http/url';
import { isBehind, isSameLife, type JobRuns, toJobRuns } from '@/lib/client/job-runs';
import type { JobAddress } from '@/lib/client/jobs';
import { keys, type QueueOf } from '@/lib/client/query-keys';
import { FOUND_PER_PAGE, type Search } from '@/lib/client/search-address';
import type { Job } from '@/lib/contracts/jobs';
import { findFault } from '@/lib/contracts/query/find-fault';
import type { FoundJobs, RecordedJob, Suggestions } from '@/lib/contracts/search';

const toInput = ({ q, sort, order, cursor }: Search) => ({
  q,
  sort,
  order,
  cursor: cursor ?? undefined,
  offsetMinutes: -new Date().getTimezoneOffset(),
  limit: FOUND_PER_PAGE,
});

/** One page of what was found; `of`: among the jobs of one queue. Leaving the page, or asking for another, ends the query on the server too. */
export function useSearch(search: Search, of: QueueOf | null) {
  return useQuery<FoundJobs>({
    queryKey: keys.search(search.q, search.sort, search.order, search.cursor, of),
    queryFn: ({ signal }) => call('job.search', { ...of, ...toInput(search) }, { signal }),
    enabled: findFault(search.q) === null,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** What was recorded of a job, for when the broker has not got it; an error when nothing was. */
export function useRecordedJob({ source, queue, job }: JobAddress, enabled: boolean) {
  return useQuery<RecordedJob>({
    queryKey: keys.recorded(source, queue, job),
    queryFn: ({ signal }) => call('job.history', { source, queue, job }, { signal }),
    enabled,
    retry: false,
  });
}

const RUNS_EVERY_MS = 2_000;
const MOST_RUNS_ASKED = 15;

/** Of a job of which an attempt has ended; asked again, for half a minute, until the record is as far as the broker. */
export function useJobRuns({ source, queue, job }: JobAddress, told: Job | undefined): JobRuns | null {
  const { data } = useQuery<JobRuns>({
    queryKey: keys.jobRuns(source, queue, job, told?.attemptsMade ?? 0),
    queryFn: async ({ signal }) => toJobRuns(await call('job.history', { source, queue, job }, { signal })),
    enabled: told !== undefined && told.attemptsMade > 0,
    refetchInterval: ({ state }) =>
      told && state.data && state.dataUpdateCount < MOST_RUNS_ASKED && isBehind(state.data, told)
        ? RUNS_EVERY_MS
        : false,
    placeholderData: keepPreviousData,
    // It may not be recorded yet.
    retry: 3,
    retryDelay: RUNS_EVERY_MS,
  });
  return data && told && isSameLife(data, told) ? data : null;
}

/** Where the whole result is downloaded from. */
export function exportHref(
  { q, sort, order }: Search,
  of: QueueOf | null,
  format: 'ndjson' | 'csv',
  payloads: boolean,
): string {
  return buildRequest('job.export', {
    ...of,
    q,
    sort,
    order,
    format,
    payloads: payloads ? '1' : '0',
    offsetMinutes: -new Date().getTimezoneOffset(),
  }).url;
}

/** What could stand at the caret. `of`: the queue whose list it is. */
export function useSuggestions(q: string, at: number, open: boolean, of?: { source: string; queue: string }) {
  return useQuery<Suggestions>({
    queryKey: keys.suggestions(q, at, of?.source ?? null, of?.queue ?? null),
    queryFn: ({ signal }) => call('job.suggest', { q, at, ...of }, { signal }),
    enabled: open,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: false,
  });
}
