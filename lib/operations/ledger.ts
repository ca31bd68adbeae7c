import type pg from 'pg';
import type { JobState } from '@/lib/contracts/states';
import { toJsonb } from '@/lib/store/clean-text';
import type { Store } from '@/lib/store/store';
import type { LedgerAction } from './rows';

/** Jobs that are stored, and mostly changed, together. */
export const CHUNK_JOBS = 200;
const CHUNKS_PER_INSERT = 200;

export interface Chunk {
  n: number;
  /** Null for a restore. */
  fromState: JobState | null;
  ids: string[];
  /** Beside the ids; null = pending. */
  outcomes: (string | null)[];
  /** For a restore: the bin's load of each. */
  kept: string[] | null;
}

export interface NewOperation {
  id: string;
  source: string;
  queue: string;
  action: LedgerAction;
  filter: unknown;
  idsGiven: number | null;
  chosen: string;
  reason: string;
  by: string;
  options: unknown;
  groups: { state: JobState | null; ids: string[]; kept?: string[] }[];
}

/** Writes an operation with its whole set of jobs, in the transaction of `client`: from then on a monitor takes it up. */
export async function insertOperation(client: pg.PoolClient, operation: NewOperation): Promise<void> {
  const chunks = operation.groups.flatMap(toChunks).map((chunk, n) => ({ ...chunk, n }));
  const total = chunks.reduce((sum, chunk) => sum + chunk.ids.length, 0);
  await client.query(
    `INSERT INTO queuedeck.operation
       (id, source, queue, kind, action, filter, ids_given, chosen, reason, by, options, state, total)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'running', $12)`,
    [
      operation.id,
      operation.source,
      operation.queue,
      operation.action.kind,
      toJsonb(operation.action),
      operation.filter === null ? null : toJsonb(operation.filter),
      operation.idsGiven,
      operation.chosen,
      operation.reason,
      operation.by,
      toJsonb(operation.options),
      total,
    ],
  );
  for (let i = 0; i < chunks.length; i += CHUNKS_PER_INSERT) {
    const some = chunks.slice(i, i + CHUNKS_PER_INSERT);
    await client.query(
      `INSERT INTO queuedeck.operation_job (operation, n, from_state, ids, outcomes, kept, pending)
       SELECT $1, c.n, c.state, c.ids, array_fill(NULL::text, ARRAY[cardinality(c.ids)]), c.kept, cardinality(c.ids)
         FROM jsonb_to_recordset($2) AS c(n int, state text, ids text[], kept bigint[])`,
      [operation.id, JSON.stringify(some)],
    );
  }
}

function toChunks({ state, ids, kept }: NewOperation['groups'][number]) {
  const chunks = [];
  for (let i = 0; i < ids.length; i += CHUNK_JOBS)
    chunks.push({
      state,
      ids: ids.slice(i, i + CHUNK_JOBS),
      kept: kept?.slice(i, i + CHUNK_JOBS) ?? null,
    });
  return chunks;
}

interface ChunkRow {
  n: number;
  from_state: JobState | null;
  ids: string[];
  outcomes: (string | null)[];
  kept: string[] | null;
}

/** The next chunks with pending jobs after chunk `after`, in order. */
export async function readPending(store: Store, operation: string, after: number, limit: number): Promise<Chunk[]> {
  const rows = await store.query<ChunkRow>(
    `SELECT n, from_state, ids, outcomes, kept FROM queuedeck.operation_job
      WHERE operation = $1 AND n > $2 AND pending > 0 ORDER BY n LIMIT $3`,
    [operation, after, limit],
  );
  return rows.map(toChunk);
}

/** All chunks from `from` on, whatever is pending. */
export async function readChunks(store: Store, operation: string, from: number, limit: number): Promise<Chunk[]> {
  const rows = await store.query<ChunkRow>(
    `SELECT n, from_state, ids, outcomes, kept FROM queuedeck.operation_job
      WHERE operation = $1 AND n >= $2 ORDER BY n LIMIT $3`,
    [operation, from, limit],
  );
  return rows.map(toChunk);
}

const toChunk = (row: ChunkRow): Chunk => ({
  n: row.n,
  fromState: row.from_state,
  ids: row.ids,
  outcomes: row.outcomes,
  kept: row.kept,
});

/**
 * Writes outcomes beside their jobs and counts them, in one statement. An outcome that stands is never replaced nor counted
 * twice, whoever repeats it.
 */
export const RECORD_SQL = `
WITH old AS MATERIALIZED (
  SELECT outcomes FROM queuedeck.operation_job WHERE operation = $1 AND n = $2 FOR UPDATE
), merged AS MATERIALIZED (
  SELECT array_agg(coalesce(t.had, t.got) ORDER BY t.place) AS outcomes,
         count(*) FILTER (WHERE t.had IS NULL AND t.got IS NULL)::int AS pending,
         count(*) FILTER (WHERE t.had IS NULL AND t.got LIKE 'done%')::int AS done,
         count(*) FILTER (WHERE t.had IS NULL AND t.got LIKE 'skipped%')::int AS skipped,
         count(*) FILTER (WHERE t.had IS NULL AND t.got LIKE 'failed%')::int AS failed
    FROM old, unnest(old.outcomes, $3::text[]) WITH ORDINALITY AS t(had, got, place)
), chunk AS (
  UPDATE queuedeck.operation_job j SET outcomes = m.outcomes, pending = m.pending
    FROM merged m WHERE j.operation = $1 AND j.n = $2
)
UPDATE queuedeck.operation o SET done = o.done + m.done, skipped = o.skipped + m.skipped, failed = o.failed + m.failed
  FROM merged m WHERE o.id = $1`;
