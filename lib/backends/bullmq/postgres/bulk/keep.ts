import type { KeptJob, ReadData } from '@/lib/backends/bulk';
import type { JobState } from '@/lib/contracts/states';
import type { Query } from '../connection';

/** BullMQ's PostgreSQL schema has no "prioritized": that is a waiting job with a priority. */
export const STATE_SQL = `CASE WHEN j.state = 'waiting' AND j.priority > 0 THEN 'prioritized' ELSE j.state::text END`;

/**
 * A job with all that belongs to it. Rows are in PostgreSQL's own text form, which gives back every column as it was; a change of
 * BullMQ's schema makes them unreadable, and restoring them is then refused.
 */
export const PACK_SQL = `jsonb_build_object(
  'row', j::text,
  'logs', (SELECT jsonb_agg(l::text ORDER BY l.idx) FROM job_log l WHERE l.queue = j.queue AND l.job_id = j.id),
  'children', (SELECT jsonb_agg(d::text ORDER BY d.child_key) FROM job_dependency d WHERE d.parent_queue = j.queue AND d.parent_id = j.id),
  'dedup', (SELECT d::text FROM dedup d WHERE d.queue = j.queue AND d.dedup_id = j.dedup_id AND d.job_id = j.id))::text`;

const BYTES_PER_STEP = 4_194_304;

export async function keepJobs(
  query: Query,
  queue: string,
  ids: readonly string[],
): Promise<{ through: number; jobs: KeptJob[] }> {
  const through = await reachOf(query, queue, ids);
  const rows = await query<{ id: string; name: string; state: JobState; pack: string; print: string }>(
    `SELECT p.*, md5(p.pack) AS print FROM (
       SELECT j.id, j.name, ${STATE_SQL} AS state, ${PACK_SQL} AS pack FROM job j WHERE j.queue = $1 AND j.id = ANY($2)) p`,
    [queue, ids.slice(0, through)],
  );
  const jobs = rows.map(({ pack, ...same }) => ({ ...same, blob: Buffer.from(pack) }));
  return { through, jobs: inOrder(ids, jobs) };
}

export async function readData(
  query: Query,
  queue: string,
  ids: readonly string[],
): Promise<{ through: number; jobs: ReadData[] }> {
  const through = await reachOf(query, queue, ids);
  const jobs = await query<ReadData & Record<string, string>>(
    'SELECT id, data::text AS data, md5(data::text) AS print FROM job WHERE queue = $1 AND id = ANY($2)',
    [queue, ids.slice(0, through)],
  );
  return { through, jobs: inOrder(ids, jobs) };
}

/** How many of the ids fit into one step. */
async function reachOf(query: Query, queue: string, ids: readonly string[]): Promise<number> {
  const rows = await query<{ id: string; bytes: number }>(
    `SELECT id, pg_column_size(data) + coalesce(pg_column_size(return_value), 0) + coalesce(pg_column_size(stacktrace), 0) AS bytes
       FROM job WHERE queue = $1 AND id = ANY($2)`,
    [queue, ids],
  );
  const sizes = new Map(rows.map(({ id, bytes }) => [id, bytes]));
  let bytes = 0;
  let through = 0;
  for (const id of ids) {
    bytes += sizes.get(id) ?? 0;
    through += 1;
    if (bytes > BYTES_PER_STEP) break;
  }
  return through;
}

function inOrder<T extends { id: string }>(ids: readonly string[], jobs: T[]): T[] {
  const byId = new Map(jobs.map((job) => [job.id, job]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
