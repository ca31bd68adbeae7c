import type { BulkChange, BulkItem } from '@/lib/backends/bulk';
import type { Query } from '../connection';
import { nameRun } from '../edit-jobs';
import { PACK_SQL, STATE_SQL } from './keep';
import { moveJobs, restoreJobs } from './place';

type Of<K extends BulkChange['kind']> = Extract<BulkChange, { kind: K }>;
/** Outcome by job id; what is missing is gone. */
type Outcomes = Map<string, string>;

interface Row {
  id: string;
  state: string;
  code: number | null;
}

/** The rows, locked, in the order of `$2`; functions in the SELECT list run after the sorting, in that order. */
export const LOCKED = `(SELECT * FROM job WHERE queue = $1 AND id = ANY($2) ORDER BY id FOR UPDATE) AS j`;
const IN_ORDER = 'ORDER BY array_position($2::text[], j.id)';

/** Changes jobs in the transaction of `query`, each as BullMQ's own function does it. */
export async function changeRows(
  query: Query,
  queue: string,
  change: BulkChange,
  items: readonly BulkItem[],
): Promise<Outcomes> {
  const ids = items.map(({ id }) => id);
  switch (change.kind) {
    case 'retry':
      return retry(query, queue, change, ids);
    case 'promote':
      return promote(query, queue, ids);
    case 'remove':
      return remove(query, queue, items, (state) => (state === change.from ? null : noLonger(change.from, state)));
    case 'cancel':
      return remove(query, queue, items, refuseCancel);
    case 'edit-and-retry':
      return editAndRetry(query, queue, change, items);
    case 'duplicate':
      return duplicate(query, queue, ids);
    case 'move':
      return moveJobs(query, queue, change, ids);
    case 'restore':
      return restoreJobs(query, queue, items);
    case 'look':
      return new Map();
  }
}

export const noLonger = (from: string, state: string) => `skipped: no longer ${from} (now ${state})`;

function refuseCancel(state: string): string | null {
  if (state === 'active') return 'active';
  if (state === 'waiting-children') return 'skipped: it waits for its children';
  return state === 'completed' || state === 'failed' ? `skipped: it has ended (${state})` : null;
}

async function retry(query: Query, queue: string, change: Of<'retry'>, ids: string[]): Promise<Outcomes> {
  const rows = await query<Row>(
    `SELECT j.id, ${STATE_SQL} AS state, CASE WHEN j.state::text = $3 THEN
            reprocess_job($1, j.id, $3, coalesce((j.opts->'lifo')::text = 'true', false), $4, $4) END AS code
       FROM ${LOCKED} ${IN_ORDER}`,
    [queue, ids, change.from, change.resetAttempts],
  );
  const done = rows.filter(({ code }) => code === 1).map(({ id }) => id);
  if (change.effectRun !== undefined && change.from === 'completed' && done.length > 0)
    await nameRun(query, queue, done, change.effectRun);
  return new Map(rows.map(({ id, state, code }) => [id, code === 1 ? 'done' : noLonger(change.from, state)]));
}

async function promote(query: Query, queue: string, ids: string[]): Promise<Outcomes> {
  const rows = await query<Row>(
    `SELECT j.id, ${STATE_SQL} AS state, CASE WHEN j.state = 'delayed' THEN promote($1, j.id) END AS code
       FROM ${LOCKED} ${IN_ORDER}`,
    [queue, ids],
  );
  return new Map(rows.map(({ id, state, code }) => [id, code === 0 ? 'done' : noLonger('delayed', state)]));
}

async function remove(
  query: Query,
  queue: string,
  items: readonly BulkItem[],
  refuse: (state: string) => string | null,
): Promise<Outcomes> {
  const ids = items.map(({ id }) => id);
  const rows = await query<{ id: string; state: string; scheduled: boolean; print: string }>(
    `SELECT j.id, ${STATE_SQL} AS state, j.scheduler_id IS NOT NULL AS scheduled, md5(${PACK_SQL}) AS print FROM ${LOCKED}`,
    [queue, ids],
  );
  const prints = new Map(items.map(({ id, print }) => [id, print]));
  const outcomes: Outcomes = new Map();
  for (const { id, state, scheduled, print } of rows) {
    const refused = refuse(state) ?? (scheduled ? 'skipped: a run of a scheduler' : null);
    outcomes.set(id, refused ?? (prints.get(id) === print ? 'done' : 'changed'));
  }
  const going = rows.filter(({ id }) => outcomes.get(id) === 'done');
  const removed = await query<{ id: string; code: number }>(
    'SELECT t.id, remove($1, t.id, false) AS code FROM unnest($2::text[]) AS t(id)',
    [queue, going.map(({ id }) => id)],
  );
  for (const { id, code } of removed) if (code === 0) outcomes.set(id, 'skipped: a worker holds it');
  const gone = going.filter(({ id }) => outcomes.get(id) === 'done');
  await announce(
    query,
    queue,
    'removed',
    gone.map(({ id, state }) => ({ jobId: id, prev: state })),
  );
  return outcomes;
}

async function editAndRetry(
  query: Query,
  queue: string,
  { from, effectRun }: Of<'edit-and-retry'>,
  items: readonly BulkItem[],
): Promise<Outcomes> {
  const ids = items.map(({ id }) => id);
  const rows = await query<{ id: string; state: string; print: string }>(
    `SELECT j.id, ${STATE_SQL} AS state, md5(j.data::text) AS print FROM ${LOCKED}`,
    [queue, ids],
  );
  const given = new Map(items.map((item) => [item.id, item]));
  const outcomes: Outcomes = new Map();
  for (const { id, state, print } of rows) {
    if (state !== from) outcomes.set(id, noLonger(from, state));
    else if (given.get(id)?.print !== print) outcomes.set(id, 'changed');
  }
  const edited = rows.filter(({ id }) => !outcomes.has(id)).map(({ id }) => id);
  await query(
    `UPDATE job SET data = t.data::jsonb FROM unnest($2::text[], $3::text[]) AS t(id, data) WHERE queue = $1 AND job.id = t.id`,
    [queue, edited, edited.map((id) => given.get(id)?.data ?? '{}')],
  );
  const again = {
    kind: 'retry',
    from,
    resetAttempts: false,
    ...(effectRun === undefined ? {} : { effectRun }),
  } as const;
  const retried = await retry(query, queue, again, edited);
  return new Map([...outcomes, ...retried]);
}

async function duplicate(query: Query, queue: string, ids: string[]): Promise<Outcomes> {
  const rows = await query<{ id: string; copy: string; name: string }>(
    `WITH source AS MATERIALIZED (
       SELECT j.*, next_job_id($1) AS copy, nextval('job_seq') AS copy_seq FROM job j
        WHERE j.queue = $1 AND j.id = ANY($2) ${IN_ORDER}
     ), copied AS (
       INSERT INTO job (queue, id, seq, name, state, data, opts, priority, max_attempts, added_at_ms)
       SELECT queue, copy, copy_seq, name, 'waiting', data, opts - '{addedBy,effectRun}'::text[], priority, max_attempts,
              (extract(epoch FROM clock_timestamp()) * 1000)::bigint FROM source
     )
     SELECT id, copy, name FROM source`,
    [queue, ids],
  );
  await announce(
    query,
    queue,
    'added',
    rows.map(({ copy, name }) => ({ jobId: copy, name })),
  );
  await announce(
    query,
    queue,
    'waiting',
    rows.map(({ copy }) => ({ jobId: copy })),
  );
  if (rows.length > 0) await query(`SELECT pg_notify('bullmq_jobs', $1)`, [queue]);
  return new Map(rows.map(({ id, copy }) => [id, `done: copied as job ${copy}`]));
}

/** Publishes one event for each job, in order, as BullMQ's functions do. */
export async function announce(query: Query, queue: string, event: string, data: object[]): Promise<void> {
  if (data.length === 0) return;
  await query('SELECT publish_event($1, $2, e.value) FROM jsonb_array_elements($3::jsonb) AS e', [
    queue,
    event,
    JSON.stringify(data),
  ]);
}
