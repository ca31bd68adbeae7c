'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '@/lib/client/call';
import { keys } from '@/lib/client/query-keys';
import type { CallOf } from '@/lib/contracts/endpoints';

export type ViewDraft = NonNullable<CallOf<'view.create'>['body']>;

/** Saved searches of one place: the page of all jobs, or a queue's list. Counts are as of the last minute. */
export function useViews(of: { source: string; queue: string } | null) {
  return useQuery({
    queryKey: keys.views(of?.source ?? null, of?.queue ?? null),
    queryFn: ({ signal }) => call('view.list', { ...of, limit: 100 }, { signal }),
    refetchInterval: 60_000,
  });
}

/** Saving and removing; the lists are asked for again after. */
export function useViewChanges() {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ['views'] });
  return {
    create: async (body: ViewDraft) => {
      const view = await call('view.create', { body });
      await refresh();
      return view;
    },
    replace: async (view: string, body: ViewDraft) => {
      const saved = await call('view.replace', { view, body });
      await refresh();
      return saved;
    },
    remove: async (view: string) => {
      await call('view.remove', { view });
      await refresh();
    },
  };
}
