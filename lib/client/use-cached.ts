'use client';

import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';

/**
 * What the cache holds under a key, without asking for it. Unlike a disabled query this leaves no empty entry behind,
 * which would make a page's hydration wait for an effect, and its first paint for that.
 */
export function useCached<T>(key: QueryKey): T | undefined {
  const client = useQueryClient();
  return useSyncExternalStore(
    (changed) => client.getQueryCache().subscribe(changed),
    () => client.getQueryData<T>(key),
    () => undefined,
  );
}
