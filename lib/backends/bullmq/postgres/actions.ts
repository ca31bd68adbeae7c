import type { BrokerRow, Change } from '@/lib/backends/backend';
import type { JobState } from '@/lib/contracts/states';
import { ofScheduler } from '../actions';
import type { PostgresConnection, Query } from './connection';
import { type JobColumns, ROW_COLUMNS, toBrokerRow, toState } from './rows';

/** What BullMQ's functions are called with, once the row is locked: `j` is the job as it is. */
const STEPS = {
  promote: `CASE WHEN j.state = 'delayed' THEN promote($1, $2) END`,
  cancel: `CASE WHEN j.state IN ('waiting', 'delayed') THEN remove($1, $2, false) END`,
} as const;

interface Outcome extends JobColumns {
  code: number | null;
}

/**
 * Locks the job's row and lets BullMQ's function decide on that very row. In a transaction, so that a server that hangs and
 * wakes later does not do what its caller was told was not done.
 */
async function takeStep(query: Query, step: keyof typeof STEPS, queue: string, id: string): Promise<Outcome | null> {
  const [row] = await query<Outcome>(
    `SELECT j.*, ${STEPS[step]} AS code
       FROM (SELECT ${ROW_COLUMNS}, opts FROM job WHERE queue = $1 AND id = $2 FOR UPDATE) AS j`,
    [queue, id],
  );
  return row ?? null;
}

export function promoteJob(connection: PostgresConnection, queue: string, id: string): Promise<Change> {
  return connection.transaction<Change>(async (query) => {
    const row = await takeStep(query, 'promote', queue, id);
    if (row === null) return { kind: 'gone' };
    if (row.code === null || row.code < 0) return { kind: 'wrong-state', state: toState(row.state, row.priority) };
    return { kind: 'done', state: toState('waiting', row.priority) };
  });
}

/** Takes out a job that has not begun; its finished children stay. `active` = it has: ask its worker. */
export function removeBeforeStart(
  connection: PostgresConnection,
  queue: string,
  id: string,
): Promise<{ kind: 'removed'; job: BrokerRow } | { kind: 'active' } | Exclude<Change, { kind: 'done' }>> {
  return refusable(() =>
    connection.transaction(async (query) => {
      const row = await takeStep(query, 'cancel', queue, id);
      if (row === null) return { kind: 'gone' } as const;
      if (row.state === 'active') return { kind: 'active' } as const;
      const state = toState(row.state, row.priority);
      if (row.code === null) return { kind: 'wrong-state', state } as const;
      if (row.code === 0) return { kind: 'locked' } as const;
      await announceRemoval(query, queue, id, state);
      return { kind: 'removed', job: toBrokerRow(row) } as const;
    }),
  );
}

/** BullMQ's `remove` says nothing on PostgreSQL, unlike on Redis; the event is the one that it publishes there. */
export async function announceRemoval(query: Query, queue: string, id: string, prev: JobState): Promise<void> {
  await query(`SELECT publish_event($1, 'removed', jsonb_build_object('jobId', $2::text, 'prev', $3::text))`, [
    queue,
    id,
    prev,
  ]);
}

/** BullMQ's refusals: SQLSTATE BM001, with its error code as the detail. */
export async function refusable<T>(run: () => Promise<T>): Promise<T | { kind: 'refused'; reason: string }> {
  try {
    return await run();
  } catch (error) {
    const { code, detail } = error as { code?: unknown; detail?: unknown };
    if (code !== 'BM001') throw error;
    if (detail === '-8') return ofScheduler();
    return { kind: 'refused', reason: `BullMQ refused it (code ${String(detail)}).` };
  }
}
