import type { AddedJob, Change } from '@/lib/backends/backend';
import type { RetryOptions } from '@/lib/backends/changes';
import { CodedError } from '@/lib/contracts/errors';
import type { JobState } from '@/lib/contracts/states';
import { ofScheduler } from '../actions';
import { asInputError } from './add';
import type { PostgresConnection, Query } from './connection';
import { toState } from './rows';

interface Locked {
  state: string;
  priority: number;
  /** The next run of a scheduler. */
  scheduled: boolean;
}

/** Locks the job's row, refuses it by its state, and does `step` in the same transaction. */
export function onJob(
  connection: PostgresConnection,
  queue: string,
  id: string,
  allowed: (state: JobState) => boolean,
  step: (query: Query, state: JobState, row: Locked) => Promise<Change | undefined>,
): Promise<Change> {
  const work = connection.transaction<Change>(async (query) => {
    const [row] = await query<Locked>(
      `SELECT j.state, j.priority, EXISTS (SELECT FROM scheduler s WHERE s.queue = j.queue AND s.scheduler_id = j.scheduler_id
                AND j.id = 'repeat:' || s.scheduler_id || ':' || s.next_run_ms) AS scheduled
         FROM job j WHERE queue = $1 AND id = $2 FOR UPDATE OF j`,
      [queue, id],
    );
    if (!row) return { kind: 'gone' };
    const state = toState(row.state, row.priority);
    if (!allowed(state)) return { kind: 'wrong-state', state };
    return (await step(query, state, row)) ?? { kind: 'done', state };
  });
  return work.catch((error: unknown) => {
    throw asInputError(error);
  });
}

/** Whatever state it is in. */
export const any = () => true;

export function retryJob(
  connection: PostgresConnection,
  queue: string,
  id: string,
  { resetAttempts, dataText, effectRun }: RetryOptions = {},
): Promise<Change> {
  const ended = (state: JobState) => state === 'failed' || state === 'completed';
  return onJob(connection, queue, id, ended, async (query, _state, { state, priority }) => {
    if (dataText !== undefined) await setData(query, queue, id, dataText);
    await query(
      `SELECT reprocess_job($1, $2, $3, COALESCE((opts->'lifo')::text = 'true', false), $4, $4) FROM job WHERE queue = $1 AND id = $2`,
      [queue, id, state, resetAttempts ?? false],
    );
    if (effectRun !== undefined && state === 'completed') await nameRun(query, queue, [id], effectRun);
    return { kind: 'done', state: toState('waiting', priority) };
  });
}

/** In the transaction that puts completed jobs back: the name of their next run. */
export const nameRun = (query: Query, queue: string, ids: readonly string[], effectRun: string) =>
  query(
    `UPDATE job SET opts = jsonb_set(CASE jsonb_typeof(opts) WHEN 'object' THEN opts ELSE '{}' END, '{effectRun}', to_jsonb($3::text))
      WHERE queue = $1 AND id = ANY($2)`,
    [queue, ids, effectRun],
  );

export function editData(connection: PostgresConnection, queue: string, id: string, dataText: string): Promise<Change> {
  return onJob(
    connection,
    queue,
    id,
    (state) => state !== 'active',
    async (query) => {
      await setData(query, queue, id, dataText);
      return undefined;
    },
  );
}

const setData = (query: Query, queue: string, id: string, dataText: string) =>
  query('UPDATE job SET data = $3::jsonb WHERE queue = $1 AND id = $2', [queue, id, dataText]);

export function prioritize(
  connection: PostgresConnection,
  queue: string,
  id: string,
  priority: number,
  lifo: boolean,
): Promise<Change> {
  const queued = (state: JobState) => state === 'waiting' || state === 'prioritized' || state === 'delayed';
  return onJob(connection, queue, id, queued, async (query, _state, { state }) => {
    await query('SELECT change_priority($1, $2, $3, $4)', [queue, id, priority, lifo]);
    return { kind: 'done', state: toState(state, priority) };
  });
}

export function reschedule(connection: PostgresConnection, queue: string, id: string, runAt: number): Promise<Change> {
  const isDelayed = (state: JobState) => state === 'delayed';
  return onJob(connection, queue, id, isDelayed, async (query, _state, { scheduled }) => {
    if (scheduled) return ofScheduler();
    const now = Date.now();
    const delayMs = Math.max(0, runAt - now);
    await query('SELECT change_delay($1, $2, $3, $4)', [queue, id, delayMs, now]);
    await query(
      `SELECT publish_event($1, 'delayed', jsonb_build_object('jobId', $2::text, 'delay', ($3::bigint)::text))`,
      [queue, id, now + delayMs],
    );
    return undefined;
  });
}

export function setProgress(connection: PostgresConnection, queue: string, id: string, progress: unknown) {
  return onJob(connection, queue, id, any, async (query) => {
    await query('SELECT update_progress($1, $2, $3::jsonb)', [queue, id, JSON.stringify(progress ?? null)]);
    return undefined;
  });
}

/** Keeps as many lines as the job's own `keepLogs`. */
export function addLogs(connection: PostgresConnection, queue: string, id: string, lines: string[]): Promise<Change> {
  const bad = lines.findIndex((line) => line.includes('\u0000'));
  if (bad >= 0) return Promise.reject(unholdableLine(bad));
  return onJob(connection, queue, id, any, async (query) => {
    await query(
      `INSERT INTO job_log (queue, job_id, idx, row)
       SELECT $1, $2, COALESCE((SELECT max(idx) + 1 FROM job_log WHERE queue = $1 AND job_id = $2), 0) + n - 1, line
         FROM unnest($3::text[]) WITH ORDINALITY AS t(line, n)`,
      [queue, id, lines],
    );
    await query(
      `DELETE FROM job_log l USING job j
        WHERE j.queue = $1 AND j.id = $2 AND l.queue = $1 AND l.job_id = $2
          AND jsonb_typeof(COALESCE(j.opts->'keepLogs', j.opts->'kl')) = 'number'
          AND l.idx <= (SELECT max(idx) FROM job_log WHERE queue = $1 AND job_id = $2)
                       - COALESCE(j.opts->>'keepLogs', j.opts->>'kl')::numeric`,
      [queue, id],
    );
    return undefined;
  });
}

function unholdableLine(n: number): CodedError {
  const message = 'holds a NUL character (\\u0000), which PostgreSQL cannot store';
  return new CodedError('validation_failed', `lines[${n}]: ${message}`, { errors: [{ path: `lines[${n}]`, message }] });
}

export function clearLogs(connection: PostgresConnection, queue: string, id: string, keep: number): Promise<Change> {
  return onJob(connection, queue, id, any, async (query) => {
    await query(
      `DELETE FROM job_log WHERE queue = $1 AND job_id = $2
          AND idx <= (SELECT max(idx) FROM job_log WHERE queue = $1 AND job_id = $2) - $3::bigint`,
      [queue, id, keep],
    );
    return undefined;
  });
}

export function undeduplicate(connection: PostgresConnection, queue: string, id: string): Promise<Change> {
  return onJob(connection, queue, id, any, async (query) => {
    const freed = await query(
      `DELETE FROM dedup d USING job j
        WHERE j.queue = $1 AND j.id = $2 AND d.queue = $1 AND d.dedup_id = j.dedup_id AND d.job_id = $2
          AND (d.expire_at_ms IS NULL OR d.expire_at_ms > $3) RETURNING d.dedup_id`,
      [queue, id, Date.now()],
    );
    return freed.length > 0 ? undefined : { kind: 'refused', reason: 'It holds no deduplication key.' };
  });
}

/** Of options that somebody else wrote: what add_job can take, and more than a job can be delayed. */
const MOST_DELAY_MS = 9_000_000_000_000_000;

/** Name, data and options of the job, as the broker has them; not its parent, scheduler or deduplication. */
export function duplicateJob(
  connection: PostgresConnection,
  queue: string,
  id: string,
  newId: string | undefined,
  deduplication: { id: string; ttl?: number } | undefined,
) {
  return connection.transaction(async (query) => {
    const [added] = await query<{ id: string }>(
      `SELECT add_job($1, $3, name, data,
                (opts - '{addedBy,effectRun,jobId,parent,repeat,prevMillis,timestamp,deduplication,de,telemetry,tm}'::text[]) || $4::jsonb,
                priority, CASE WHEN jsonb_typeof(opts->'delay') = 'number' THEN least(greatest((opts->>'delay')::numeric, 0), ${MOST_DELAY_MS})::bigint ELSE 0 END, $5,
                max_attempts, NULL, NULL, NULL, $6, NULL, COALESCE((opts->'lifo')::text = 'true', false)) AS id
         FROM job WHERE queue = $1 AND id = $2`,
      [
        queue,
        id,
        newId ?? '',
        JSON.stringify(deduplication ? { deduplication } : {}),
        Date.now(),
        deduplication?.id ?? null,
      ],
    );
    if (!added) return { kind: 'gone' } as const;
    const [row] = await query<{ name: string; state: string; priority: number; fresh: boolean }>(
      `SELECT name, state, priority, xmin = pg_current_xact_id()::xid AS fresh FROM job WHERE queue = $1 AND id = $2`,
      [queue, added.id],
    );
    const job: AddedJob = {
      id: added.id,
      name: row?.name ?? '',
      state: row ? toState(row.state, row.priority) : 'completed',
      existed: !row?.fresh,
    };
    return { kind: 'added', job } as const;
  });
}
