import type { KeptJob } from '@/lib/backends/bulk';
import type { Store } from '@/lib/store/store';
import { packPayload, unpackPayload } from './payload';

/** Where a job of the bin stands; see 0010-operations.ts. */
export const BIN = { read: 0, held: 1, taken: 2, restored: 3 } as const;

export interface LoadFrom {
  source: string;
  queue: string;
  operation: string | null;
  why: string;
  keptHours: number;
}

/** Writes jobs into the bin before they leave the broker; `holdLoad` then says which of them did. Returns the load's id. */
export async function writeLoad(store: Store, from: LoadFrom, jobs: readonly KeptJob[]): Promise<string> {
  const payload = await packPayload(jobs.map(({ blob }) => blob));
  const [row] = await store.query<{ id: string }>(
    `INSERT INTO queuedeck.bin (source, queue, operation, why, ids, state, payload, size_bytes, expires_at)
     VALUES ($1, $2, $3, $4, $5, array_fill(0::smallint, ARRAY[$6::int]), $7, $8, now() + make_interval(secs => $9))
     RETURNING id`,
    [
      from.source,
      from.queue,
      from.operation,
      from.why,
      jobs.map(({ id }) => id),
      jobs.length,
      payload,
      payload.length,
      from.keptHours * 3600,
    ],
  );
  if (!row) throw new Error('bin: INSERT returned no row');
  return row.id;
}

/** `$1` load, `$2` ids of it, `$3` state that they have from now on. */
export const SET_LOAD_SQL = `
UPDATE queuedeck.bin SET state = (
  SELECT array_agg(CASE WHEN t.id = ANY($2::text[]) THEN $3::smallint ELSE t.state END ORDER BY t.place)
    FROM unnest(ids, state) WITH ORDINALITY AS t(id, state, place)
) WHERE id = $1`;

/** For a load of which nothing left the broker. */
export async function dropLoad(store: Store, load: string): Promise<void> {
  await store.query('DELETE FROM queuedeck.bin WHERE id = $1 AND NOT state && ARRAY[1, 2]::smallint[]', [load]);
}

/** The newest load of an operation in which each of these jobs stands: the one that its removal was checked against. */
export async function findLoads(store: Store, operation: string, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await store.query<{ job: string; load: string }>(
    `SELECT job, max(b.id) AS load FROM queuedeck.bin b, unnest(b.ids) AS job
      WHERE b.operation = $1 AND b.ids && $2 AND job = ANY($2) GROUP BY job`,
    [operation, ids],
  );
  return new Map(rows.map(({ job, load }) => [job, load]));
}

/** The packed jobs of a load by id; null when it has left the bin. */
export async function readLoad(store: Store, load: string): Promise<Map<string, Buffer> | null> {
  const [row] = await store.query<{ ids: string[]; payload: Buffer }>(
    'SELECT ids, payload FROM queuedeck.bin WHERE id = $1',
    [load],
  );
  if (!row) return null;
  const blobs = await unpackPayload(row.payload);
  return new Map(row.ids.map((id, i) => [id, blobs[i] ?? Buffer.alloc(0)]));
}

/** Lets go of what has expired, and beyond `maxBytes` of the oldest. Loads that a restore is reading stay. */
export async function pruneBin(store: Store, maxBytes: number): Promise<number> {
  const rows = await store.query(
    `DELETE FROM queuedeck.bin WHERE id IN (
       SELECT id FROM (
         SELECT id, expires_at, state, sum(size_bytes) OVER (ORDER BY id DESC) AS upto FROM queuedeck.bin
       ) b WHERE (b.expires_at < now() OR b.upto > $1) AND NOT 2::smallint = ANY(b.state) LIMIT 5000
     ) RETURNING 1`,
    [maxBytes],
  );
  return rows.length;
}
