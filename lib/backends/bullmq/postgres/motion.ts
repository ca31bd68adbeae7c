import type { JobStanding, LostLock, PendingChildren, QueueMotion } from '@/lib/backends/motion';
import { LOOKS_PER_PARENT } from '../flows/counts';
import type { Query } from './connection';
import { toState } from './rows';

const COUNT_CAP = 10_000;
const EVENTS_READ = 2_000;
/** BullMQ's default `stalledInterval`; the workers' own is not in the database. */
const STALLED_EVERY_MS = 30_000;
const SLOW_MS = 80;
const YOUNG_WINDOW_MS = 10_000;
const PLACES_SEARCHED = 20_000;
const CHILDREN_NAMED = 20;

const count = (where: string) =>
  `(SELECT count(*)::int FROM (SELECT FROM job WHERE queue = $1 AND ${where} LIMIT ${COUNT_CAP + 1}) AS counted)`;

/** Every part walks an index as far as its limit. */
const MOTION_SQL = `
WITH clock AS MATERIALIZED (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms),
facts AS (
  SELECT max(value) FILTER (WHERE field = 'paused') AS paused, max(value) FILTER (WHERE field = 'concurrency') AS concurrency,
         max(value) FILTER (WHERE field = 'max') AS rate_max, max(value) FILTER (WHERE field = 'duration') AS rate_duration,
         max(value) FILTER (WHERE field = 'stalled-check') AS checked_at
    FROM meta WHERE queue = $1
), news AS MATERIALIZED (
  SELECT event, created_at_ms AS at FROM event WHERE queue = $1 ORDER BY id DESC LIMIT ${EVENTS_READ}
), movement AS (
  SELECT count(*)::int AS read, min(at) AS oldest,
         count(*) FILTER (WHERE event = 'waiting' AND at >= ms - 60000)::int AS arrived,
         count(*) FILTER (WHERE event = 'active' AND at >= ms - 60000)::int AS taken,
         count(*) FILTER (WHERE event IN ('completed', 'failed') AND at >= ms - 60000)::int AS ended,
         max(at) FILTER (WHERE event = 'active') AS taken_at, max(at) FILTER (WHERE event = 'paused') AS paused_at
    FROM news, clock
), lost AS (
  SELECT id, processed_at_ms, stalled_marked FROM job, clock
   WHERE queue = $1 AND state = 'active' AND locked_until_ms < ms ORDER BY locked_until_ms LIMIT 50
)
SELECT clock.ms AS now, facts.*, movement.*, rate_limit.points, rate_limit.expire_at_ms,
  ${count("state = 'waiting' AND priority = 0")} AS waiting, ${count("state = 'waiting' AND priority > 0")} AS prioritized,
  ${count("state = 'active'")} AS active, ${count("state = 'delayed'")} AS delayed,
  ${count("state = 'waiting-children'")} AS waiting_children,
  (SELECT process_at_ms FROM job WHERE queue = $1 AND state = 'delayed' ORDER BY process_at_ms LIMIT 1) AS due_at,
  (SELECT CASE WHEN attempts_started = 0 THEN added_at_ms
          + CASE WHEN jsonb_typeof(opts->'delay') = 'number' THEN (opts->>'delay')::numeric ELSE 0 END END
     FROM job WHERE queue = $1 AND state = 'waiting' ORDER BY priority, seq LIMIT 1) AS ready_since,
  (SELECT max(processed_at_ms) FROM (SELECT processed_at_ms FROM job WHERE queue = $1 AND state = 'active' LIMIT 1000) AS a) AS newest_start,
  (SELECT COALESCE(jsonb_agg(lost), '[]') FROM lost) AS lost
  FROM clock CROSS JOIN facts CROSS JOIN movement LEFT JOIN rate_limit ON rate_limit.queue = $1`;

interface MotionRow {
  now: string;
  paused: string | null;
  concurrency: string | null;
  rate_max: string | null;
  rate_duration: string | null;
  checked_at: string | null;
  read: number;
  oldest: string | null;
  arrived: number;
  taken: number;
  ended: number;
  taken_at: string | null;
  paused_at: string | null;
  points: string | null;
  expire_at_ms: string | null;
  waiting: number;
  prioritized: number;
  active: number;
  delayed: number;
  waiting_children: number;
  due_at: string | null;
  ready_since: string | null;
  newest_start: string | null;
  lost: { id: string; processed_at_ms: number | null; stalled_marked: boolean }[];
}

const orNull = (text: string | null) => (text === null ? null : Number(text));

export async function readMotion(query: Query, queue: string): Promise<QueueMotion> {
  const askedAt = performance.now();
  const [row] = await query<MotionRow>(MOTION_SQL, [queue]);
  const tookMs = performance.now() - askedAt;
  if (!row) throw new Error('motion: no row');
  return toMotion(row, await settleLatency(query, tookMs));
}

/** An answer that took long may be our own counting: a bare question tells. */
async function settleLatency(query: Query, tookMs: number): Promise<number> {
  let latencyMs = tookMs;
  if (tookMs >= SLOW_MS) {
    const askedAt = performance.now();
    await query('SELECT 1');
    latencyMs = Math.min(tookMs, performance.now() - askedAt);
  }
  return Math.round(latencyMs * 10) / 10;
}

function toMotion(row: MotionRow, latencyMs: number): QueueMotion {
  const at = Number(row.now);
  const leftMs = Number(row.expire_at_ms ?? 0) - at;
  const counts = [row.waiting, row.prioritized, row.active, row.delayed, row.waiting_children];
  const [waiting = 0, prioritized = 0, active = 0, delayed = 0, waitingChildren = 0] = counts.map((one) =>
    Math.min(one, COUNT_CAP),
  );
  const [max, durationMs] = [Number(row.rate_max), Number(row.rate_duration)];
  const nextCheckAt = row.checked_at === null ? null : Number(row.checked_at) + STALLED_EVERY_MS;
  return {
    ...{ at, latencyMs, waiting, prioritized, active, delayed, waitingChildren },
    setAside: 0,
    paused: row.paused !== null && row.paused !== '0',
    concurrency: Number(row.concurrency) || null,
    rateLimit: max && durationMs ? { max, durationMs } : null,
    limiter: leftMs > 0 ? { taken: Number(row.points), leftMs } : null,
    atLeast: counts.some((one) => one > COUNT_CAP),
    unread: null,
    nextDueAt: orNull(row.due_at),
    nextReadySince: orNull(row.ready_since),
    newestStartAt: orNull(row.newest_start),
    activeSeen: active,
    lost: row.lost.map(toLost),
    recovery:
      nextCheckAt !== null && nextCheckAt > at
        ? { nextCheckAt, everyMs: STALLED_EVERY_MS, assumed: true }
        : { nextCheckAt: null, everyMs: null, assumed: true },
    movement: toMovement(row, at),
  };
}

const toLost = ({ id, processed_at_ms, stalled_marked }: MotionRow['lost'][number]): LostLock => ({
  id,
  startedAt: processed_at_ms,
  marked: stalled_marked,
});

function toMovement(row: MotionRow, at: number): QueueMotion['movement'] {
  const spanMs = at - Number(row.oldest ?? at);
  const windowMs = row.read === EVENTS_READ ? Math.max(1, spanMs) : Math.max(YOUNG_WINDOW_MS, spanMs);
  return {
    windowMs: row.read === 0 ? 0 : Math.min(60_000, windowMs),
    arrived: row.arrived,
    taken: row.taken,
    ended: row.ended,
    lastTakenAt: orNull(row.taken_at),
    pausedAt: orNull(row.paused_at),
  };
}

const STANDING_SQL = `
WITH one AS MATERIALIZED (SELECT * FROM (
  SELECT queue, id, state, priority, seq, pending_deps, processed_at_ms, finished_at_ms, process_at_ms, processed_by, attempts_made, max_attempts,
         locked_until_ms >= (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS locked, stalled_marked
    FROM job WHERE queue = $1 AND id = $2) AS found)
SELECT one.*,
  CASE WHEN one.state = 'waiting' THEN (SELECT count(*)::int FROM (
    SELECT FROM job j WHERE j.queue = $1 AND j.state = 'waiting' AND j.priority = 0 AND (one.priority > 0 OR j.seq < one.seq)
     LIMIT ${PLACES_SEARCHED + 1}) AS a) END AS waiting_ahead,
  CASE WHEN one.state = 'waiting' AND one.priority > 0 THEN (SELECT count(*)::int FROM (
    SELECT FROM job j WHERE j.queue = $1 AND j.state = 'waiting' AND j.priority > 0 AND (j.priority, j.seq) < (one.priority, one.seq)
     LIMIT ${PLACES_SEARCHED + 1}) AS a) END AS prioritized_ahead,
  (SELECT count(*)::int FROM (SELECT FROM job_dependency d
     WHERE d.parent_queue = $1 AND d.parent_id = $2 AND d.status = 'pending' LIMIT ${COUNT_CAP + 1}) AS d) AS pending,
  (SELECT jsonb_build_object('failed', count(*) FILTER (WHERE state = 'failed'), 'some', coalesce(jsonb_agg(
            jsonb_build_object('queue', child_queue, 'id', child_id, 'name', left(name, 512), 'state', state, 'priority', priority)
            ORDER BY place) FILTER (WHERE place <= ${CHILDREN_NAMED}), '[]'))
     FROM (SELECT d.*, c.name, c.state, c.priority, row_number() OVER (ORDER BY (c.state = 'failed') IS TRUE DESC) AS place
             FROM (SELECT child_queue, child_id FROM job_dependency
                    WHERE parent_queue = $1 AND parent_id = $2 AND status = 'pending' LIMIT ${LOOKS_PER_PARENT}) AS d
             LEFT JOIN job c ON c.queue = d.child_queue AND c.id = d.child_id) AS d) AS children
  FROM one`;

interface StandingRow {
  state: string;
  priority: number;
  processed_at_ms: string | null;
  finished_at_ms: string | null;
  process_at_ms: string | null;
  processed_by: string | null;
  attempts_made: number;
  max_attempts: number;
  locked: boolean | null;
  stalled_marked: boolean;
  waiting_ahead: number | null;
  prioritized_ahead: number | null;
  pending: number;
  pending_deps: number;
  children: {
    failed: number;
    some: { queue: string; id: string; name: string | null; state: string | null; priority: number | null }[];
  };
}

export async function readStanding(
  query: Query,
  queue: string,
  id: string,
): Promise<{ motion: QueueMotion; job: JobStanding } | null> {
  const [motion, [row]] = await Promise.all([readMotion(query, queue), query<StandingRow>(STANDING_SQL, [queue, id])]);
  return row ? { motion, job: toStanding(row) } : null;
}

function toStanding(row: StandingRow): JobStanding {
  const state = toState(row.state, row.priority);
  const [waiting, prioritized] = [row.waiting_ahead ?? 0, row.prioritized_ahead ?? 0];
  return {
    state,
    startedAt: orNull(row.processed_at_ms),
    finishedAt: state === 'completed' || state === 'failed' ? orNull(row.finished_at_ms) : null,
    dueAt: state === 'delayed' ? orNull(row.process_at_ms) : null,
    worker: row.processed_by,
    attempt: row.attempts_made + (state === 'active' ? 1 : 0),
    attempts: Math.max(1, row.max_attempts),
    locked: row.locked === true,
    marked: row.stalled_marked,
    ahead:
      row.waiting_ahead === null
        ? null
        : {
            waiting: Math.min(waiting, PLACES_SEARCHED),
            prioritized: Math.min(prioritized, PLACES_SEARCHED),
            atLeast: Math.max(waiting, prioritized) > PLACES_SEARCHED,
          },
    pending: toPending(row),
  };
}

function toPending({ pending, pending_deps, children }: StandingRow): PendingChildren | null {
  if (pending === 0) return null;
  const some = children.some.map(({ state, priority, ...child }) => ({
    ...child,
    state: state === null ? null : toState(state, priority ?? 0),
  }));
  const count = pending > COUNT_CAP ? Math.max(COUNT_CAP, pending_deps) : pending;
  return { count, failed: children.failed, atLeast: pending > LOOKS_PER_PARENT, some };
}
