import type { Queries } from '@/lib/store/queries';
import { LAG_MS } from '@/lib/store/recording/lag';

/** How far behind the records of sources are, ms: the greatest; null = one of them is not recorded at all. */
export async function readLag(store: Queries, sources: readonly string[]): Promise<number | null> {
  const rows = await store.query<{ lag: number }>(
    `SELECT ${LAG_MS} AS lag FROM queuedeck.recorder WHERE source = ANY($1::text[]) AND cursor IS NOT NULL`,
    [sources],
  );
  if (rows.length < sources.length || rows.length === 0) return null;
  return Math.round(rows.reduce((most, { lag }) => Math.max(most, lag), 0));
}
