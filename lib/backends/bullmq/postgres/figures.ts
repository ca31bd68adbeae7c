import type { BrokerFigures, Snapshot } from '@/lib/backends/backend';
import type { JobState } from '@/lib/contracts/states';
import { firstErrorLine, toIso } from '../job-shape';
import type { Query } from './connection';

/** Counting stops here: 10,000 index entries cost about 1.5 ms. */
export const COUNT_CAP = 10_000;
/** Index entries per counting statement, which keeps it below 10 ms; and per snapshot, for queues that only may have changed. */
const STATEMENT_BUDGET = 50_000;
const QUIET_BUDGET = 60_000;
/** A transaction may commit after one with a later event id; a queue stays "changed" for as long after its newest event. */
const SETTLE_MS = 3000;
const RECOUNT_MS = 30_000;

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
      (SELECT added_at_ms AS at FROM job j
        WHERE j.queue = known.queue AND state = 'waiting' AND priority = 0 AND seq > 0 ORDER BY seq LIMIT 1)
      UNION ALL
      (SELECT added_at_ms FROM job j
        WHERE j.queue = known.queue AND state = 'waiting' AND priority = 0 AND seq < 0 ORDER BY seq DESC LIMIT 1)) ends
  ) AS oldest ON true
  LEFT JOIN LATERAL (
    SELECT left(failed_reason, 1000) AS reason, finished_at_ms AS at FROM job j
     WHERE j.queue = known.queue AND state = 'failed' ORDER BY finished_at_ms DESC LIMIT 1
  ) AS failure ON true
  LEFT JOIN LATERAL (
    SELECT id, created_at_ms AS at FROM event e WHERE e.queue = known.queue ORDER BY id DESC LIMIT 1
  ) AS newest ON true
 ORDER BY queue`;

const countOf = (name: string, where: string) =>
  `(SELECT count(*)::int FROM (SELECT FROM job j WHERE j.queue = q.name AND ${where} LIMIT ${COUNT_CAP + 1}) AS capped) AS ${name}`;

const COUNTS_SQL = `
SELECT q.name AS queue,
  ${countOf('waiting', "state = 'waiting' AND priority = 0")},
  ${countOf('prioritized', "state = 'waiting' AND priority > 0")},
  ${countOf('active', "state = 'active'")},
  ${countOf('delayed', "state = 'delayed'")},
  ${countOf('"waiting-children"', "state = 'waiting-children'")},
  ${countOf('completed', "state = 'completed'")},
  ${countOf('failed', "state = 'failed'")}
  FROM unnest($1::text[]) AS q(name)`;

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

type StateCounts = Record<JobState, number>;

interface Counted {
  counts: StateCounts;
  eventId: string | null;
  deleted: string;
  countedAtMs: number;
}

/**
 * Reads all queues. Counts are kept between reads: a queue is counted again when it had an event; when only rows were deleted
 * somewhere (removals have no event), the queues take turns within a budget.
 */
export class FiguresReader {
  private counted = new Map<string, Counted>();

  constructor(private readonly query: Query) {}

  async snapshot(): Promise<Snapshot> {
    const rows = await this.query<QueueRow>(QUEUES_SQL);
    for (const chunk of chunkByCost(this.pickStale(rows), (row) => this.costOf(row.queue))) await this.count(chunk);
    const known = new Set(rows.map((row) => row.queue));
    for (const queue of this.counted.keys()) if (!known.has(queue)) this.counted.delete(queue);
    const at = Date.now();
    return { at, queues: rows.map((row) => toFigures(row, this.counted.get(row.queue)?.counts ?? null, at)) };
  }

  /** After a removal of our own. */
  forget(queue: string): void {
    this.counted.delete(queue);
  }

  private pickStale(rows: QueueRow[]): QueueRow[] {
    const changed: QueueRow[] = [];
    const quiet: QueueRow[] = [];
    for (const row of rows) {
      const last = this.counted.get(row.queue);
      const now = Number(row.now);
      const settling = row.event_at !== null && Number(row.event_at) > now - SETTLE_MS;
      if (!last || settling || last.eventId !== row.event_id) changed.push(row);
      else if (last.deleted !== row.deleted || last.countedAtMs < now - RECOUNT_MS) quiet.push(row);
    }
    const countedAt = (row: QueueRow) => this.counted.get(row.queue)?.countedAtMs ?? 0;
    quiet.sort((a, b) => countedAt(a) - countedAt(b));
    let budget = QUIET_BUDGET;
    const inTurn = quiet.filter((row) => {
      if (budget <= 0) return false;
      budget -= this.costOf(row.queue);
      return true;
    });
    return [...changed, ...inTurn];
  }

  private costOf(queue: string): number {
    const last = this.counted.get(queue);
    return last ? Object.values(last.counts).reduce((sum, n) => sum + n, 100) : COUNT_CAP;
  }

  private async count(rows: QueueRow[]): Promise<void> {
    const found = await this.query<StateCounts & { queue: string }>(COUNTS_SQL, [rows.map((row) => row.queue)]);
    const byQueue = new Map(rows.map((row) => [row.queue, row]));
    for (const { queue, ...counts } of found) {
      const row = byQueue.get(queue);
      if (!row) continue;
      this.counted.set(queue, { counts, eventId: row.event_id, deleted: row.deleted, countedAtMs: Number(row.now) });
    }
  }
}

function* chunkByCost<T>(items: T[], cost: (item: T) => number): Generator<T[]> {
  let chunk: T[] = [];
  let sum = 0;
  for (const item of items) {
    if (chunk.length > 0 && sum + cost(item) > STATEMENT_BUDGET) {
      yield chunk;
      chunk = [];
      sum = 0;
    }
    chunk.push(item);
    sum += cost(item);
  }
  if (chunk.length > 0) yield chunk;
}

function toFigures(row: QueueRow, counts: StateCounts | null, at: number): BrokerFigures {
  const shown: StateCounts = counts ?? {
    waiting: 0,
    active: 0,
    delayed: 0,
    prioritized: 0,
    'waiting-children': 0,
    completed: 0,
    failed: 0,
  };
  const states = Object.keys(shown) as JobState[];
  const failedAt = row.failed_at === null ? null : toIso(Number(row.failed_at));
  return {
    name: row.queue,
    counts: Object.fromEntries(
      states.map((state) => [state, counts === null ? null : Math.min(shown[state], COUNT_CAP)]),
    ) as BrokerFigures['counts'],
    countsAtLeast: states.filter((state) => shown[state] > COUNT_CAP),
    paused: row.paused === '1',
    oldestWaitingMs: row.oldest_at === null ? 0 : Math.max(0, at - Number(row.oldest_at)),
    concurrency: toNumber(row.concurrency),
    rateLimit: toRateLimit(row),
    lastError: failedAt === null ? null : { message: firstErrorLine(row.reason) ?? '', at: failedAt },
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
