import type { BulkChange, BulkItem, BulkMethods, BulkOutcome } from '@/lib/backends/bulk';
import type { JobState } from '@/lib/contracts/states';
import type { PostgresConnection, Query } from '../connection';
import { changeRows } from './change';
import { keepJobs, readData, STATE_SQL } from './keep';
import { type Marks, openMarks } from './marks';
import { scanJobs } from './scan';

const JOBS_PER_STEP = 200;

/** The part of BullMQ's jobs that operations need, on PostgreSQL: a step is a transaction with its marks. */
export function openPostgresBulk(connection: PostgresConnection, schema: string): BulkMethods {
  const { query } = connection;
  const marks = openMarks(connection, schema);
  return {
    scanJobs: (queue, state, wants, position) => scanJobs(query, queue, state, wants, position),
    readStates: (queue, ids) => readStates(query, queue, ids),
    keepJobs: (queue, ids) => keepJobs(query, queue, ids),
    readData: (queue, ids) => readData(query, queue, ids),
    changeJobs: async (operation, queue, change, items) => {
      if (items.length === 0) return [];
      await marks.ready();
      try {
        return await changeStep(connection, marks, operation, queue, change, items.slice(0, JOBS_PER_STEP));
      } catch (error) {
        if (!isDataFault(error)) throw error;
        return changeOne(connection, marks, operation, queue, change, items[0] as BulkItem);
      }
    },
    refuseMove: (queue, toQueue) => (queue === toQueue ? 'It is the queue that they are in.' : null),
    forgetMarks: async (operation) => {
      await marks.ready();
      await connection.transaction((within) => marks.forget(within, operation));
    },
    clearMarks: async (operation) => {
      await marks.ready();
      await connection.transaction((within) => marks.clear(within, operation));
    },
  };
}

function changeStep(
  connection: PostgresConnection,
  marks: Marks,
  operation: string,
  queue: string,
  change: BulkChange,
  items: readonly BulkItem[],
): Promise<BulkOutcome[]> {
  return connection.transaction(async (query) => {
    const marked = await marks.read(
      query,
      operation,
      items.map(({ id }) => id),
    );
    if (change.kind === 'look') return items.map(({ id }) => marked.get(id) ?? null);
    if (marked.has('')) return items.map(() => 'ended');
    const fresh = items.filter(({ id }) => !marked.has(id));
    const outcomes = fresh.length > 0 ? await changeRows(query, queue, change, fresh) : new Map<string, string>();
    for (const { id } of fresh) if (!outcomes.has(id)) outcomes.set(id, 'skipped: gone');
    const settled = [...outcomes].filter(([, outcome]) => outcome !== 'changed' && outcome !== 'active');
    await marks.write(query, operation, new Map(settled));
    return items.map(({ id }) => marked.get(id) ?? outcomes.get(id) ?? null);
  });
}

/** A value that PostgreSQL cannot hold undoes the whole step: then the first job goes alone, and fails alone. */
async function changeOne(
  connection: PostgresConnection,
  marks: Marks,
  operation: string,
  queue: string,
  change: BulkChange,
  item: BulkItem,
): Promise<BulkOutcome[]> {
  try {
    return await changeStep(connection, marks, operation, queue, change, [item]);
  } catch (error) {
    if (!isDataFault(error)) throw error;
    const outcome = `failed: ${(error as Error).message.slice(0, 200)}`;
    return connection.transaction(async (query) => {
      const marked = await marks.read(query, operation, [item.id]);
      if (!marked.has(item.id)) await marks.write(query, operation, new Map([[item.id, outcome]]));
      return [marked.get(item.id) ?? outcome];
    });
  }
}

/** SQLSTATE classes about the values of a statement, and rows that another schema packed. */
function isDataFault(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^(22|23|42804)/.test(code);
}

async function readStates(query: Query, queue: string, ids: readonly string[]): Promise<(JobState | null)[]> {
  const rows = await query<{ id: string; state: JobState }>(
    `SELECT j.id, ${STATE_SQL} AS state FROM job j WHERE j.queue = $1 AND j.id = ANY($2)`,
    [queue, ids],
  );
  const byId = new Map(rows.map(({ id, state }) => [id, state]));
  return ids.map((id) => byId.get(id) ?? null);
}
