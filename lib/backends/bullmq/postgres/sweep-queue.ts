import type { Position } from '@/lib/backends/backend';
import type { CleanOrder, CleanState, Sweep, SweepBounds } from '@/lib/backends/changes';
import { foreignCursor } from '@/lib/cursor';
import type { PostgresConnection, Query } from './connection';

/** Rows that one transaction looks at; rows that it removes at most. */
const LOOK_STEP = 2_000;
const REMOVE_STEP = 500;

interface Part {
  where: string;
  /** Walk order, served by a partial index up to its last column. */
  keys: ('priority' | 'seq' | 'process_at_ms' | 'locked_until_ms' | 'finished_at_ms')[];
  /** What tells the age. */
  age: string;
  keepScheduled: boolean;
}

const PARTS: Record<CleanState, Part> = {
  waiting: {
    where: "state = 'waiting' AND priority = 0",
    keys: ['priority', 'seq'],
    age: 'added_at_ms',
    keepScheduled: true,
  },
  prioritized: {
    where: "state = 'waiting' AND priority > 0",
    keys: ['priority', 'seq'],
    age: 'added_at_ms',
    keepScheduled: true,
  },
  delayed: { where: "state = 'delayed'", keys: ['process_at_ms', 'seq'], age: 'added_at_ms', keepScheduled: true },
  active: {
    where:
      "state = 'active' AND (lock_token IS NULL OR locked_until_ms <= (extract(epoch FROM clock_timestamp()) * 1000))",
    keys: ['locked_until_ms', 'seq'],
    age: 'COALESCE(processed_at_ms, added_at_ms)',
    keepScheduled: true,
  },
  completed: {
    where: "state = 'completed'",
    keys: ['finished_at_ms', 'seq'],
    age: 'finished_at_ms',
    keepScheduled: false,
  },
  failed: { where: "state = 'failed'", keys: ['finished_at_ms', 'seq'], age: 'finished_at_ms', keepScheduled: false },
};

/** Scheduler-owned jobs are kept as BullMQ's `drain` keeps them. */
export function drainQueue(
  connection: PostgresConnection,
  queue: string,
  delayed: boolean,
  bounds: SweepBounds,
): Promise<Sweep> {
  const parts = [PARTS.waiting, PARTS.prioritized, ...(delayed ? [PARTS.delayed] : [])];
  return sweep(connection, queue, parts, null, null, bounds);
}

export function cleanQueue(
  connection: PostgresConnection,
  queue: string,
  { state, before, from }: CleanOrder,
  bounds: SweepBounds,
): Promise<Sweep> {
  return sweep(connection, queue, [PARTS[state]], before, from, bounds);
}

async function sweep(
  connection: PostgresConnection,
  queue: string,
  parts: Part[],
  before: number | null,
  from: Position | null,
  bounds: SweepBounds,
): Promise<Sweep> {
  const until = Date.now() + bounds.maxMs;
  let removed = 0;
  let after = from;
  for (const part of parts) {
    for (;;) {
      const left = bounds.maxRemoved - removed;
      if (left <= 0 || Date.now() > until || bounds.signal?.aborted)
        return { kind: 'swept', removed, done: false, next: parts.length === 1 ? after : null };
      const step = await connection.transaction((query) => takeStep(query, queue, part, before, after, left));
      removed += step.removed;
      after = step.next;
      if (after === null) break;
    }
  }
  return { kind: 'swept', removed, done: true, next: null };
}

/** `next: null` = the end was reached. */
async function takeStep(
  query: Query,
  queue: string,
  part: Part,
  before: number | null,
  after: Position | null,
  left: number,
) {
  const values: unknown[] = [queue, before, Math.min(LOOK_STEP, left * 4)];
  const beyond = after === null ? '' : `AND ${beyondSql(part, after, values)}`;
  const rows = await query<{ id: string; goes: boolean } & Record<string, string>>(
    `SELECT id, ($2::bigint IS NULL OR ${part.age} <= $2)${part.keepScheduled ? ' AND scheduler_id IS NULL' : ''} AS goes, ${part.keys.join(', ')}
       FROM job WHERE queue = $1 AND ${part.where} ${beyond} ORDER BY ${part.keys.join(', ')} LIMIT $3`,
    values,
  );
  const limit = Math.min(REMOVE_STEP, left);
  const lastToGo = rows.filter((row) => row.goes).at(limit - 1);
  const looked = rows.filter((row) => row.goes).length > limit && lastToGo ? rows.indexOf(lastToGo) + 1 : rows.length;
  const seen = rows.slice(0, looked);
  const ids = seen.flatMap((row) => (row.goes ? [row.id] : []));
  const removed = ids.length > 0 ? await removeRows(query, queue, part, ids) : 0;
  const last = seen.at(-1);
  const isSorted = part.age === 'finished_at_ms' && before !== null && seen.some((row) => !row.goes);
  const ended = isSorted || (looked === rows.length && rows.length < Number(values[2]));
  if (ended || !last) return { removed, next: null };
  return { removed, next: Object.fromEntries(part.keys.map((key) => [key, String(last[key] ?? 0)])) };
}

function beyondSql({ keys }: Part, after: Position, values: unknown[]): string {
  const placed = keys.map((key) => `$${values.push(readKey(after, key))}::bigint`);
  return `${keys[0]} >= ${placed[0]} AND (${keys.join(', ')}) > (${placed.join(', ')})`;
}

function readKey(after: Position, key: Part['keys'][number]): string {
  const text = String(after[key]);
  if (!/^-?\d{1,18}$/.test(text)) throw foreignCursor();
  return text;
}

/** As BullMQ's `clean` does, and frees their deduplication keys; locks taken in the order of its other functions. */
async function removeRows(query: Query, queue: string, part: Part, ids: string[]): Promise<number> {
  await query(
    `SELECT 1 FROM dedup WHERE queue = $1 AND job_id = ANY($2)
        AND dedup_id IN (SELECT dedup_id FROM job WHERE queue = $1 AND id = ANY($2) AND dedup_id IS NOT NULL) ORDER BY dedup_id FOR UPDATE`,
    [queue, ids],
  );
  const gone = await query<{
    id: string;
    dedup_id: string | null;
    parent_queue: string | null;
    parent_id: string | null;
  }>(
    `DELETE FROM job WHERE queue = $1 AND id = ANY($2) AND ${part.where} RETURNING id, dedup_id, parent_queue, parent_id`,
    [queue, ids],
  );
  if (gone.length === 0) return 0;
  const goneIds = gone.map((row) => row.id);
  if (gone.some((row) => row.dedup_id !== null))
    await query('SELECT dedup_on_removal($1, id, dedup_id) FROM unnest($2::text[], $3::text[]) AS t(id, dedup_id)', [
      queue,
      goneIds,
      gone.map((row) => row.dedup_id),
    ]);
  const parents = new Map(
    gone.flatMap((row) => (row.parent_queue && row.parent_id ? [[`${row.parent_queue}\n${row.parent_id}`, row]] : [])),
  );
  if (parents.size > 0) {
    await query('DELETE FROM job_dependency WHERE child_queue = $1 AND child_id = ANY($2)', [queue, goneIds]);
    for (const { parent_queue, parent_id } of parents.values())
      await releaseParent(query, queue, parent_queue, parent_id);
  }
  await query(`SELECT publish_event($1, 'cleaned', jsonb_build_object('count', $2::text))`, [
    queue,
    String(gone.length),
  ]);
  return gone.length;
}

/** A parent that waits for nothing any more goes with its queue's jobs, or on with its work when it is in another queue. */
async function releaseParent(query: Query, queue: string, parentQueue: string | null, parentId: string | null) {
  const [parent] = await query<{ pending_deps: number; state: string }>(
    `UPDATE job p SET pending_deps = (SELECT count(*) FROM job_dependency d
        WHERE d.parent_queue = p.queue AND d.parent_id = p.id AND d.status = 'pending')
      WHERE p.queue = $1 AND p.id = $2 RETURNING pending_deps, state`,
    [parentQueue, parentId],
  );
  if (!parent || parent.pending_deps > 0 || parent.state !== 'waiting-children') return;
  if (parentQueue === queue) await query('SELECT remove($1, $2, false)', [parentQueue, parentId]);
  else await query('SELECT move_parent_to_wait($1, $2, $3)', [parentQueue, parentId, Date.now()]);
}

const NOT_PAUSED = -1;
const HAS_ACTIVE = -2;
const FINISHED = 0;

/** By BullMQ's own function, a batch for each transaction. */
export async function obliterateQueue(
  connection: PostgresConnection,
  queue: string,
  bounds: SweepBounds,
): Promise<Sweep> {
  const until = Date.now() + bounds.maxMs;
  let removed = 0;
  while (removed < bounds.maxRemoved && Date.now() < until && !bounds.signal?.aborted) {
    const step = await connection.transaction(async (query) => {
      const [row] = await query<{ jobs: number; active: number }>(
        `SELECT (SELECT count(*)::int FROM (SELECT FROM job WHERE queue = $1 LIMIT ${REMOVE_STEP}) AS few) AS jobs,
                (SELECT count(*)::int FROM (SELECT FROM job WHERE queue = $1 AND state = 'active' LIMIT 1000) AS few) AS active`,
        [queue],
      );
      const [outcome] = await query<{ code: number }>('SELECT obliterate($1, $2, false) AS code', [queue, REMOVE_STEP]);
      return { jobs: row?.jobs ?? 0, active: row?.active ?? 0, code: outcome?.code ?? 0 };
    });
    if (step.code === NOT_PAUSED) return { kind: 'refused', reason: 'The queue is not paused: pause it first.' };
    if (step.code === HAS_ACTIVE)
      return {
        kind: 'refused',
        reason: `${step.active} ${step.active === 1 ? 'job runs' : 'jobs run'} in it: wait until they have ended.`,
      };
    removed += step.jobs;
    if (step.code === FINISHED) return { kind: 'swept', removed, done: true, next: null };
  }
  return { kind: 'swept', removed, done: false, next: null };
}
