import type { Series } from '@/lib/contracts/metrics';
import type { Queries } from '@/lib/store/queries';
import { storedText } from '@/lib/store/stored-name';

const MOST_GAPS = 200;

/** Since when the sources are recorded: the first day of which there are figures; null = they are not. */
export async function readKnownSince(store: Queries, scopeIds: readonly number[]): Promise<number | null> {
  const [row] = await store.query<{ at: number | null }>(
    `SELECT (extract(epoch FROM min(at)) * 1000)::float8 AS at FROM queuedeck.figure
      WHERE scope_id = ANY($1::int[]) AND level = (SELECT min(level) FROM queuedeck.figure WHERE scope_id = ANY($1::int[]))`,
    [scopeIds],
  );
  const [day] = await store.query<{ at: number | null }>(
    `SELECT (extract(epoch FROM min(at)) * 1000)::float8 AS at FROM queuedeck.figure WHERE scope_id = ANY($1::int[]) AND level = 2`,
    [scopeIds],
  );
  if (day?.at == null) return row?.at ?? null;
  // Within the first day the minutes tell better; later ones have lost it.
  return row?.at != null && row.at - day.at < 86_400_000 ? row.at : day.at;
}

/** Stretches of the period of which not everything was seen, oldest first. */
export async function readGaps(
  store: Queries,
  sources: readonly string[],
  queue: string | null,
  fromMs: number,
  toMs: number,
): Promise<Series['gaps']> {
  const rows = await store.query<{ from_at: Date; to_at: Date; unseen: number | null }>(
    `SELECT from_at, to_at, unseen FROM queuedeck.recording_gap
      WHERE source = ANY($1::text[]) AND ($2::text IS NULL OR queue IS NULL OR queue = $2)
        AND to_at >= to_timestamp($3::float8 / 1000) AND from_at < to_timestamp($4::float8 / 1000)
      ORDER BY to_at DESC LIMIT ${MOST_GAPS}`,
    [sources, queue === null ? null : storedText(queue), fromMs, toMs],
  );
  return rows
    .reverse()
    .map(({ from_at, to_at, unseen }) => ({ from: from_at.toISOString(), to: to_at.toISOString(), unseen }));
}
