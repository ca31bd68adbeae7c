import type {
  BrokerScheduler,
  FoundScheduler,
  PutOutcome,
  SchedulerDefinition,
  SchedulerMethods,
  SchedulerPlace,
} from '@/lib/backends/schedulers';
import { CodedError } from '@/lib/contracts/errors';
import { earlierRuns } from '@/lib/cron';
import { copyOptions } from '../actions';
import { asInputError } from '../postgres/add';
import type { PostgresConnection, Query } from '../postgres/connection';
import { listQueueNames } from '../postgres/queues';
import { toBigint, toState } from '../postgres/rows';
import { minimalName, RUNS_TRIED, type StoredScheduler, toDefinition, toRow, withLastRun } from './shape';
import { LAST_RUNS_SQL, LIST_SQL, PRINT_SQL, SCHEDULER_COLUMNS, TEMPLATE_BYTES } from './sql';
import { upsertScheduler } from './upsert';

interface Columns extends Record<keyof StoredScheduler, string> {
  queue: string;
  id: string;
  next_ms: string;
}

export function openPostgresSchedulers(connection: PostgresConnection): SchedulerMethods {
  const { query } = connection;
  return {
    list: (queue, from, limit) => listSchedulers(query, queue, from, limit),
    have: async (ids) => {
      const rows = await query<{ found: boolean }>(
        `SELECT s.queue IS NOT NULL AS found FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w(queue, id, n)
           LEFT JOIN scheduler s ON s.queue = w.queue AND s.scheduler_id = w.id ORDER BY w.n`,
        [ids.map(({ queue }) => queue), ids.map(({ id }) => id)],
      );
      return rows.map((row) => row.found);
    },
    lastRuns: (rows) => readLastRuns(query, rows),
    find: (queue, id) => findScheduler(query, queue, id),
    put: (queue, id, definition, onlyAbsent) =>
      connection
        .transaction((step) => putScheduler(step, queue, id, definition, onlyAbsent))
        .catch((error: unknown) => {
          throw asInputError(error);
        }),
    remove: (queue, id, print) => connection.transaction((step) => removeScheduler(step, queue, id, print)),
    run: (queue, template) => runNow(connection, queue, template),
  };
}

async function listSchedulers(
  query: Query,
  queue: string | null,
  from: SchedulerPlace | null,
  limit: number,
): Promise<BrokerScheduler[]> {
  const queues = queue === null ? await listSchedulerQueues(query) : [queue];
  const { after, atMs } = from ?? { after: 'none' as const, atMs: null };
  const place = typeof after === 'string' ? [after, '', ''] : ['after', after.queue, after.id];
  const rows = await query<Columns>(LIST_SQL, [queues, limit, atMs === null ? null : toBigint(atMs), ...place]);
  return readLastRuns(
    query,
    rows.map((row) => toRow(row.queue, row.id, Number(row.next_ms), row)),
  );
}

/** A queue may have schedulers and no job yet. */
async function listSchedulerQueues(query: Query): Promise<string[]> {
  const [named, rows] = await Promise.all([
    listQueueNames(query),
    query<{ queue: string }>(`
      WITH RECURSIVE walk AS (
        (SELECT queue FROM scheduler ORDER BY queue LIMIT 1)
        UNION ALL
        SELECT (SELECT queue FROM scheduler WHERE queue > walk.queue ORDER BY queue LIMIT 1) FROM walk WHERE walk.queue IS NOT NULL
      )
      SELECT queue FROM walk WHERE queue IS NOT NULL`),
  ]);
  return [...new Set([...named, ...rows.map((row) => row.queue)])];
}

interface RunColumns {
  n: string;
  id: string;
  state: string;
  priority: number;
  processed_at_ms: string | null;
  finished_at_ms: string | null;
  reason: string | null;
}

async function readLastRuns(query: Query, rows: BrokerScheduler[]): Promise<BrokerScheduler[]> {
  if (rows.length === 0) return rows;
  const wanted = rows.map((row, n) => ({
    n,
    queue: row.queue,
    id: row.id,
    planned: `repeat:${row.id}:${row.nextMs}`,
    runs: earlierRuns(row, row.nextMs, RUNS_TRIED).map((at) => `repeat:${row.id}:${at}`),
  }));
  const runs = await query<RunColumns>(LAST_RUNS_SQL, [JSON.stringify(wanted)]);
  const byRow = new Map(runs.map((run) => [Number(run.n), run]));
  return rows.map((row, n) => {
    const run = byRow.get(n);
    if (!run) return row;
    return withLastRun(row, {
      job: run.id,
      state: toState(run.state, run.priority),
      startedMs: Number(run.processed_at_ms),
      finishedMs: Number(run.finished_at_ms),
      error: run.reason ?? '',
    });
  });
}

async function findScheduler(query: Query, queue: string, id: string): Promise<FoundScheduler | null> {
  const [size] = await query<{ bytes: number }>(
    `SELECT coalesce(pg_column_size(template_data), 0) + coalesce(pg_column_size(template_opts), 0) AS bytes
       FROM scheduler WHERE queue = $1 AND scheduler_id = $2`,
    [queue, id],
  );
  if ((size?.bytes ?? 0) > TEMPLATE_BYTES) throw new CodedError('unreadable', 'Its template is too big.');
  const [found] = await query<Columns & { data: string | null; opts: string | null; print: string }>(
    `SELECT ${SCHEDULER_COLUMNS}, template_data::text AS data, template_opts::text AS opts, ${PRINT_SQL} AS print
       FROM scheduler s WHERE queue = $1 AND scheduler_id = $2`,
    [queue, id],
  );
  if (!found) return null;
  const bare = toRow(queue, id, Number(found.next_ms), found);
  const [row = bare] = await readLastRuns(query, [bare]);
  const definition = toDefinition(row, found, found.data ?? '', found.opts ?? '');
  return { row, definition, print: found.print, templateFault: null };
}

/** The lock makes one of two that put the same new id wait for the other. */
async function putScheduler(
  query: Query,
  queue: string,
  id: string,
  definition: SchedulerDefinition,
  onlyAbsent: boolean,
): Promise<PutOutcome> {
  await query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`queuedeck:scheduler:${queue}:${id}`]);
  return upsertScheduler(minimalName(queue), id, definition, async (args) => {
    const [, nextMs, data, templateOpts, options, jobOpts] = args;
    if (onlyAbsent) {
      const there = await query('SELECT FROM scheduler WHERE queue = $1 AND scheduler_id = $2', [queue, id]);
      if (there.length > 0) return 'exists';
    }
    const [added] = await refusable(() =>
      query<{ job_id: string; delay: string }>(
        'SELECT job_id, delay FROM add_job_scheduler($1, $2, $3, $4, $5, $6, $7, $8, NULL)',
        [queue, id, nextMs ?? null, data, toJson(templateOpts), toJson(options), toJson(jobOpts), Date.now()],
      ),
    );
    if (!added) throw new Error('add_job_scheduler answered nothing');
    if (definition.iterations !== null)
      await query('UPDATE scheduler SET iteration_count = $3 WHERE queue = $1 AND scheduler_id = $2', [
        queue,
        id,
        definition.iterations,
      ]);
    return [added.job_id, Number(added.delay)];
  });
}

const toJson = (value: unknown) => JSON.stringify(value ?? {});

/** BullMQ's refusals, SQLSTATE BM001, as its Redis backend throws them: with their number as `code`. */
async function refusable<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const { code, detail } = error as { code?: unknown; detail?: unknown };
    if (code !== 'BM001') throw error;
    throw Object.assign(new Error('BullMQ refused the scheduler'), { code: Number(detail) });
  }
}

async function removeScheduler(query: Query, queue: string, id: string, print: string | null) {
  const [found] = await query<{ print: string }>(
    `SELECT ${PRINT_SQL} AS print FROM scheduler s WHERE queue = $1 AND scheduler_id = $2 FOR UPDATE`,
    [queue, id],
  );
  if (!found) return 'gone';
  if (print !== null && print !== found.print) return 'changed';
  await query('SELECT remove_job_scheduler($1, $2)', [queue, id]);
  return 'done';
}

/** By BullMQ's own `add_job`, with the template's very data. */
async function runNow(
  connection: PostgresConnection,
  queue: string,
  { name, data, opts }: Pick<SchedulerDefinition, 'name' | 'data' | 'opts'>,
): Promise<string> {
  const options = copyOptions(opts);
  const { priority, attempts, lifo } = options as { priority?: number; attempts?: number; lifo?: boolean };
  const values = [queue, name, data, toJson(options), priority ?? 0, Date.now(), attempts ?? 1, lifo ?? false];
  const [added] = await connection.transaction((query) =>
    query<{ id: string }>(
      `SELECT add_job($1, '', $2, $3::jsonb, $4::jsonb, $5, 0, $6, $7, NULL, NULL, NULL, NULL, NULL, $8) AS id`,
      values,
    ),
  );
  if (!added) throw new Error('add_job answered nothing');
  return added.id;
}
