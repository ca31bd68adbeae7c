import { decodeDetail } from '@/lib/store/history/detail';
import { SCOPE_KINDS, scopeKey } from '@/lib/store/history/scope-key';
import { hasFlag, stateOf } from '@/lib/store/history/states';
import type { Store } from '@/lib/store/store';
import { readName, storedText } from '@/lib/store/stored-name';
import type { JobRecord } from './job-record';

interface Row {
  queue: string;
  raw_queue: string | null;
  id: string;
  raw_id: string | null;
  name: string;
  state: number;
  flags: number;
  added: number;
  started: number | null;
  finished: number | null;
  wait_ms: number | null;
  run_ms: number | null;
  attempts_made: number;
  attempts: number;
  worker: string | null;
  options: string | null;
  data: string | null;
  data_bytes: number | null;
  result: string | null;
  result_bytes: number | null;
  error: string | null;
  group_id: number | null;
  detail: string | null;
}

const SQL = `
SELECT s.queue, s.raw_queue, j.id, j.raw_id, coalesce(j.name, k.name) AS name, j.state, j.flags, extract(epoch FROM j.added_at)::float8 * 1000 AS added,
       extract(epoch FROM j.started_at)::float8 * 1000 AS started, extract(epoch FROM j.finished_at)::float8 * 1000 AS finished,
       j.wait_ms, j.run_ms, j.attempts_made, j.attempts, w.name AS worker, o.options, j.data, j.data_bytes, j.result,
       j.result_bytes, j.error, j.group_id, j.detail
  FROM unnest($1::bytea[], $2::text[]) AS g(key, id)
  JOIN queuedeck.scope s ON s.key = g.key
 CROSS JOIN LATERAL (SELECT * FROM queuedeck.job j WHERE j.id = g.id AND j.queue_id = s.id ORDER BY j.added_at DESC LIMIT 1) j
  JOIN queuedeck.scope k ON k.id = j.kind_id
  LEFT JOIN queuedeck.seen_worker w ON w.id = j.worker_id
  LEFT JOIN queuedeck.seen_options o ON o.id = j.options_id`;

/** The newest record of each id, as far as there is one. */
export async function loadRecords(
  store: Store,
  source: string,
  wanted: readonly { queue: string; id: string }[],
): Promise<JobRecord[]> {
  if (wanted.length === 0) return [];
  const rows = await store.query<Row>(SQL, [
    wanted.map(({ queue }) => scopeKey(SCOPE_KINDS.queue, source, queue)),
    wanted.map(({ id }) => storedText(id)),
  ]);
  return rows.map(toRecord);
}

function toRecord(row: Row): JobRecord {
  const detail = decodeDetail(row.detail);
  const added = Math.round(row.added);
  const started = row.started === null ? null : Math.round(row.started);
  return {
    queue: readName(row.queue, row.raw_queue),
    id: readName(row.id, row.raw_id),
    name: row.name,
    state: stateOf(row.state),
    flags: row.flags,
    addedAt: added,
    isBegun: !hasFlag(row.flags, 'reconciled'),
    storedAt: added,
    readyAt: detail.ready ?? null,
    dueAt: detail.due ?? null,
    startedAt: started,
    finishedAt: row.finished === null ? null : Math.round(row.finished),
    waitMs: row.wait_ms,
    runMs: row.run_ms,
    attemptsMade: row.attempts_made,
    endsCounted: row.attempts_made,
    metStartedAt: null,
    starts: started === null ? 0 : Math.max(1, (detail.attempts?.length ?? 0) + (detail.more ?? 0)),
    attempts: row.attempts,
    priority: detail.priority ?? 0,
    worker: row.worker,
    options: row.options,
    data: row.data,
    dataBytes: row.data_bytes,
    result: row.result,
    resultBytes: row.result_bytes,
    error: row.error,
    groupId: row.group_id,
    detail,
  };
}
