import pg from 'pg';
import type { AddedJob, NewJob } from '@/lib/backends/backend';
import { CodedError } from '@/lib/contracts/errors';
import type { JobState } from '@/lib/contracts/states';
import { toJobsOptions } from '../job-options';
import type { PostgresConnection, Query } from './connection';
import { toState } from './rows';

/**
 * `add_flow` decides on deduplication row by row; `add_jobs_bulk` knows none of it and makes temporary tables, which pays from a
 * few dozen jobs on. They are BullMQ's own functions, called as its `addBulk` does.
 */
const BULK_FROM = 50;

/** Adds all or none, in input order. Throws CodedError('validation_failed') for data that PostgreSQL cannot hold. */
export async function addJobs(connection: PostgresConnection, queue: string, jobs: NewJob[]): Promise<AddedJob[]> {
  if (jobs.length === 0) return [];
  const entries = JSON.stringify(jobs.map((job) => toEntry(queue, job)));
  const isBulk = jobs.length >= BULK_FROM && jobs.every((job) => job.options.deduplication === undefined);
  try {
    return await connection.transaction(async (query) => {
      const added = isBulk
        ? await query<{ id: string }>('SELECT id FROM add_jobs_bulk($1, $2) AS t(id)', [queue, entries])
        : await query<{ id: string }>('SELECT id FROM add_flow($1) AS t(id)', [entries]);
      return describeAdded(query, queue, jobs, added);
    });
  } catch (error) {
    throw asInputError(error);
  }
}

/** One entry of the batch, as BullMQ's PostgreSQL backend writes it. */
function toEntry(queue: string, { name, data, options, addedBy }: NewJob) {
  const opts = { attempts: 0, ...toJobsOptions(options, addedBy) };
  return {
    queue,
    id: opts.jobId ?? '',
    name,
    data: JSON.stringify(data === undefined ? {} : data),
    opts,
    priority: opts.priority ?? 0,
    delay: opts.delay ?? 0,
    timestamp: Date.now(),
    attempts: opts.attempts,
    dedupId: opts.deduplication?.id ?? null,
    lifo: opts.lifo ?? false,
  };
}

/** A row that this very transaction wrote is new; so is an id only the first time that it stands in the batch. */
async function describeAdded(
  query: Query,
  queue: string,
  jobs: NewJob[],
  added: { id: string }[],
): Promise<AddedJob[]> {
  const rows = await query<{ id: string; state: string; priority: number; fresh: boolean; name: string }>(
    `SELECT id, name, state, priority, xmin = pg_current_xact_id()::xid AS fresh FROM job WHERE queue = $1 AND id = ANY($2)`,
    [queue, [...new Set(added.map((one) => one.id))]],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const met = new Set<string>();
  return added.map(({ id }, i) => {
    const row = byId.get(id);
    const existed = !row?.fresh || met.has(id);
    met.add(id);
    // A deduplication key outlives its job when that is removed on completion.
    const state: JobState = row ? toState(row.state, row.priority) : 'completed';
    return { id, name: row?.name ?? jobs[i]?.name ?? '', state, existed };
  });
}

/** What PostgreSQL cannot hold as JSON is the caller's fault; any other error stays as it is. */
export function asInputError(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError) || !/^(22|54)/.test(error.code ?? '')) return error;
  const message =
    'holds something that PostgreSQL cannot store as JSON (a \\u0000 character, a number out of range, or too deep a nesting)';
  return new CodedError('validation_failed', `The data ${message}.`, {
    errors: [{ path: 'data', message }],
    cause: error,
  });
}
