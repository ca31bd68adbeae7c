import { SCOPE_KINDS, scopeKey } from '@/lib/store/history/scope-key';
import type { Queries } from '@/lib/store/queries';
import { LAG_MS } from '@/lib/store/recording/lag';
import { storedText } from '@/lib/store/stored-name';
import type { JobPlace } from './roots';

/** Beyond it they are told as at least so many. */
export const MOST_COUNTED = 10_000;
/** A record that is behind by more does not answer for its source. */
const BEHIND_MS = 10_000;
/** Of each flow, the newest. */
const JOBS_OF_EACH = 10;

/** A flow of which jobs stand as failed, by the record. */
export interface FailingFlow {
  source: string;
  /** Hex. */
  rootKey: string;
  root: JobPlace;
  /** When the newest of them failed, epoch ms. */
  failedMs: number;
  failed: number;
  jobs: FailedPlace[];
}

export interface FailedPlace extends JobPlace {
  name: string;
  key: Buffer;
  failedMs: number;
}

/** After which flow a page begins: flows stand in the order of their newest failure. */
export interface FailingPlace {
  failedMs: number;
  rootKey: string;
}

interface Row {
  source: string;
  root_key: Buffer;
  root: string;
  at: string;
  failed: number;
  jobs: { job: string; key: string; at: number }[];
}

const SQL = `
WITH page AS MATERIALIZED (
  SELECT source, root_key, max(failed_ms) AS at, count(*)::int AS failed FROM queuedeck.flow_failure
   WHERE source = ANY($1::text[]) GROUP BY source, root_key
  HAVING $2::bigint IS NULL OR (max(failed_ms), root_key) < ($2::bigint, $3::bytea)
   ORDER BY at DESC, root_key DESC LIMIT $4
)
SELECT page.*, newest.root, newest.jobs FROM page
 CROSS JOIN LATERAL (
   SELECT min(root) AS root, json_agg(json_build_object('job', job, 'key', encode(job_key, 'hex'), 'at', failed_ms) ORDER BY failed_ms DESC, job_key) AS jobs
     FROM (SELECT * FROM queuedeck.flow_failure f WHERE f.source = page.source AND f.root_key = page.root_key
            ORDER BY failed_ms DESC, job_key LIMIT ${JOBS_OF_EACH}) AS f) AS newest
 ORDER BY page.at DESC, page.root_key DESC`;

export async function readFailing(
  store: Queries,
  sources: readonly string[],
  from: FailingPlace | null,
  limit: number,
): Promise<FailingFlow[]> {
  const after = from ? [from.failedMs, Buffer.from(from.rootKey, 'hex')] : [null, null];
  const rows = await store.query<Row>(SQL, [sources, ...after, limit]);
  return rows.map((row) => {
    const [queue, id] = JSON.parse(row.root) as [string, string];
    return {
      source: row.source,
      rootKey: row.root_key.toString('hex'),
      root: { queue, id },
      failedMs: Number(row.at),
      failed: row.failed,
      jobs: row.jobs.map(({ job, key, at }) => {
        const [of, own, name] = JSON.parse(job) as [string, string, string];
        return { queue: of, id: own, name, key: Buffer.from(key, 'hex'), failedMs: at };
      }),
    };
  });
}

export async function countFailing(
  store: Queries,
  sources: readonly string[],
): Promise<{ flows: number; atLeast: boolean }> {
  const [row] = await store.query<{ flows: number }>(
    `SELECT count(*)::int AS flows FROM (
       SELECT DISTINCT source, root_key FROM queuedeck.flow_failure WHERE source = ANY($1::text[]) LIMIT ${MOST_COUNTED + 1}) AS counted`,
    [sources],
  );
  const flows = row?.flows ?? 0;
  return { flows: Math.min(flows, MOST_COUNTED), atLeast: flows > MOST_COUNTED };
}

/** What the broker holds as failed no longer: a drain and a clean tell nobody. One that failed anew since stays. */
export async function dropStale(store: Queries, jobs: readonly FailedPlace[]): Promise<void> {
  if (jobs.length === 0) return;
  await store.query(
    `DELETE FROM queuedeck.flow_failure f USING unnest($1::bytea[], $2::bigint[]) AS g(key, at)
      WHERE f.job_key = g.key AND f.failed_ms = g.at`,
    [jobs.map(({ key }) => key), jobs.map(({ failedMs }) => failedMs)],
  );
}

/** How complete that is, for one source. */
export interface FlowCoverage {
  source: string;
  /** What failed before then is not in it, epoch ms; null = all since the record began, and what it found then. */
  sinceMs: number | null;
  /** Queues that are not read yet, or of which events went by unseen. */
  unreadQueues: number;
}

/** Of the sources whose record is up to date. */
export async function readFlowCoverage(store: Queries, sources: readonly string[]): Promise<FlowCoverage[]> {
  const rows = await store.query<{ source: string; since: number | null; unread: number }>(
    `SELECT source, extract(epoch FROM flows_since)::float8 * 1000 AS since,
            (SELECT count(*)::int FROM queuedeck.recorder_queue q WHERE q.source = r.source AND (NOT q.swept OR q.gap IS NOT NULL)) AS unread
       FROM (SELECT *, ${LAG_MS} AS behind FROM queuedeck.recorder WHERE source = ANY($1::text[])) AS r WHERE behind <= $2`,
    [sources, BEHIND_MS],
  );
  return rows.map(({ source, since, unread }) => ({ source, sinceMs: since, unreadQueues: unread }));
}

/** Names of jobs by the record, and when they were added (epoch ms), in their order; null where it does not know them. */
export async function readNames(
  store: Queries,
  jobs: readonly (JobPlace & { source: string })[],
): Promise<({ name: string; addedMs: number } | null)[]> {
  if (jobs.length === 0) return [];
  const rows = await store.query<{ n: string; name: string; added: number }>(
    `SELECT g.n, j.name, j.added FROM unnest($1::bytea[], $2::text[]) WITH ORDINALITY AS g(key, id, n) JOIN queuedeck.scope s ON s.key = g.key
      CROSS JOIN LATERAL (
        SELECT coalesce(j.name, k.name) AS name, extract(epoch FROM j.added_at)::float8 * 1000 AS added
          FROM queuedeck.job j JOIN queuedeck.scope k ON k.id = j.kind_id
         WHERE j.id = g.id AND j.queue_id = s.id ORDER BY j.added_at DESC LIMIT 1) j`,
    [jobs.map(({ source, queue }) => scopeKey(SCOPE_KINDS.queue, source, queue)), jobs.map(({ id }) => storedText(id))],
  );
  const known = new Map(rows.map(({ n, name, added }) => [Number(n), { name, addedMs: Math.round(added) }]));
  return jobs.map((_, i) => known.get(i + 1) ?? null);
}
