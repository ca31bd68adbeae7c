import type { Queries } from '@/lib/store/queries';

/** A recorder writes each second, whatever happens. */
const BEAT_MS = 3_000;

/** How far behind the records of sources are, ms: the greatest; null = one of them is not recorded at all. */
export async function readLag(store: Queries, sources: readonly string[]): Promise<number | null> {
  const rows = await store.query<{ lag: number }>(
    `SELECT (coalesce(lag_ms, 0) + greatest(0, extract(epoch FROM now() - updated_at) * 1000 - ${BEAT_MS}))::float8 AS lag
       FROM queuedeck.recorder WHERE source = ANY($1::text[]) AND cursor IS NOT NULL`,
    [sources],
  );
  if (rows.length < sources.length || rows.length === 0) return null;
  return Math.round(rows.reduce((most, { lag }) => Math.max(most, lag), 0));
}
