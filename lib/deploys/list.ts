import * as z from 'zod';
import type { Deploy } from '@/lib/contracts/deploys';
import { At, encodeCursor, readCursor } from '@/lib/cursor';
import { query } from '@/lib/verbs';

export interface DeployRow {
  id: string;
  source: string | null;
  version: string;
  origin: Deploy['origin'];
  by: string | null;
  at: Date;
}

export const toDeploy = (row: DeployRow): Deploy => ({ ...row, id: String(row.id), at: row.at.toISOString() });

const Place = z.strictObject({ at: At.ms, id: At.number });

/** Newest first; those without a source stand for all. */
export const listDeploys = query('deploy.list', async (ask, { source, from, to, cursor, limit }) => {
  const position = readCursor(cursor, Place);
  const rows = await ask.store.query<DeployRow>(
    `SELECT id, source, version, origin, by, at FROM queuedeck.deploy
      WHERE at > 'epoch' AND ($1::text IS NULL OR source IS NULL OR source = $1)
        AND ($2::timestamptz IS NULL OR at >= $2) AND ($3::timestamptz IS NULL OR at < $3)
        AND ($4::float8 IS NULL OR (at, id) < (to_timestamp($4 / 1000), $5::bigint))
      ORDER BY at DESC, id DESC LIMIT $6`,
    [source ?? null, from ?? null, to ?? null, position?.at ?? null, position?.id ?? null, limit + 1],
  );
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return {
    items: items.map(toDeploy),
    nextCursor: last ? encodeCursor({ at: last.at.getTime(), id: Number(last.id) }) : null,
  };
});
