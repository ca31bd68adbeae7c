import { QueryClient } from '@tanstack/react-query';
import { ProblemError } from '@/lib/client/http/problem-error';
import { applyFrame } from '@/lib/client/live/apply-frame';
import { type Connection, makeConnection } from '@/lib/client/live/connection';

function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // Frames keep the cache true; a refetch on every mount or focus would only move rows.
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 5 * 60_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) =>
          failures < 2 && error instanceof ProblemError && (error.status === 0 || error.status >= 500),
        retryDelay: (attempt) => 600 * 2 ** attempt,
      },
    },
  });
}

let client: QueryClient | undefined;
let connection: Connection | undefined;

/** One cache per tab; on the server one per render. */
export function getQueryClient(): QueryClient {
  if (typeof window === 'undefined') return makeQueryClient();
  client ??= makeQueryClient();
  return client;
}

/** One live connection per tab, made on first use. Call it in effects only. */
export function getConnection(): Connection {
  if (!connection) {
    const cache = getQueryClient();
    connection = makeConnection(() => cache.invalidateQueries({ refetchType: 'active' }));
    connection.onFrame((frame) => applyFrame(cache, frame));
  }
  return connection;
}
