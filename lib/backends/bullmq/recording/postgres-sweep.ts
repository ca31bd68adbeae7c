import type { Position } from '@/lib/backends/backend';
import type { EndedTotals, QueueTotals, RecordedFields, SweptFields } from '@/lib/backends/recording';
import type { JobState } from '@/lib/contracts/states';
import { describeRefusal } from '../postgres/away';
import type { Query } from '../postgres/connection';
import { afterSql, ORDERS } from '../postgres/rows';
import type { PostgresFieldReader } from './postgres-fields';
import { checkEnded } from './totals';

const JOBS_PER_STEP = 400;
const MINUTES = 2_880;

interface SweepPorts {
  query: Query;
  fields: PostgresFieldReader;
}

/** A step through the jobs of one state, oldest first: ended ones by when they ended, the others as a list shows them. */
export async function sweepFields(
  { query, fields }: SweepPorts,
  queue: string,
  state: JobState,
  fromMs: number | null,
  position: Position | null,
  choose?: (ids: string[]) => Promise<string[]>,
): Promise<SweptFields> {
  const order = { ...ORDERS[state], direction: 'ASC' as const };
  const values: unknown[] = [queue, JOBS_PER_STEP];
  const isEnded = state === 'completed' || state === 'failed';
  const since = isEnded && fromMs !== null ? `AND finished_at_ms >= $${values.push(Math.floor(fromMs))}::bigint` : '';
  const after = position ? afterSql(order, position, values) : '';
  const columns = order.keys.map(({ column }) => column);
  const rows = await query<Record<string, string>>(
    `SELECT id, ${columns.map((column) => `${column}::text`).join(', ')} FROM job
      WHERE queue = $1 AND ${order.where} ${since} ${after} ORDER BY ${columns.map((column) => `job.${column}`).join(', ')} LIMIT $2`,
    values,
  );
  const ids = rows.map(({ id = '' }) => id);
  const last = rows.length === JOBS_PER_STEP ? rows.at(-1) : undefined;
  const chosen = choose && ids.length > 0 ? await choose(ids) : ids;
  const read = await fields.read(
    chosen.map((id) => ({ queue, id, set: 'whole' })),
    true,
  );
  // One that moved on since is of another state now: its events tell.
  const jobs = read.flatMap((job) => (job?.state === state ? job : []));
  if (state === 'failed') await markParents(query, queue, jobs);
  return { jobs, next: last ? Object.fromEntries(columns.map((column) => [column, last[column] ?? ''])) : null };
}

/** The root of a flow is known by its children alone, where it was not seen to wait for them. A role that may not see them does without. */
async function markParents(query: Query, queue: string, jobs: RecordedFields[]): Promise<void> {
  const tops = jobs.filter(({ parent }) => parent === null);
  if (tops.length === 0) return;
  try {
    const rows = await query<{ id: string }>(
      `SELECT t.id FROM unnest($2::text[]) AS t(id)
        WHERE EXISTS (SELECT FROM job_dependency d WHERE d.parent_queue = $1 AND d.parent_id = t.id)`,
      [queue, tops.map(({ id }) => id)],
    );
    const parents = new Set(rows.map(({ id }) => id));
    for (const job of tops) job.hasChildren = parents.has(job.id);
  } catch (error) {
    if (describeRefusal(error) === null) throw error;
  }
}

const TOTALS_SQL = `
SELECT (SELECT array[created_at_ms, id]::text[] FROM event WHERE queue = $1 ORDER BY id DESC LIMIT 1) AS newest,
       (SELECT array[m.count, m.prev_count, m.prev_ts]::text[] || m.data[1:${MINUTES}]::text[]
          FROM metrics m WHERE m.queue = $1 AND m.kind = 'completed' AND m.prev_ts IS NOT NULL) AS completed,
       (SELECT array[m.count, m.prev_count, m.prev_ts]::text[] || m.data[1:${MINUTES}]::text[]
          FROM metrics m WHERE m.queue = $1 AND m.kind = 'failed' AND m.prev_ts IS NOT NULL) AS failed`;

/** By one statement, so that the totals and the newest event belong together. Ids are not counted: what rolled back took some too. */
export async function readTotals({ query }: Pick<SweepPorts, 'query'>, queue: string): Promise<QueueTotals> {
  const [row] = await query<{ newest: string[] | null; completed: string[] | null; failed: string[] | null }>(
    TOTALS_SQL,
    [queue],
  );
  const [at = '0', seq = '0'] = row?.newest ?? [];
  return {
    at: { at: Number(at), seq: Number(seq) },
    ids: null,
    failedKept: null,
    completed: toEnded(row?.completed ?? null),
    failed: toEnded(row?.failed ?? null),
  };
}

/** As on Redis: the points are of minutes before that of `prev_ts`, and what came since is of that minute itself. */
function toEnded(values: string[] | null): EndedTotals | null {
  if (values === null) return null;
  const [count = 0, prevCount = 0, prevTs = 0, ...points] = values.map(Number);
  return checkEnded(count, prevCount, prevTs, points);
}
