import type { BrokerFigures, Snapshot } from '@/lib/backends/backend';
import { JOB_STATES } from '@/lib/contracts/states';
import { toIso } from '@/lib/iso-time';
import { firstErrorLine } from '../job-shape';
import type { Query } from './connection';
import { type ChangeMark, COUNT_CAP, type Counted, costOf, countQueues, type StateCounts } from './count-queues';

/** Index entries per snapshot, for queues that only may have changed. */
const QUIET_BUDGET = 60_000;
/** A transaction may commit after one with a later event id; a queue stays "changed" for as long after its newest event. */
const SETTLE_MS = 3000;
const RECOUNT_MS = 30_000;

/** Distinct priorities, the most urgent first, whose first jobs are looked at for the one that waits longest; and that of the least urgent one. */
const LEVELS = 7;
const READY = "queue = known.queue AND state = 'waiting'";

/**
 * One row per queue, by index descents alone (about 0.05 ms each). `event_id` and `event_at` are those of its newest event; the
 * trailing `deleted` is the job table's count of deleted rows, the same in every row: of all changes only a removal has no event.
 */
const QUEUES_SQL = `
WITH RECURSIVE walk AS (
  (SELECT queue FROM job ORDER BY queue LIMIT 1)
  UNION ALL
  SELECT (SELECT queue FROM job WHERE queue > walk.queue ORDER BY queue LIMIT 1) FROM walk WHERE walk.queue IS NOT NULL
), facts AS (
  SELECT queue, max(value) FILTER (WHERE field = 'paused') AS paused, max(value) FILTER (WHERE field = 'concurrency') AS concurrency,
         max(value) FILTER (WHERE field = 'max') AS rate_max, max(value) FILTER (WHERE field = 'duration') AS rate_duration
    FROM meta GROUP BY queue
)
SELECT queue, paused, concurrency, rate_max, rate_duration, oldest.at AS oldest_at, failure.reason, failure.at AS failed_at, newest.id AS event_id, newest.at AS event_at,
       pg_stat_get_tuples_deleted('job'::regclass) AS deleted, (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now
  FROM (SELECT queue FROM walk WHERE queue IS NOT NULL UNION SELECT queue FROM facts) AS known
  LEFT JOIN facts USING (queue)
  LEFT JOIN LATERAL (
    SELECT min(at) AS at FROM (
      (SELECT added_at_ms AS at FROM job WHERE ${READY} AND priority = 0 AND seq > 0 ORDER BY seq LIMIT 1)
      UNION ALL
      (SELECT added_at_ms FROM job WHERE ${READY} AND priority = 0 AND seq < 0 ORDER BY seq DESC LIMIT 1)
      UNION ALL
      (WITH RECURSIVE level AS (
         (SELECT priority, added_at_ms, 1 AS n FROM job WHERE ${READY} AND priority > 0 ORDER BY priority, seq LIMIT 1)
         UNION ALL
         SELECT below.priority, below.added_at_ms, level.n + 1 FROM level CROSS JOIN LATERAL (
           SELECT priority, added_at_ms FROM job WHERE ${READY} AND priority > level.priority ORDER BY priority, seq LIMIT 1) AS below
          WHERE level.n < ${LEVELS}
       ), lowest AS (
         SELECT last.priority FROM level CROSS JOIN LATERAL (
           SELECT priority FROM job WHERE ${READY} AND priority > level.priority ORDER BY priority DESC, seq DESC LIMIT 1) AS last
          WHERE level.n = ${LEVELS}
       )
       SELECT added_at_ms FROM level
       UNION ALL
       SELECT first.added_at_ms FROM lowest CROSS JOIN LATERAL (
         SELECT added_at_ms FROM job WHERE ${READY} AND priority = lowest.priority ORDER BY seq LIMIT 1) AS first)) AS ends
  ) AS oldest ON true
  LEFT JOIN LATERAL (
    SELECT left(failed_reason, 1000) AS reason, finished_at_ms AS at FROM job j
     WHERE j.queue = known.queue AND state = 'failed' ORDER BY finished_at_ms DESC LIMIT 1
  ) AS failure ON true
  LEFT JOIN LATERAL (
    SELECT id, created_at_ms AS at FROM event e WHERE e.queue = known.queue ORDER BY id DESC LIMIT 1
  ) AS newest ON true
 ORDER BY queue`;

interface QueueRow {
  queue: string;
  paused: string | null;
  concurrency: string | null;
  rate_max: string | null;
  rate_duration: string | null;
  oldest_at: string | null;
  reason: string | null;
  failed_at: string | null;
  event_id: string | null;
  event_at: string | null;
  deleted: string;
  now: string;
}

interface Seen extends Counted {
  eventId: string | null;
  deleted: number;
  countedAtMs: number;
}

/**
 * Reads all queues. Counts are kept between reads: a queue is counted again when it had an event; when only rows were deleted
 * somewhere (removals have no event), the queues take turns within a budget.
 */
export class FiguresReader {
  private seen = new Map<string, Seen>();

  constructor(private readonly query: Query) {}

  async snapshot(): Promise<Snapshot> {
    const rows = await this.query<QueueRow>(QUEUES_SQL);
    const mark = markOf(rows);
    const stale = this.pickStale(rows, mark);
    const counted = new Map<string, Counted>(this.seen);
    await countQueues(
      this.query,
      counted,
      stale.map((row) => row.queue),
      mark,
    );
    for (const row of stale) this.remember(row, counted.get(row.queue), mark);
    const known = new Set(rows.map((row) => row.queue));
    for (const queue of this.seen.keys()) if (!known.has(queue)) this.seen.delete(queue);
    const at = Date.now();
    const queues = rows.flatMap((row) => {
      const seen = this.seen.get(row.queue);
      return seen ? toFigures(row, seen.counts, at) : [];
    });
    return { at, queues };
  }

  private remember(row: QueueRow, counted: Counted | undefined, mark: ChangeMark): void {
    if (!counted) return;
    this.seen.set(row.queue, { ...counted, eventId: row.event_id, deleted: mark.deleted, countedAtMs: mark.atMs });
  }

  private pickStale(rows: QueueRow[], mark: ChangeMark): QueueRow[] {
    const changed: QueueRow[] = [];
    const quiet: { row: QueueRow; last: Seen }[] = [];
    for (const row of rows) {
      const last = this.seen.get(row.queue);
      const settling = row.event_at !== null && Number(row.event_at) > mark.atMs - SETTLE_MS;
      if (!last || settling || last.eventId !== row.event_id) changed.push(row);
      else if (last.deleted !== mark.deleted || last.countedAtMs < mark.atMs - RECOUNT_MS) quiet.push({ row, last });
    }
    quiet.sort((a, b) => a.last.countedAtMs - b.last.countedAtMs);
    let budget = QUIET_BUDGET;
    const inTurn = quiet.filter(({ last }) => {
      if (budget <= 0) return false;
      budget -= costOf(last, mark);
      return true;
    });
    return [...changed, ...inTurn.map(({ row }) => row)];
  }
}

function markOf(rows: QueueRow[]): ChangeMark {
  const eventId = rows.reduce((max, row) => Math.max(max, Number(row.event_id ?? 0)), 0);
  return { eventId, deleted: Number(rows[0]?.deleted ?? 0), atMs: Number(rows[0]?.now ?? 0) };
}

function toFigures(row: QueueRow, counts: StateCounts, at: number): BrokerFigures {
  const failedAt = row.failed_at === null ? null : toIso(Number(row.failed_at));
  const shown = JOB_STATES.map((state) => [state, Math.min(counts[state], COUNT_CAP)] as const);
  return {
    name: row.queue,
    counts: Object.fromEntries(shown) as StateCounts,
    countsAtLeast: JOB_STATES.filter((state) => counts[state] > COUNT_CAP),
    paused: row.paused === '1',
    oldestWaitingMs: row.oldest_at === null ? 0 : Math.max(0, at - Number(row.oldest_at)),
    concurrency: toNumber(row.concurrency),
    rateLimit: toRateLimit(row),
    lastError: failedAt === null ? null : { message: firstErrorLine(row.reason) ?? '', at: failedAt },
    unreadable: null,
  };
}

function toRateLimit(row: QueueRow): BrokerFigures['rateLimit'] {
  const max = toNumber(row.rate_max);
  const durationMs = toNumber(row.rate_duration);
  return max === null || durationMs === null ? null : { max, durationMs };
}

function toNumber(text: string | null): number | null {
  if (text === null || text === '') return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
