'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { call } from '@/lib/client/call';
import { JOBS_PER_PAGE } from '@/lib/client/http/page-sizes';
import { filterKey, type ListFilter, NO_FILTER, toListQuery } from '@/lib/client/job-filter';
import { keys } from '@/lib/client/query-keys';
import type { Job, JobList } from '@/lib/contracts/jobs';
import type { JobState } from '@/lib/contracts/states';

export interface JobAddress {
  source: string;
  queue: string;
  job: string;
}

/** One page of a queue's jobs. Rows stay where they are until it is asked for again. */
export function useJobList(
  source: string,
  queue: string,
  state: JobState,
  cursor: string | null,
  filter: ListFilter = NO_FILTER,
) {
  return useQuery<JobList>({
    queryKey: keys.jobList(source, queue, state, cursor, filterKey(filter)),
    queryFn: ({ signal }) =>
      call(
        'job.list',
        {
          ...toListQuery(filter, Date.now()),
          source,
          queue,
          state,
          cursor: cursor ?? undefined,
          limit: JOBS_PER_PAGE,
        },
        { signal },
      ),
    // Paging keeps the old rows under the hand; another tab does not show rows of the wrong state.
    placeholderData: (previous, query) => (query?.queryKey[4] === state ? keepPreviousData(previous) : undefined),
  });
}

export function useJob({ source, queue, job }: JobAddress) {
  return useQuery<Job>({
    queryKey: keys.job(source, queue, job),
    queryFn: ({ signal }) => call('job.get', { source, queue, job }, { signal }),
    // No frame tells that a worker acknowledged a cancel.
    refetchInterval: ({ state: { data } }) =>
      data?.state === 'active' && data.cancel?.state === 'requested' ? 1000 : false,
  });
}
