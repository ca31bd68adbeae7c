import type { Position } from '@/lib/backends/backend';
import type { ScanStep, ScanWants } from '@/lib/backends/bulk';
import type { JobState } from '@/lib/contracts/states';
import type { Query } from '../connection';
import { afterSql, ORDERS } from '../rows';

const ROWS_PER_STEP = 5_000;
const ROWS_WITH_DATA_PER_STEP = 500;
const TOO_BIG = 262_144;

interface Row {
  id: string;
  fits: boolean;
  data: string | null;
  [key: string]: unknown;
}

/** One page of the state by its own index; the conditions are looked at row by row within it, so a step's cost is bounded. */
export async function scanJobs(
  query: Query,
  queue: string,
  state: JobState,
  wants: ScanWants,
  position: Position | null,
): Promise<ScanStep> {
  // The newest first, as all backends give what waits.
  const order = state === 'waiting' ? { ...ORDERS[state], direction: 'DESC' as const } : ORDERS[state];
  const { where, keys, direction } = order;
  const limit = wants.data ? ROWS_WITH_DATA_PER_STEP : ROWS_PER_STEP;
  const values: unknown[] = [queue, limit];
  const after = position ? afterSql(order, position, values) : '';
  const sorting = keys.map((key) => `${key.column} ${direction}`).join(', ');
  const fits = fitsSql(wants, values);
  const data = wants.data ? `CASE WHEN ${fits} AND pg_column_size(data) < ${TOO_BIG} THEN data::text END` : 'NULL';
  const rows = await query<Row>(
    `SELECT id, ${keys.map((key) => key.column).join(', ')}, ${fits} AS fits, ${data} AS data
       FROM job WHERE queue = $1 AND ${where} ${after} ORDER BY ${sorting} LIMIT $2`,
    values,
  );
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return {
    jobs: rows.filter((row) => row.fits).map((row) => ({ id: row.id, data: row.data })),
    searched: rows.length,
    next: last ? Object.fromEntries(keys.map((key) => [key.column, last[key.column] as string | number])) : null,
  };
}

function fitsSql({ names, timeField, fromMs, toMs, error }: ScanWants, values: unknown[]): string {
  const at = timeField === 'added' ? 'added_at_ms' : 'finished_at_ms';
  const conditions = [
    names !== null && `name = ANY($${values.push(names)}::text[])`,
    fromMs !== null && `${at} >= $${values.push(fromMs)}::bigint`,
    toMs !== null && `${at} <= $${values.push(toMs)}::bigint`,
    error !== null && `position($${values.push(error)}::text in lower(left(failed_reason, ${TOO_BIG}))) > 0`,
  ].filter((condition) => condition !== false);
  return conditions.length === 0 ? 'true' : `coalesce(${conditions.join(' AND ')}, false)`;
}
