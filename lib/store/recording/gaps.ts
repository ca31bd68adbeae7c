import type pg from 'pg';
import { storedText } from '@/lib/store/stored-name';

const MOST_UNSEEN = 2_147_483_647;

/** A row of `queuedeck.recording_gap`. `unseen`: null = how many is not known (yet). */
export interface GapRow {
  queue: string;
  fromMs: number | null;
  toMs: number;
  unseen: number | null;
  reason: string;
}

/** A gap that was healed as far as it can be. `isNothing`: it hid nothing after all. */
export interface HealedGap {
  row: string;
  unseen: number | null;
  isNothing: boolean;
}

/** Within a transaction: the rows' ids, in their order. */
export async function insertGaps(client: pg.PoolClient, source: string, gaps: readonly GapRow[]): Promise<string[]> {
  if (gaps.length === 0) return [];
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO queuedeck.recording_gap (source, queue, from_at, to_at, unseen, reason)
     SELECT $1, queue, to_timestamp(from_ms / 1000), to_timestamp(to_ms / 1000), unseen, reason
       FROM unnest($2::text[], $3::float8[], $4::float8[], $5::int[], $6::text[]) WITH ORDINALITY AS g(queue, from_ms, to_ms, unseen, reason, n)
      ORDER BY n RETURNING id`,
    [
      source,
      gaps.map(({ queue }) => storedText(queue)),
      gaps.map(({ fromMs, toMs }) => Math.min(fromMs ?? toMs, toMs)),
      gaps.map(({ toMs }) => toMs),
      gaps.map(({ unseen }) => bound(unseen)),
      gaps.map(({ reason }) => reason),
    ],
  );
  return rows.map(({ id }) => id);
}

/** Within a transaction: says of gaps that are told already until when they go. */
export async function stretchGaps(
  client: pg.PoolClient,
  gaps: readonly { row: string; toMs: number }[],
): Promise<void> {
  if (gaps.length === 0) return;
  await client.query(
    `UPDATE queuedeck.recording_gap r SET to_at = to_timestamp(g.to_ms / 1000)
       FROM unnest($1::bigint[], $2::float8[]) AS g(id, to_ms) WHERE r.id = g.id`,
    [gaps.map(({ row }) => row), gaps.map(({ toMs }) => toMs)],
  );
}

export async function healGaps(client: pg.PoolClient, healed: readonly HealedGap[]): Promise<void> {
  const nothing = healed.filter(({ isNothing }) => isNothing);
  const told = healed.filter(({ isNothing }) => !isNothing);
  if (nothing.length > 0)
    await client.query('DELETE FROM queuedeck.recording_gap WHERE id = ANY($1::bigint[])', [
      nothing.map(({ row }) => row),
    ]);
  if (told.length > 0)
    await client.query(
      `UPDATE queuedeck.recording_gap r SET unseen = coalesce(r.unseen, 0) + g.unseen
         FROM unnest($1::bigint[], $2::int[]) AS g(id, unseen) WHERE r.id = g.id AND g.unseen IS NOT NULL`,
      [told.map(({ row }) => row), told.map(({ unseen }) => bound(unseen))],
    );
}

const bound = (unseen: number | null): number | null => (unseen === null ? null : Math.min(unseen, MOST_UNSEEN));
