import type { RecordedEvent, ResumedQueue } from '@/lib/backends/recording';
import { timeOf } from '@/lib/iso-time';
import { ERROR_CAP, NAME_CAP, PAYLOAD_CAP, PROGRESS_CAP } from './fields';
import { isJobEvent } from './job-events';

/** Of one statement, as it is stored; and of one event, so that its result or progress is looked into. */
const MOST_BYTES = 2_097_152;
const LOOKED_INTO = 262_144;

const COLUMNS = `e.id::text, e.event, e.created_at_ms::text AS at, e.data->>'jobId' AS job, left(e.data->>'name', ${NAME_CAP}) AS name,
       e.data->>'prev' AS prev, e.weight,
       CASE WHEN e.event = 'failed' THEN left(e.data->>'failedReason', ${ERROR_CAP})
            WHEN e.event = 'delayed' THEN left(e.data->>'delay', 30)
            WHEN e.weight > ${LOOKED_INTO} THEN NULL
            WHEN e.event = 'completed' THEN CASE WHEN length(e.data->>'returnvalue') <= ${PAYLOAD_CAP} THEN e.data->>'returnvalue' END
            WHEN e.event = 'progress' THEN CASE WHEN length(e.data->>'data') <= ${PROGRESS_CAP} THEN e.data->>'data' END
       END AS text`;

/** The queues that have events, by one walk over the primary key. */
const WALK = `WITH RECURSIVE walk AS (
  (SELECT queue FROM event ORDER BY queue LIMIT 1)
  UNION ALL
  SELECT (SELECT queue FROM event WHERE queue > walk.queue ORDER BY queue LIMIT 1) FROM walk WHERE walk.queue IS NOT NULL
)`;

/** Of rows with a `weight` the first, and those after it up to 2 MB; `heavy`: there were more. */
const weighed = (rows: string) => `(
    SELECT * FROM (
      SELECT picked.*, sum(weight) OVER (ORDER BY id) - weight AS before, sum(weight) OVER () > ${MOST_BYTES} AS heavy FROM (${rows}) AS picked
    ) AS one WHERE before = 0 OR before + weight <= ${MOST_BYTES}
  )`;

/**
 * Events of all queues in the order of their ids, as far as all are committed: `$1` queues with the ids `$2` up to which each was
 * read, `$3` the id up to which every queue was read, `$4` the id up to which nothing can be committed any more, `$5` how many of
 * each queue, `$6` of all. One walk over the primary key tells which queues have any; of a queue with too many the rest comes with the next read.
 *
 * No more than 2 MB of events are looked into, as they are stored, but for the first.
 *
 *   bare      nothing of the queue up to where it was read is left
 *   floor     what was trimmed for the length of its log is at or below that id
 *   weight    as it is stored · heavy: some may have been left out for what they weigh
 */
export const RECORD_SQL = `
${WALK}, news AS (
  SELECT walk.queue, greatest(coalesce(known.after, 0), $3::bigint) AS after, top.id AS top
    FROM walk
    LEFT JOIN unnest($1::text[], $2::bigint[]) AS known(queue, after) ON known.queue = walk.queue
   CROSS JOIN LATERAL (SELECT max(id) AS id FROM event e WHERE e.queue = walk.queue) AS top
   WHERE walk.queue IS NOT NULL AND top.id > greatest(coalesce(known.after, 0), $3::bigint)
)
SELECT e.queue, ${COLUMNS}, e.heavy,
       NOT EXISTS (SELECT FROM event o WHERE o.queue = e.queue AND o.id <= e.after) AS bare,
       e.top - coalesce(
           (SELECT value::bigint FROM meta m WHERE m.queue = e.queue AND m.field = 'opts.maxLenEvents' AND value ~ '^[0-9]{1,15}$'),
           10000) AS floor
  FROM ${weighed(`
      SELECT one.*, news.after, news.top, coalesce(pg_column_size(one.data), 0) AS weight
        FROM news
       CROSS JOIN LATERAL (
         SELECT * FROM event WHERE event.queue = news.queue AND event.id > news.after AND event.id <= $4::bigint ORDER BY event.id LIMIT $5
       ) AS one
       ORDER BY one.id LIMIT $6`)} AS e
 ORDER BY e.id`;

/**
 * Events between two ids, `$1` and `$2`, that are none of the ids `$3`; or (where that is null) were written by the transactions `$4`. In the order of
 * their ids, `$5` at most, and as heavy as RECORD_SQL's: what is left out comes with the next read.
 */
export const LATE_SQL = `
${WALK}
SELECT e.queue, ${COLUMNS}, false AS bare, 0 AS floor, e.heavy
  FROM ${weighed(`
      SELECT one.*
        FROM walk
       CROSS JOIN LATERAL (
         SELECT *, xmin AS writer, coalesce(pg_column_size(data), 0) AS weight FROM event
          WHERE event.queue = walk.queue AND event.id > $1::bigint AND event.id <= $2::bigint
       ) AS one
       WHERE CASE WHEN $3::bigint[] IS NULL THEN one.writer::text::bigint = ANY($4::bigint[]) ELSE NOT one.id = ANY($3::bigint[]) END
       ORDER BY one.id LIMIT $5`)} AS e
 ORDER BY e.id`;

export interface RecordRow {
  queue: string;
  id: string;
  event: string;
  at: string;
  job: string | null;
  name: string | null;
  prev: string | null;
  text: string | null;
  bare: boolean;
  floor: string;
  weight: number;
  heavy: boolean;
}

/** A row of BullMQ's `event` table; null for what says nothing of a job. */
export function toRecordedEvent(row: RecordRow, nowMs: number): RecordedEvent | null {
  if (!row.job || !isJobEvent(row.event)) return null;
  return {
    queue: row.queue,
    id: row.job,
    at: timeOf(Number(row.at)) ?? nowMs,
    seq: Number(row.id),
    kind: row.event,
    name: row.event === 'added' ? (row.name ?? '') : null,
    text: row.text,
    prev: row.prev,
  };
}

/** A row that says that its queue was resumed. */
export function toResumed({ queue, event, at, id }: RecordRow, nowMs: number): ResumedQueue[] {
  return event === 'resumed' ? [{ queue, at: timeOf(Number(at)) ?? nowMs, seq: Number(id) }] : [];
}
