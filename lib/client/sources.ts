'use client';

import { useQuery } from '@tanstack/react-query';
import { call } from '@/lib/client/call';
import { collectPages, PAGE_LIMIT } from '@/lib/client/http/pages';
import { keys } from '@/lib/client/query-keys';
import type { Source, SourceList } from '@/lib/contracts/sources';

export function useSources() {
  return useQuery<SourceList>({
    queryKey: keys.sources(),
    queryFn: ({ signal }) =>
      collectPages<Source, SourceList>((cursor) => call('source.list', { limit: PAGE_LIMIT, cursor }, { signal })),
  });
}

/** One source, as far as it is known. */
export function useSource(name: string): Source | undefined {
  return useSources().data?.items.find((source) => source.name === name);
}
