import { ENOUGH_JOBS } from '@/lib/contracts/states';
import type { Ended } from '@/lib/queues/health/facts';
import { SCOPE_KINDS, scopeKey } from '@/lib/store/history/scope-key';
import type { Queries } from '@/lib/store/queries';
import { LAG_MS } from '@/lib/store/recording/lag';
import { readName } from '@/lib/store/stored-name';

const MINUTE_MS = 60_000;
/** A minute and ten are the buckets of the record: ten minutes of the former, an hour of the latter. */
const SHORT_MS = 10 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
const MOST_QUEUES = 5_000;

export interface RecordedQueue {
  scope: number;
  name: string;
  /** Of the last ten minutes where enough ended in them, else of the last hour. */
  ended: Ended;
  /** The newest minute, of the last ten, in which jobs were taken, and how many. */
  taken: { minute: number; jobs: number } | null;
}

interface Recorded {
  /** How far the record is behind; null = nothing is recorded. */
  lagMs: number | null;
  /** Since when it has every take, ten minutes back at most; null = it does not tell. */
  since: number | null;
  queues: Map<string, RecordedQueue>;
}

interface QueueRow extends Record<string, unknown> {
  id: number;
  queue: string;
  raw_queue: string | null;
  short_jobs: number;
  short_failed: number;
  hour_jobs: number;
  hour_failed: number;
  minute: number | null;
  taken: number | null;
}

/** All queues of a source in which anything ended or was taken within the hour: two reads, some twenty rows for each queue. */
export async function readRecorded(store: Queries, source: string, now: number): Promise<Recorded> {
  const [[standing], rows] = await Promise.all([
    store.query<{ lag: number | null; since: number | null }>(
      `SELECT ${LAG_MS} AS lag, (extract(epoch FROM greatest(
                (SELECT min(at) FROM queuedeck.figure WHERE level = 0 AND scope_id = (SELECT id FROM queuedeck.scope WHERE key = $3)),
                (SELECT max(to_at) FROM queuedeck.recording_gap g WHERE g.source = $1 AND g.to_at > to_timestamp($2::float8 / 1000)))) * 1000)::float8 AS since
         FROM queuedeck.recorder WHERE source = $1`,
      [source, now - SHORT_MS, scopeKey(SCOPE_KINDS.source, source)],
    ),
    store.query<QueueRow>(
      `SELECT q.id, q.queue, q.raw_queue, f.* FROM queuedeck.scope q
        CROSS JOIN LATERAL (
          SELECT coalesce(sum(completed + failed) FILTER (WHERE level = 0), 0)::float8 AS short_jobs,
                 coalesce(sum(failed) FILTER (WHERE level = 0), 0)::float8 AS short_failed,
                 coalesce(sum(completed + failed) FILTER (WHERE level = 1), 0)::float8 AS hour_jobs,
                 coalesce(sum(failed) FILTER (WHERE level = 1), 0)::float8 AS hour_failed,
                 (extract(epoch FROM max(at) FILTER (WHERE level = 0 AND started > 0)) * 1000)::float8 AS minute,
                 (array_agg(started ORDER BY at DESC) FILTER (WHERE level = 0 AND started > 0))[1] AS taken
            FROM (SELECT level, at, completed, failed, started FROM queuedeck.figure
                   WHERE level = 0 AND scope_id = q.id AND at > to_timestamp($2::float8 / 1000)
                  UNION ALL
                  SELECT level, at, completed, failed, started FROM queuedeck.figure
                   WHERE level = 1 AND scope_id = q.id AND at > to_timestamp($3::float8 / 1000)) AS b) AS f
        WHERE q.kind = ${SCOPE_KINDS.queue} AND q.source = $1
        ORDER BY q.seen_at DESC LIMIT ${MOST_QUEUES}`,
      [source, now - SHORT_MS - MINUTE_MS, now - HOUR_MS - SHORT_MS],
    ),
  ]);
  const lagMs = standing?.lag ?? null;
  const since = standing?.since == null ? null : Math.max(standing.since, now - SHORT_MS);
  return { lagMs, since, queues: new Map(rows.map((row) => toRecorded(row)).map((one) => [one.name, one])) };
}

function toRecorded(row: QueueRow): RecordedQueue {
  const short = { jobs: row.short_jobs, failed: row.short_failed };
  return {
    scope: row.id,
    name: readName(row.queue, row.raw_queue),
    ended: short.jobs >= ENOUGH_JOBS ? short : { jobs: row.hour_jobs, failed: row.hour_failed },
    taken: row.minute === null || row.taken === null ? null : { minute: row.minute, jobs: row.taken },
  };
}
