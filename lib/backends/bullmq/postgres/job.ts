import type { BrokerJob } from '@/lib/backends/backend';
import { cutPayload, toJobError } from '../job-shape';
import { describeRefusal } from './away';
import type { Query } from './connection';
import { type JobColumns, ROW_COLUMNS, toBrokerRow, toState } from './rows';

const CHILDREN_SHOWN = 100;
const OPTIONS_BYTES = 64 * 1024;
const STACK_CHARS = 64 * 1024;
/** More than a PostgreSQL text can hold. */
const MAX_TEXT_CHARS = 2 ** 30;

interface DetailColumns extends JobColumns {
  data: string;
  data_bytes: number;
  result: string | null;
  result_bytes: number | null;
  opts: unknown;
  full_reason: string | null;
  stacks: string[] | null;
  delay_ms: string;
  stalled_count: number;
  parent_queue: string | null;
  parent_id: string | null;
  scheduler_id: string | null;
  dedup_id: string | null;
  logs: number;
  children: number;
}

/** Beside the job's own row: what counts it, and what it is called. */
const BESIDE = {
  job_log: { as: 'logs', its: 'log', count: 'FROM job_log l WHERE l.queue = $1 AND l.job_id = $2' },
  job_dependency: {
    ...{ as: 'children', its: 'children' },
    count: 'FROM job_dependency d WHERE d.parent_queue = $1 AND d.parent_id = $2',
  },
};
type Beside = keyof typeof BESIDE;
const TABLES = Object.keys(BESIDE) as Beside[];

/** `left` counts characters and never yields fewer bytes than asked, so the exact cut is made here. */
const detailSql = (refused: readonly Beside[]) => `
SELECT ${ROW_COLUMNS}, left(data_text, $3) AS data, octet_length(data_text) AS data_bytes,
       left(result_text, $3) AS result, octet_length(result_text) AS result_bytes,
       CASE WHEN octet_length(opts::text) <= ${OPTIONS_BYTES} THEN opts
         ELSE jsonb_build_object('sizeBytes', octet_length(opts::text), 'note', 'too large to show') END AS opts,
       left(failed_reason, ${STACK_CHARS}) AS full_reason, delay_ms, stalled_count, parent_queue, parent_id, scheduler_id, dedup_id,
       CASE WHEN jsonb_typeof(stacktrace) = 'array' THEN
         ARRAY(SELECT left(frame, ${STACK_CHARS}) FROM jsonb_array_elements_text(stacktrace) AS frame LIMIT 100) END AS stacks,
       ${TABLES.map((table) => `${refused.includes(table) ? 0 : `(SELECT count(*)::int ${BESIDE[table].count})`} AS ${BESIDE[table].as}`)}
  FROM (SELECT *, data::text AS data_text, return_value::text AS result_text FROM job WHERE queue = $1 AND id = $2 OFFSET 0) AS job`;

const CHILDREN_SQL = `
SELECT d.child_queue AS queue, d.child_id AS id, c.name, c.state, c.priority
  FROM job_dependency d LEFT JOIN job c ON c.queue = d.child_queue AND c.id = d.child_id
 WHERE d.parent_queue = $1 AND d.parent_id = $2 ORDER BY d.child_key LIMIT ${CHILDREN_SHOWN}`;

/** Null when there is no such job. */
export async function readJob(
  query: Query,
  queue: string,
  id: string,
  maxPayloadBytes: number,
): Promise<BrokerJob | null> {
  const { row, unreadable } = await readDetail(query, [queue, id, Math.min(maxPayloadBytes, MAX_TEXT_CHARS)]);
  if (!row) return null;
  const { error: _line, ...rest } = toBrokerRow(row);
  const stacktraces = row.stacks ?? [];
  return {
    ...rest,
    queue,
    data: cutPayload(row.data, row.data_bytes, maxPayloadBytes),
    options: row.opts,
    result: row.result === null ? null : cutPayload(row.result, row.result_bytes ?? 0, maxPayloadBytes),
    error: rest.state === 'completed' ? null : toJobError(row.full_reason, stacktraces),
    stacktraces,
    attemptsStarted: row.attempts_started,
    stalledCount: row.stalled_count,
    delayMs: Number(row.delay_ms),
    parent: row.parent_id !== null && row.parent_queue !== null ? { queue: row.parent_queue, id: row.parent_id } : null,
    children: row.children === 0 ? null : { total: row.children, items: await readChildren(query, queue, id) },
    schedulerId: row.scheduler_id,
    deduplicationId: row.dedup_id,
    logs: row.logs,
    unreadable,
  };
}

/** A role that may not read what is beside the job sees the job without it. */
async function readDetail(query: Query, values: unknown[]) {
  try {
    const [row] = await query<DetailColumns>(detailSql([]), values);
    return { row, unreadable: null };
  } catch (error) {
    if (describeRefusal(error) === null) throw error;
    const rows = await query<{ name: Beside }>(
      `SELECT name FROM unnest($1::text[]) AS name WHERE NOT has_table_privilege(name, 'SELECT')`,
      [TABLES],
    );
    const refused = rows.map(({ name }) => name);
    const [row] = await query<DetailColumns>(detailSql(refused), values);
    const subjects = refused.map((table) => `its ${BESIDE[table].its}`).join(' and ');
    return { row, unreadable: `Refused to Queuedeck's role: ${subjects}.` };
  }
}

async function readChildren(query: Query, queue: string, id: string) {
  const rows = await query<{ queue: string; id: string; name: string | null; state: string | null; priority: number }>(
    CHILDREN_SQL,
    [queue, id],
  );
  return rows.map((child) => ({
    queue: child.queue,
    id: child.id,
    name: child.name,
    state: child.state === null ? null : toState(child.state, child.priority),
  }));
}

/** Lines by ordinal from `from` on; null when there is no such job. */
export async function readLogs(query: Query, queue: string, id: string, from: number, limit: number) {
  const [found] = await query<{ total: number; lines: string[] }>(
    `SELECT (SELECT count(*)::int FROM job_log WHERE queue = $1 AND job_id = $2) AS total,
            ARRAY(SELECT row FROM job_log WHERE queue = $1 AND job_id = $2 ORDER BY idx OFFSET $3 LIMIT $4) AS lines
       FROM job WHERE queue = $1 AND id = $2`,
    [queue, id, from, limit],
  );
  return found ? { lines: found.lines, total: found.total } : null;
}
