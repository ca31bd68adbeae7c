import * as z from 'zod';
import { At, encodeCursor, readCursor } from '@/lib/cursor';
import { inTurn } from '@/lib/turns';
import { query } from '@/lib/verbs';

interface Row {
  id: string;
  source: string;
  queue: string;
  operation: string | null;
  why: string;
  jobs: number;
  first: string[];
  size_bytes: number;
  at: Date;
  expires_at: Date;
}

const Place = z.strictObject({ id: At.number });
const HELD = `expires_at > now() AND 1::smallint = ANY(state)`;

/** What can be put back, newest first. Sizes are those in the store, compressed. */
export const listBin = query('bin.list', async (ask, { source, queue, cursor, limit }) => {
  const before = readCursor(cursor, Place)?.id;
  const of = [source ?? null, queue ?? null];
  // The beginning of a name is what the index holds: a whole one can be too long for it.
  const where = `${HELD} AND ($1::text IS NULL OR source = $1) AND ($2::text IS NULL OR (queue = $2 AND left(queue, 200) = left($2, 200)))`;
  const [rows, [sum]] = await inTurn(ask, 'figures', (reader) =>
    Promise.all([
      reader.query<Row>(
        `SELECT id, source, queue, operation, why, cardinality(array_positions(state, 1::smallint)) AS jobs,
              ARRAY(SELECT t.id FROM unnest(ids, state) AS t(id, state) WHERE t.state = 1 LIMIT 10) AS first,
              size_bytes, at, expires_at
         FROM queuedeck.bin WHERE ${where} AND ($3::bigint IS NULL OR id < $3) ORDER BY bin.id DESC LIMIT $4`,
        [...of, before ?? null, limit + 1],
      ),
      reader.query<{ jobs: number; bytes: string }>(
        `SELECT coalesce(sum(cardinality(array_positions(state, 1::smallint))), 0)::int AS jobs,
              coalesce(sum(size_bytes), 0)::bigint AS bytes FROM queuedeck.bin WHERE ${where}`,
        of,
      ),
    ]),
  );
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return {
    items: items.map((row) => ({
      id: row.id,
      source: row.source,
      queue: row.queue,
      operation: row.operation,
      why: row.why,
      jobs: row.jobs,
      ids: row.first,
      sizeBytes: row.size_bytes,
      at: row.at.toISOString(),
      expiresAt: row.expires_at.toISOString(),
    })),
    nextCursor: last ? encodeCursor({ id: Number(last.id) }) : null,
    jobs: sum?.jobs ?? 0,
    sizeBytes: Number(sum?.bytes ?? 0),
    maxBytes: ask.env.binMaxBytes,
    keptHours: ask.env.binHours,
  };
});
