import { dehydrate, HydrationBoundary, QueryClient, type QueryKey } from '@tanstack/react-query';
import type { ReactNode } from 'react';

/**
 * Hands what the server read to the browser's cache; what could not be read (null) the browser asks for itself. No Suspense
 * boundary may stand around a view: it would hydrate later than the shell, from a cache that live frames have changed since.
 */
export function Hydrated({ entries, children }: { entries: [QueryKey, unknown][]; children: ReactNode }) {
  const client = new QueryClient();
  for (const [key, data] of entries) if (data) client.setQueryData(key, data);
  return <HydrationBoundary state={dehydrate(client)}>{children}</HydrationBoundary>;
}
