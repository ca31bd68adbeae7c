import type { JobState } from '@/lib/contracts/states';
import { ROW_COLUMNS } from '../postgres/rows';
import { HEAD_STEP, STREAM_STEP } from './streams';

/** Newest parents that a queue's own order of `waiting-children` is taken from: it has no index by time. */
const PARENTS_READ = 5_000;

/**
 * What was looked at (`looked`: queue, id, parent_id, at, n in order) → its roots, and the last one of each queue.
 * `more`: one more than a step could be read.
 */
const REPORT_SQL = `, counted AS (
  SELECT *, row_number() OVER w AS rank, count(*) OVER (PARTITION BY queue) AS total FROM looked WINDOW w AS (PARTITION BY queue ORDER BY n)
), judged AS (
  SELECT *, parent_id IS NULL AND EXISTS (
      SELECT FROM job_dependency d WHERE d.parent_queue = counted.queue AND d.parent_id = counted.id) AS root
    FROM counted WHERE rank <= ${STREAM_STEP}
)
SELECT queue, id, at, root, LEAST(total, ${STREAM_STEP}) AS looked, total > ${STREAM_STEP} AS more
  FROM judged WHERE root OR rank = LEAST(total, ${STREAM_STEP}) ORDER BY n`;

/** $1 queues · $2 their modes · $3 their ids · $4 ms of the place, or null */
function searchSorted(at: string, jobs: string): string {
  return `
WITH looked AS MATERIALIZED (
  SELECT s.*, row_number() OVER (ORDER BY s.queue, s.at DESC, s.id COLLATE "C" DESC) AS n
    FROM unnest($1::text[], $2::text[], $3::text[]) AS q(name, mode, after) CROSS JOIN LATERAL (
      SELECT queue, id, parent_id, ${at} AS at FROM ${jobs} AS job
       WHERE ${at} <= COALESCE($4::bigint, 9223372036854775807)
         AND ($4::bigint IS NULL OR ${at} < $4 OR q.mode = 'from' OR (q.mode = 'after' AND id COLLATE "C" < q.after))
       ORDER BY ${at} DESC, id COLLATE "C" DESC LIMIT ${STREAM_STEP + 1}) AS s
)${REPORT_SQL}`;
}

const searchFinished = (state: string) =>
  searchSorted('finished_at_ms', `(SELECT * FROM job WHERE queue = q.name AND state = '${state}')`);

/** $1 queues; what runs next, or was claimed last, first */
function searchHead(where: string, order: string): string {
  return `
WITH looked AS MATERIALIZED (
  SELECT s.*, row_number() OVER () AS n FROM unnest($1::text[]) AS q(name) CROSS JOIN LATERAL (
    SELECT queue, id, parent_id, added_at_ms AS at FROM job WHERE queue = q.name AND ${where} ORDER BY ${order} LIMIT ${HEAD_STEP}) AS s
)${REPORT_SQL}`;
}

export const SEARCH_SQL: Record<JobState, string> = {
  completed: searchFinished('completed'),
  failed: searchFinished('failed'),
  'waiting-children': searchSorted(
    'added_at_ms',
    `(SELECT * FROM job WHERE queue = q.name AND state = 'waiting-children' ORDER BY seq DESC LIMIT ${PARENTS_READ})`,
  ),
  waiting: searchHead(`state = 'waiting' AND priority = 0`, 'seq'),
  prioritized: searchHead(`state = 'waiting' AND priority > 0`, 'priority, seq'),
  delayed: searchHead(`state = 'delayed'`, 'process_at_ms'),
  active: searchHead(`state = 'active'`, 'locked_until_ms'),
};

/** Rows of jobs with the counts of their children. $1 queues · $2 ids */
export const NODES_SQL = `
SELECT w.n, j.*, c.* FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w(queue, id, n)
 CROSS JOIN LATERAL (SELECT ${ROW_COLUMNS}, parent_queue, parent_id FROM job WHERE queue = w.queue AND id = w.id) AS j
 CROSS JOIN LATERAL (
   SELECT count(*) FILTER (WHERE status = 'pending')::int AS pending, count(*) FILTER (WHERE status = 'processed')::int AS processed,
          count(*) FILTER (WHERE status = 'failed')::int AS failed, count(*) FILTER (WHERE status = 'ignored')::int AS ignored
     FROM job_dependency d WHERE d.parent_queue = w.queue AND d.parent_id = w.id) AS c`;

/** A page of a job's children by key. $1 queue · $2 id · $3 kind or null · $4 key of the last one seen · $5 limit */
export const CHILDREN_SQL = `
SELECT child_queue AS queue, child_id AS id, child_key AS key, status AS kind FROM job_dependency
 WHERE parent_queue = $1 AND parent_id = $2 AND ($3::text IS NULL OR status = $3::dep_status) AND child_key COLLATE "C" > $4
 ORDER BY child_key COLLATE "C" LIMIT $5`;
