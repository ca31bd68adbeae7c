import type { BackendEvent } from '@/lib/backends/backend';
import { timeOf } from '@/lib/iso-time';
import { ERROR_LINE_CHARS, firstErrorLine, PROGRESS_CAP_CHARS, parseProgress } from '../job-shape';
import { NAME_CHARS, toState } from './rows';

/** Per queue and read; a queue with more is read again at once. */
export const READ_LIMIT = 1000;

/**
 * New events of some queues: `$1` queues, `$2` their floors, `$3` their highest ids delivered, `$4` ids delivered above the floors. Always at least one row,
 * for the snapshot. Payloads inside events (return values) stay on the server.
 *
 *   trimmed   events were deleted unread: nothing at or below the highest id delivered is left, and the newest id is further
 *             on than the log is long (BullMQ deletes ids up to `newest - opts.maxLenEvents`)
 */
export const READ_SQL = `
SELECT s.xmin, s.xmax, w.queue, e.*, left(j.name, ${NAME_CHARS}) AS job_name, j.priority, t.trimmed
  FROM (SELECT pg_snapshot_xmin(c)::text AS xmin, pg_snapshot_xmax(c)::text AS xmax FROM pg_current_snapshot() AS c) AS s
  CROSS JOIN unnest($1::text[], $2::bigint[], $3::bigint[]) AS w(queue, floor, top)
  CROSS JOIN LATERAL (
    SELECT NOT EXISTS (SELECT FROM event o WHERE o.queue = w.queue AND o.id <= w.top)
       AND w.top < (SELECT max(id) FROM event o WHERE o.queue = w.queue) - COALESCE(
         (SELECT value::bigint FROM meta m WHERE m.queue = w.queue AND m.field = 'opts.maxLenEvents' AND value ~ '^[0-9]{1,15}$'),
         10000) AS trimmed
    OFFSET 0
  ) AS t
  LEFT JOIN LATERAL (
    SELECT id, left(event, 64) AS event, created_at_ms AS at, data->>'jobId' AS job, left(data->>'name', ${NAME_CHARS}) AS name,
           left(data->>'failedReason', ${ERROR_LINE_CHARS * 4}) AS reason,
           CASE WHEN event = 'progress' THEN left(data->>'data', ${PROGRESS_CAP_CHARS + 1}) END AS progress
      FROM event WHERE event.queue = w.queue AND event.id > w.floor AND event.id <> ALL ($4::bigint[])
     ORDER BY event.id LIMIT ${READ_LIMIT}
  ) AS e ON true
  LEFT JOIN job j ON j.queue = w.queue AND j.id = e.job
 ORDER BY e.id`;

/** The newest event of every queue, and of all: by index descents. */
export const SWEEP_SQL = `
WITH RECURSIVE walk AS (
  (SELECT queue FROM event ORDER BY queue LIMIT 1)
  UNION ALL
  SELECT (SELECT queue FROM event WHERE queue > walk.queue ORDER BY queue LIMIT 1) FROM walk WHERE walk.queue IS NOT NULL
)
SELECT queue, (SELECT max(id) FROM event e WHERE e.queue = walk.queue) AS top FROM walk WHERE queue IS NOT NULL`;

/** How many transactions can be under way at once. */
export const CONNECTIONS_SQL = `
SELECT current_setting('max_connections')::int + current_setting('max_prepared_transactions')::int AS connections`;

/** The last id given out, and the snapshot of this very read. */
export const LAST_ID_SQL = `
SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last, pg_snapshot_xmin(c)::text AS xmin, pg_snapshot_xmax(c)::text AS xmax
  FROM event_seq, pg_current_snapshot() AS c`;

export interface EventRow {
  xmin: string;
  xmax: string;
  queue: string;
  id: string | null;
  event: string;
  at: string;
  job: string | null;
  name: string | null;
  reason: string | null;
  progress: string | null;
  job_name: string | null;
  priority: number | null;
  /** With a row that has an id. */
  trimmed: boolean | null;
}

/** BullMQ's event → the state that it tells. `added` always comes with the state's own event; a stalled job's is `waiting`. */
const STATES = new Set(['waiting', 'delayed', 'active', 'completed', 'failed', 'waiting-children', 'removed']);
const QUEUE_EVENTS = new Set(['paused', 'resumed', 'cleaned']);

/** Null for what tells nothing new. */
export function toBackendEvent(row: EventRow): BackendEvent | null {
  const { queue } = row;
  const at = timeOf(Number(row.at)) ?? Date.now();
  if (QUEUE_EVENTS.has(row.event)) return { type: 'queue', queue, at };
  if (row.job === null) return null;
  if (row.event === 'progress')
    return { type: 'progress', queue, id: row.job, at, progress: parseProgress(row.progress) };
  if (!STATES.has(row.event)) return null;
  const state = row.event === 'removed' ? null : toState(row.event, row.priority ?? 0);
  const error = row.event === 'failed' ? firstErrorLine(row.reason) : null;
  return { type: 'state', queue, id: row.job, at, state, name: row.name ?? row.job_name, error };
}
