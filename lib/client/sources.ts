'use client';

import { useQuery } from '@tanstack/react-query';
import { call } from '@/lib/client/call';
import { collectPages, PAGE_LIMIT } from '@/lib/client/http/pages';
import { keys } from '@/lib/client/query-keys';
import type { SourceDetail } from '@/lib/contracts/source-detail';
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

/** One source, looked into: read when it is asked for, not again and again. */
export function useSourceDetail(name: string) {
  return useQuery<SourceDetail>({
    queryKey: keys.source(name),
    queryFn: ({ signal }) => call('source.get', { source: name }, { signal }),
  });
}
