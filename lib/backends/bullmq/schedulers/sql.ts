import { RUNS_SEARCHED } from './shape';

/** As on Redis. */
const TEXT_CHARS = 4_096;
/** A template that takes more as it is stored is not read. */
export const TEMPLATE_BYTES = 2_097_152;

/** A scheduler's row with the names and texts of the Redis HASH. */
export const SCHEDULER_COLUMNS = `queue, scheduler_id AS id, next_run_ms AS next_ms, COALESCE(left(name, ${TEXT_CHARS}), '') AS name,
  COALESCE(iteration_count::text, '') AS ic, COALESCE(limit_count::text, '') AS "limit", COALESCE(start_date_ms::text, '') AS "startDate",
  COALESCE(end_date_ms::text, '') AS "endDate", COALESCE(left(tz, ${TEXT_CHARS}), '') AS tz, COALESCE(left(pattern, ${TEXT_CHARS}), '') AS pattern,
  COALESCE(every_ms::text, '') AS every, COALESCE(offset_ms::text, '') AS "offset"`;

/** Of the row `s`. */
export const PRINT_SQL = 'md5(s::text)';

/**
 * By next run, queue and id, each queue walked along its index.
 * $1 queues · $2 limit · $3 ms of the place, or null · $4 'none' | 'all' | 'after' · $5 queue and $6 id of the one before
 */
export const LIST_SQL = `
SELECT s.* FROM unnest($1::text[]) AS q(name) CROSS JOIN LATERAL (
  SELECT ${SCHEDULER_COLUMNS} FROM scheduler
   WHERE queue = q.name AND next_run_ms >= COALESCE($3::bigint, 0)
     AND ($3::bigint IS NULL OR $4 = 'none' OR next_run_ms > $3 OR ($4 = 'after' AND
       (q.name COLLATE "C" > $5 OR (q.name = $5 AND scheduler_id COLLATE "C" > $6))))
   ORDER BY next_run_ms, scheduler_id COLLATE "C" LIMIT $2) AS s
ORDER BY s.next_ms, s.queue COLLATE "C", s.id COLLATE "C" LIMIT $2`;

const RUN_COLUMNS = 'queue, id, scheduler_id, state, priority, processed_at_ms, finished_at_ms, failed_reason';
const newest = (state: string, order: string) =>
  `(SELECT ${RUN_COLUMNS} FROM job WHERE queue = q.queue AND state = '${state}' ORDER BY ${order} DESC LIMIT ${RUNS_SEARCHED})`;

/**
 * The newest run of each scheduler that is still there: among the jobs that are named, and the newest that run or have ended.
 * $1 [{ n, queue, id, planned (job of the next run), runs (jobs of those before it) }]
 */
export const LAST_RUNS_SQL = `
WITH wanted AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS w(n int, queue text, id text, planned text, runs text[])
), recent AS MATERIALIZED (
  SELECT r.* FROM (SELECT DISTINCT queue FROM wanted) AS q CROSS JOIN LATERAL (
    ${newest('completed', 'finished_at_ms')} UNION ALL ${newest('failed', 'finished_at_ms')} UNION ALL ${newest('active', 'locked_until_ms')}
  ) AS r WHERE r.scheduler_id IS NOT NULL
), found AS (
  SELECT w.n, j.* FROM wanted w JOIN recent j ON j.queue = w.queue AND j.scheduler_id = w.id
  UNION ALL
  SELECT w.n, j.* FROM wanted w CROSS JOIN LATERAL (
    SELECT ${RUN_COLUMNS} FROM job WHERE queue = w.queue AND id = ANY(w.runs || w.planned)) AS j
   WHERE j.id <> w.planned OR j.processed_at_ms IS NOT NULL
)
SELECT DISTINCT ON (n) n, id, state, priority, processed_at_ms, finished_at_ms, left(failed_reason, 2000) AS reason
  FROM found WHERE id ~ ':[0-9]{1,18}$' ORDER BY n, substring(id FROM ':([0-9]{1,18})$')::bigint DESC`;
