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

/** Of unfinished children, at most $3 of each parent. */
const holdingSql = (parent: string) => `(
   SELECT count(*)::int AS holding FROM (
     SELECT child_queue, child_id FROM job_dependency h
      WHERE h.parent_queue = ${parent}.queue AND h.parent_id = ${parent}.id AND h.status = 'pending' LIMIT $3) AS p
     JOIN job k ON k.queue = p.child_queue AND k.id = p.child_id AND k.state = 'failed')`;

/** Rows of jobs with the counts of their children. $1 queues · $2 ids · $3 how many of its unfinished children are looked at for each */
export const NODES_SQL = `
SELECT w.n, j.*, c.*, h.* FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w(queue, id, n)
 CROSS JOIN LATERAL (SELECT ${ROW_COLUMNS}, parent_queue, parent_id FROM job WHERE queue = w.queue AND id = w.id) AS j
 CROSS JOIN LATERAL (
   SELECT count(*) FILTER (WHERE status = 'pending')::int AS unprocessed, count(*) FILTER (WHERE status = 'processed')::int AS processed,
          count(*) FILTER (WHERE status = 'failed')::int AS unsuccessful, count(*) FILTER (WHERE status = 'ignored')::int AS ignored
     FROM job_dependency d WHERE d.parent_queue = w.queue AND d.parent_id = w.id) AS c
 CROSS JOIN LATERAL ${holdingSql('w')} AS h`;

/** A page of a job's children by key, as they stand. $1 queue · $2 id · $3 statuses · $4 key of the last one seen · $5 limit */
export const CHILDREN_SQL = `
WITH page AS MATERIALIZED (
  SELECT child_queue, child_id, child_key, status FROM job_dependency
   WHERE parent_queue = $1 AND parent_id = $2 AND status = ANY($3::dep_status[]) AND child_key COLLATE "C" > $4
   ORDER BY child_key COLLATE "C" LIMIT $5
)
SELECT child_queue AS queue, child_id AS id, child_key AS key,
       CASE WHEN status = 'pending' AND EXISTS (SELECT FROM job k WHERE k.queue = child_queue AND k.id = child_id AND k.state = 'failed')
            THEN 'failed' ELSE status::text END AS kind
  FROM page ORDER BY child_key COLLATE "C"`;

/** Of a queue's jobs that wait for children, those of which some have failed. $1 queue · $2 parents · $3 children of each */
export const HELD_SQL = `
WITH parents AS MATERIALIZED (
  SELECT queue, id FROM job WHERE queue = $1 AND state = 'waiting-children' ORDER BY seq LIMIT $2 + 1
), looked AS MATERIALIZED (SELECT * FROM parents LIMIT $2)
SELECT l.id, h.holding, (SELECT count(*)::int FROM parents) AS parents,
       EXISTS (SELECT FROM job_dependency d WHERE d.parent_queue = l.queue AND d.parent_id = l.id AND d.status = 'pending' OFFSET $3) AS more
  FROM looked l CROSS JOIN LATERAL ${holdingSql('l')} AS h`;
