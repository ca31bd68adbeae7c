'use client';

import { useQuery } from '@tanstack/react-query';
import { call } from '@/lib/client/call';
import { FAILURES_RANGE } from '@/lib/client/failures-address';
import { keys } from '@/lib/client/query-keys';
import type { FailureGroups } from '@/lib/contracts/failures';
import { RANGES } from '@/lib/contracts/metric-names';

/** How many causes are open and failed within a day, as the page of failures lists them; null = not known. Never how many jobs. */
export function useOpenCauseCount(): number | null {
  const { data } = useQuery<FailureGroups>({
    queryKey: keys.failures('open'),
    queryFn: ({ signal }) =>
      call(
        'failure.list',
        { state: 'open', from: new Date(Date.now() - RANGES[FAILURES_RANGE]).toISOString(), limit: 1 },
        { signal },
      ),
    refetchInterval: 15_000,
    staleTime: 5_000,
    retry: false,
  });
  return data?.groups ?? null;
}
