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

/** What is told of a gap besides that it is there. */
export interface HealedGap {
  gap: { row: string | null };
  /** So many more. */
  unseen: number;
  /** How many there were in all is not known. */
  isUnknown: boolean;
  /** In the place of the one that was told at once; null = that stays. */
  reason: string | null;
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

/** Within a transaction, after the rows of all these are there. */
export async function healGaps(client: pg.PoolClient, healed: readonly HealedGap[]): Promise<void> {
  const rows = new Map<string, HealedGap>();
  for (const one of healed) {
    const { row } = one.gap;
    if (row === null) continue;
    const before = rows.get(row);
    rows.set(row, {
      ...one,
      unseen: one.unseen + (before?.unseen ?? 0),
      isUnknown: one.isUnknown || (before?.isUnknown ?? false),
      reason: one.reason ?? before?.reason ?? null,
    });
  }
  const told = [...rows];
  if (told.length > 0)
    await client.query(
      `UPDATE queuedeck.recording_gap r SET reason = coalesce(g.reason, r.reason),
              unseen = CASE WHEN NOT g.unknown THEN least(coalesce(r.unseen, 0)::bigint + g.unseen, ${MOST_UNSEEN})::int END
         FROM unnest($1::bigint[], $2::int[], $3::boolean[], $4::text[]) AS g(id, unseen, unknown, reason) WHERE r.id = g.id`,
      [
        told.map(([row]) => row),
        told.map(([, { unseen }]) => bound(unseen)),
        told.map(([, { isUnknown }]) => isUnknown),
        told.map(([, { reason }]) => reason),
      ],
    );
}

const bound = (unseen: number | null): number | null => (unseen === null ? null : Math.min(unseen, MOST_UNSEEN));
