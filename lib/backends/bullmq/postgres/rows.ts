import type { BrokerRow, Position, Rows } from '@/lib/backends/backend';
import type { JobState } from '@/lib/contracts/states';
import { foreignCursor } from '@/lib/cursor';
import { timeOf, toIso } from '@/lib/iso-time';
import { ERROR_LINE_CHARS, firstErrorLine, PROGRESS_CAP_CHARS, parseProgress, ranMs, waitedMs } from '../job-shape';
import type { Query } from './connection';

export const NAME_CHARS = 4_096;
const WORKER_CHARS = 512;
/** A JSON column that takes more as it is stored is not looked into for a list: it would be read whole, row by row. */
const LOOKED_INTO_BYTES = 65_536;

/** Columns of a list row: small ones, and the payload-like ones cut by the server. */
export const ROW_COLUMNS = `id, left(name, ${NAME_CHARS}) AS name, state, priority, max_attempts, attempts_made, attempts_started, added_at_ms, process_at_ms,
  processed_at_ms, finished_at_ms, left(processed_by, ${WORKER_CHARS}) AS processed_by, seq,
  CASE WHEN pg_column_size(opts) <= ${LOOKED_INTO_BYTES} AND jsonb_typeof(opts->'delay') = 'number' THEN (opts->>'delay')::numeric ELSE 0 END AS planned_delay_ms,
  CASE WHEN pg_column_size(progress) > ${LOOKED_INTO_BYTES} THEN to_jsonb(format('(about %s bytes)', pg_column_size(progress)))::text
    ELSE left(progress::text, ${PROGRESS_CAP_CHARS + 1}) END AS progress, left(failed_reason, ${ERROR_LINE_CHARS * 4}) AS reason`;

export interface JobColumns {
  id: string;
  name: string;
  state: string;
  priority: number;
  max_attempts: number;
  attempts_made: number;
  attempts_started: number;
  added_at_ms: string;
  process_at_ms: string | null;
  processed_at_ms: string | null;
  finished_at_ms: string | null;
  processed_by: string | null;
  seq: string;
  planned_delay_ms: string;
  progress: string | null;
  reason: string | null;
}

interface Order {
  where: string;
  /** Sort key, most significant first. A partial index serves all of it, or all but the last. */
  keys: { column: keyof JobColumns; type: 'bigint' | 'integer' }[];
  direction: 'ASC' | 'DESC';
}

const MAX_INTEGER = 2_147_483_647;
const MAX_BIGINT = 9e18;
const SEQ = { column: 'seq', type: 'bigint' } as const;
const FINISHED: Order['keys'] = [{ column: 'finished_at_ms', type: 'bigint' }, SEQ];

/** What runs next comes first; of what is over or runs, the newest. */
export const ORDERS: Record<JobState, Order> = {
  waiting: { where: "state = 'waiting' AND priority = 0", keys: [SEQ], direction: 'ASC' },
  prioritized: {
    where: "state = 'waiting' AND priority > 0",
    keys: [{ column: 'priority', type: 'integer' }, SEQ],
    direction: 'ASC',
  },
  delayed: { where: "state = 'delayed'", keys: [{ column: 'process_at_ms', type: 'bigint' }, SEQ], direction: 'ASC' },
  active: { where: "state = 'active'", keys: [{ column: 'processed_at_ms', type: 'bigint' }, SEQ], direction: 'DESC' },
  'waiting-children': { where: "state = 'waiting-children'", keys: [SEQ], direction: 'DESC' },
  completed: { where: "state = 'completed'", keys: FINISHED, direction: 'DESC' },
  failed: { where: "state = 'failed'", keys: FINISHED, direction: 'DESC' },
};

export async function listRows(
  query: Query,
  queue: string,
  state: JobState,
  position: Position | null,
  limit: number,
): Promise<Rows<BrokerRow>> {
  const { where, keys, direction } = ORDERS[state];
  const values: unknown[] = [queue, limit + 1];
  const after = position ? afterSql(ORDERS[state], position, values) : '';
  const order = keys.map((key) => `${key.column} ${direction}`).join(', ');
  const rows = await query<JobColumns>(
    `SELECT ${ROW_COLUMNS} FROM job WHERE queue = $1 AND ${where} ${after} ORDER BY ${order} LIMIT $2`,
    values,
  );
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  const next = last ? Object.fromEntries(keys.map((key) => [key.column, last[key.column] as string | number])) : null;
  return { items: items.map(toBrokerRow), next, leftOut: null };
}

/** The first key alone bounds the index walk; the whole row comparison then skips what the last page showed of its ties. */
export function afterSql({ keys, direction }: Order, position: Position, values: unknown[]): string {
  const placed = keys.map((key) => `$${values.push(readKey(position, key))}::${key.type}`);
  const sign = direction === 'ASC' ? '>' : '<';
  const first = keys[0]?.column;
  return `AND ${first} ${sign}= ${placed[0]} AND (${keys.map((key) => key.column).join(', ')}) ${sign} (${placed.join(', ')})`;
}

/** Cursors come from outside: what the column's type cannot hold is of another list. */
function readKey(position: Position, { column, type }: Order['keys'][number]): string {
  const text = String(position[column]);
  const fits = /^-?\d{1,18}$/.test(text) && (type === 'bigint' || Math.abs(Number(text)) <= MAX_INTEGER);
  if (!fits) throw foreignCursor();
  return text;
}

/** A time that came from outside, or of another broker, as the nearest one that a bigint column can have. */
export function toBigint(ms: number): string {
  return String(BigInt(Math.trunc(Math.max(-MAX_BIGINT, Math.min(ms, MAX_BIGINT)))));
}

/** BullMQ's PostgreSQL schema has no "prioritized": that is a waiting job with a priority. */
export function toState(state: string, priority: number): JobState {
  return state === 'waiting' && priority > 0 ? 'prioritized' : (state as JobState);
}

export function toBrokerRow(row: JobColumns, nowMs = Date.now()): BrokerRow {
  const addedAtMs = Number(row.added_at_ms);
  const startedAtMs = timeOf(Number(row.processed_at_ms));
  const finishedAtMs = timeOf(Number(row.finished_at_ms));
  const state = toState(row.state, row.priority);
  return {
    id: row.id,
    name: row.name,
    state,
    attemptsMade: row.attempts_made,
    attempts: Math.max(1, row.max_attempts),
    progress: parseProgress(row.progress),
    priority: row.priority,
    addedAt: toIso(addedAtMs) ?? new Date(0).toISOString(),
    startedAt: toIso(startedAtMs),
    finishedAt: toIso(finishedAtMs),
    runAt: state === 'delayed' && row.process_at_ms !== null ? toIso(Number(row.process_at_ms)) : null,
    waitMs: waitMs(row, state, nowMs),
    runMs: state === 'active' && startedAtMs ? Math.max(0, nowMs - startedAtMs) : ranMs(startedAtMs, finishedAtMs),
    error: state === 'completed' ? null : firstErrorLine(row.reason),
    worker: row.processed_by,
  };
}

function waitMs(row: JobColumns, state: JobState, nowMs: number): number | null {
  const addedAtMs = timeOf(Number(row.added_at_ms));
  const delayMs = Number(row.planned_delay_ms);
  if (addedAtMs === null) return null;
  if (state === 'waiting' || state === 'prioritized')
    return row.attempts_started > 0 ? null : Math.max(0, nowMs - addedAtMs - delayMs);
  const begun = state === 'active' || state === 'completed' || state === 'failed';
  return begun ? waitedMs(addedAtMs, delayMs, timeOf(Number(row.processed_at_ms)), row.attempts_started) : null;
}
