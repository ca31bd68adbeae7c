import type { FoundJob } from '@/lib/contracts/search';
import { hasFlag, stateOf } from '@/lib/store/history/states';
import { readName } from '@/lib/store/stored-name';

export interface FoundRow {
  source: string;
  queue: string;
  raw_queue: string | null;
  id: string;
  raw_id: string | null;
  name: string;
  state: number;
  flags: number;
  attempts_made: number;
  attempts: number;
  added_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  wait_ms: number | null;
  run_ms: number | null;
  error: string | null;
  group_id: number | null;
  worker: string | null;
  n: string;
  sort_value: number;
}

/** Of rows `j`; never a payload. */
export const ROW_COLUMNS = `q.source, q.queue, q.raw_queue, j.id, j.raw_id, coalesce(j.name, k.name) AS name, j.state, j.flags, j.attempts_made, j.attempts,
  j.added_at, j.started_at, j.finished_at, j.wait_ms, j.run_ms, left(split_part(j.error, E'\\n', 1), 300) AS error,
  (SELECT head FROM queuedeck.failure_group WHERE id = j.group_id) AS group_id,
  w.name AS worker, j.n`;
export const ROW_JOINS = `JOIN queuedeck.scope q ON q.id = j.queue_id JOIN queuedeck.scope k ON k.id = j.kind_id
  LEFT JOIN queuedeck.seen_worker w ON w.id = j.worker_id`;

/** `inBroker` of one that is not known to be gone is for the broker to say. */
export function toFoundJob(row: FoundRow): FoundJob {
  return {
    source: row.source,
    queue: readName(row.queue, row.raw_queue),
    id: readName(row.id, row.raw_id),
    name: row.name,
    state: stateOf(row.state),
    cancelled: hasFlag(row.flags, 'cancelled'),
    attemptsMade: row.attempts_made,
    attempts: row.attempts,
    addedAt: row.added_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    waitMs: row.wait_ms,
    runMs: row.run_ms,
    error: row.error,
    group: row.group_id,
    worker: row.worker,
    inBroker: hasFlag(row.flags, 'gone') ? false : null,
    recorded: true,
  };
}
