import type { BrokerJob } from '@/lib/backends/backend';
import { MOST_READ_BYTES } from '@/lib/contracts/payload-sizes';
import { decodeOptions } from '../job-options';
import { cutPayload, describeTooLarge, joinSentences, toJobError } from '../job-shape';
import { describeRefusal } from './away';
import type { Query } from './connection';
import { type JobColumns, ROW_COLUMNS, toBrokerRow, toState } from './rows';

const CHILDREN_SHOWN = 100;
const OPTIONS_BYTES = 64 * 1024;
const STACK_CHARS = 64 * 1024;
/**
 * What a JSON column may take as it is stored to be turned into text, which is made whole whatever is wanted of it. Stored compressed, it is
 * some four times as long as that, at worst ninety times.
 */
const STORED_BYTES = 2_097_152;
const STORED_RAW_BYTES = 4_194_304;
const READ_LIMIT = 'no more than 16 MB of a field is read, and 2 MB as PostgreSQL compresses it';
/** No line is read whole that is longer than so much, nor more of them than this together. */
const LINE_BYTES = 65_536;
const LINES_BYTES = 2_097_152;

interface DetailColumns extends JobColumns {
  data: string | null;
  data_bytes: number;
  result: string | null;
  result_bytes: number | null;
  opts: string | null;
  opts_bytes: number;
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

/** A JSON column as text, once; NULL where it is too large for that. `isNamed`: the server tells whether it compressed it (from 14 on). */
const textOf = (column: string, storedBytes: number, isNamed: boolean): string => {
  const most = isNamed
    ? `CASE WHEN pg_column_compression(${column}) IS NULL THEN ${MOST_READ_BYTES} ELSE ${storedBytes} END`
    : storedBytes;
  return `CASE WHEN pg_column_size(${column}) <= ${most} THEN ${column}::text END`;
};

/** The beginning of a text that was made, unless it is too large; and its size: where it was not made, as it is stored. */
const sizeOf = (column: string) => `coalesce(octet_length(${column}_text), pg_column_size(${column}))`;
const partOf = (column: string) =>
  `CASE WHEN octet_length(${column}_text) <= ${MOST_READ_BYTES} THEN left(${column}_text, $3) END`;

/** `left` counts characters and never yields fewer bytes than asked, so the exact cut is made here. Of the traces the newest are kept. */
const detailSql = (isNamed: boolean, refused: readonly Beside[]) => `
SELECT ${ROW_COLUMNS}, ${partOf('data')} AS data, ${sizeOf('data')} AS data_bytes, ${partOf('return_value')} AS result, ${sizeOf('return_value')} AS result_bytes,
       CASE WHEN octet_length(opts_text) <= ${OPTIONS_BYTES} THEN opts_text END AS opts, ${sizeOf('opts')} AS opts_bytes,
       left(failed_reason, ${STACK_CHARS}) AS full_reason, delay_ms, stalled_count, parent_queue, parent_id, scheduler_id, dedup_id,
       CASE WHEN pg_column_size(stacktrace) <= ${STORED_BYTES} AND jsonb_typeof(stacktrace) = 'array' THEN
         ARRAY(SELECT frame FROM (
           SELECT left(frame, ${STACK_CHARS}) AS frame, n FROM jsonb_array_elements_text(stacktrace) WITH ORDINALITY AS t(frame, n)
            WHERE frame IS NOT NULL ORDER BY n DESC LIMIT 20) AS newest ORDER BY n) END AS stacks,
       ${TABLES.map((table) => `${refused.includes(table) ? 0 : `(SELECT count(*)::int ${BESIDE[table].count})`} AS ${BESIDE[table].as}`)}
  FROM (SELECT *, ${textOf('data', STORED_BYTES, isNamed)} AS data_text, ${textOf('return_value', STORED_BYTES, isNamed)} AS return_value_text,
               ${textOf('opts', STORED_BYTES, isNamed)} AS opts_text
          FROM job WHERE queue = $1 AND id = $2 OFFSET 0) AS job`;

const payloadSql = (column: string, isNamed: boolean) => `
SELECT CASE WHEN octet_length(${column}_text) <= ${MOST_READ_BYTES} THEN ${column}_text END AS text, ${sizeOf(column)} AS bytes
  FROM (SELECT ${column}, ${textOf(column, STORED_RAW_BYTES, isNamed)} AS ${column}_text FROM job WHERE queue = $1 AND id = $2 OFFSET 0) AS job`;

const CHILDREN_SQL = `
SELECT d.child_queue AS queue, d.child_id AS id, c.name, c.state, c.priority
  FROM job_dependency d LEFT JOIN job c ON c.queue = d.child_queue AND c.id = d.child_id
 WHERE d.parent_queue = $1 AND d.parent_id = $2 ORDER BY d.child_key LIMIT ${CHILDREN_SHOWN}`;

const naming = new WeakMap<Query, Promise<boolean>>();

/** Whether the server has the function; asked once. */
function namesCompression(query: Query): Promise<boolean> {
  const known = naming.get(query);
  if (known) return known;
  const asked = query<{ named: boolean }>(`SELECT to_regproc('pg_column_compression') IS NOT NULL AS named`).then(
    ([row]) => row?.named === true,
  );
  naming.set(query, asked);
  asked.catch(() => naming.delete(query));
  return asked;
}

/** Null when there is no such job. */
export async function readJob(
  query: Query,
  queue: string,
  id: string,
  maxPayloadBytes: number,
): Promise<BrokerJob | null> {
  const chars = Math.min(maxPayloadBytes, MOST_READ_BYTES);
  const { row, refused } = await readDetail(query, [queue, id, chars]);
  if (!row) return null;
  const { error: _line, ...rest } = toBrokerRow(row);
  const stacktraces = row.stacks ?? [];
  return {
    ...rest,
    queue,
    data: cutPayload(row.data ?? '', row.data_bytes, maxPayloadBytes),
    options: row.opts === null ? { sizeBytes: row.opts_bytes, note: 'too large to show' } : decodeOptions(row.opts),
    result: row.result_bytes === null ? null : cutPayload(row.result ?? '', row.result_bytes, maxPayloadBytes),
    error: rest.state === 'completed' ? null : toJobError(row.full_reason, stacktraces),
    stacktraces,
    attemptsStarted: row.attempts_started,
    stalledCount: row.stalled_count,
    delayMs: Math.max(0, Math.min(Number(row.delay_ms), Number.MAX_SAFE_INTEGER)),
    parent: row.parent_id !== null && row.parent_queue !== null ? { queue: row.parent_queue, id: row.parent_id } : null,
    parentKey: null,
    children:
      row.children === 0 ? null : { total: row.children, items: await readChildren(query, queue, id), elsewhere: [] },
    schedulerId: row.scheduler_id,
    deduplicationId: row.dedup_id,
    logs: row.logs,
    unreadable: joinSentences(describeTooLarge(tooLarge(row), READ_LIMIT), refused),
  };
}

/** A role that may not read what is beside the job sees the job without it. */
async function readDetail(query: Query, values: unknown[]) {
  const isNamed = await namesCompression(query);
  try {
    const [row] = await query<DetailColumns>(detailSql(isNamed, []), values);
    return { row, refused: null };
  } catch (error) {
    if (describeRefusal(error) === null) throw error;
    const rows = await query<{ name: Beside }>(
      `SELECT name FROM unnest($1::text[]) AS name WHERE NOT has_table_privilege(name, 'SELECT')`,
      [TABLES],
    );
    const tables = rows.map(({ name }) => name);
    const [row] = await query<DetailColumns>(detailSql(isNamed, tables), values);
    const subjects = tables.map((table) => `its ${BESIDE[table].its}`).join(' and ');
    return { row, refused: `Refused to Queuedeck's role: ${subjects}.` };
  }
}

function tooLarge({ data, data_bytes, result, result_bytes }: DetailColumns): [string, number][] {
  const fields: [string, number][] = [];
  if (data === null) fields.push(['data', data_bytes]);
  if (result === null && result_bytes !== null) fields.push(['result', result_bytes]);
  return fields;
}

const COLUMNS = { data: 'data', result: 'return_value' } as const;

export async function readPayload(query: Query, queue: string, id: string, field: 'data' | 'result') {
  const sql = payloadSql(COLUMNS[field], await namesCompression(query));
  const [row] = await query<{ text: string | null; bytes: number | null }>(sql, [queue, id]);
  return !row || row.bytes === null ? null : cutPayload(row.text ?? '', row.bytes, MOST_READ_BYTES);
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

/** A page of lines, long ones cut by the server; it ends early where they are many megabytes together. */
const LOGS_SQL = `
WITH page AS (SELECT idx, row, octet_length(row) AS bytes FROM job_log WHERE queue = $1 AND job_id = $2 ORDER BY idx OFFSET $3 LIMIT $4),
counted AS (SELECT *, sum(least(bytes, ${LINE_BYTES})) OVER (ORDER BY idx) - least(bytes, ${LINE_BYTES}) AS before FROM page)
SELECT (SELECT count(*)::int FROM job_log WHERE queue = $1 AND job_id = $2) AS total,
       ARRAY(SELECT CASE WHEN bytes > ${LINE_BYTES} THEN left(row, ${LINE_BYTES}) || format('… (%s MB)', round(bytes / 1048576.0, 1)) ELSE row END
               FROM counted WHERE before < ${LINES_BYTES} ORDER BY idx) AS lines
  FROM job WHERE queue = $1 AND id = $2`;

/** Lines by ordinal from `from` on; null when there is no such job. */
export async function readLogs(query: Query, queue: string, id: string, from: number, limit: number) {
  const [found] = await query<{ total: number; lines: string[] }>(LOGS_SQL, [queue, id, from, limit]);
  return found ? { lines: found.lines, total: found.total } : null;
}
