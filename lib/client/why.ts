'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { call } from '@/lib/client/call';
import type { JobAddress } from '@/lib/client/jobs';
import { keys } from '@/lib/client/query-keys';
import type { JobState } from '@/lib/contracts/states';
import type { JobWhy, Why } from '@/lib/contracts/why';

/** No frame carries the cause; it is asked for while the page is looked at. */
const EVERY_MS = 5_000;

export function useQueueWhy(source: string, queue: string) {
  return useQuery<Why>({
    queryKey: keys.queueWhy(source, queue),
    queryFn: ({ signal }) => call('queue.why', { source, queue }, { signal }),
    refetchInterval: EVERY_MS,
    retry: false,
  });
}

/** Asked anew with each state. */
export function useJobWhy({ source, queue, job }: JobAddress, state: JobState) {
  const hasEnded = state === 'completed' || state === 'failed';
  return useQuery<JobWhy>({
    queryKey: keys.jobWhy(source, queue, job, state),
    queryFn: ({ signal }) => call('job.why', { source, queue, job }, { signal }),
    enabled: !hasEnded,
    refetchInterval: hasEnded ? false : EVERY_MS,
    placeholderData: keepPreviousData,
    retry: false,
  });
}
