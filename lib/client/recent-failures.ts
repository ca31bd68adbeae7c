'use client';

import { useQuery } from '@tanstack/react-query';
import { call } from '@/lib/client/call';
import { keys } from '@/lib/client/query-keys';
import type { FailureGroups } from '@/lib/contracts/failures';

/** Open groups that failed within the last `periodMs`, those that failed most first: at most 50. */
export function useRecentFailures(periodMs: number) {
  return useQuery<FailureGroups>({
    queryKey: keys.failures(`recent ${periodMs}`),
    queryFn: ({ signal }) =>
      call(
        'failure.list',
        { from: new Date(Date.now() - periodMs).toISOString(), sort: 'count', limit: 50 },
        { signal },
      ),
    refetchInterval: 10_000,
    retry: false,
  });
}

/** How many open groups failed within a day; null = not known. */
export function useOpenFailureCount(): number | null {
  const { data } = useQuery<FailureGroups>({
    queryKey: keys.failures('open'),
    queryFn: ({ signal }) => call('failure.list', { limit: 1 }, { signal }),
    refetchInterval: 30_000,
    staleTime: 10_000,
    retry: false,
  });
  return data?.groups ?? null;
}
