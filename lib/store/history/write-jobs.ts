import type pg from 'pg';
import { timeOf } from '@/lib/iso-time';
import { cleanText } from '@/lib/store/clean-text';
import { storedText, storeName } from '@/lib/store/stored-name';

/** A row of `queuedeck.job` as it is written. Times epoch ms; null = unknown or not yet. */
export interface JobWrite {
  id: string;
  sourceId: number;
  queueId: number;
  kindId: number;
  name: string | null;
  addedAt: number;
  startedAt: number | null;
  finishedAt: number | null;
  waitMs: number | null;
  runMs: number | null;
  workerId: number | null;
  groupId: number | null;
  optionsId: number | null;
  dataBytes: number | null;
  resultBytes: number | null;
  state: number;
  flags: number;
  attemptsMade: number;
  attempts: number;
  error: string | null;
  terms: number[];
  data: string | null;
  result: string | null;
  detail: string | null;
}

const SMALLEST_INT = 32_767;
const INT = 2_147_483_647;

/** Column, its type in the statement, its value. In this order in the statement. */
const COLUMNS: [name: string, type: string, value: (row: JobWrite) => unknown][] = [
  ['id', 'text', (row) => storedText(row.id)],
  ['raw_id', 'text', (row) => storeName(row.id).raw],
  ['source_id', 'int', (row) => row.sourceId],
  ['queue_id', 'int', (row) => row.queueId],
  ['kind_id', 'int', (row) => row.kindId],
  ['name', 'text', (row) => cleanText(row.name)],
  ['added_at', 'float8', (row) => row.addedAt],
  ['started_at', 'float8', (row) => timeOf(row.startedAt)],
  ['finished_at', 'float8', (row) => timeOf(row.finishedAt)],
  ['wait_ms', 'int', (row) => bound(row.waitMs, INT)],
  ['run_ms', 'int', (row) => bound(row.runMs, INT)],
  ['worker_id', 'int', (row) => row.workerId],
  ['group_id', 'int', (row) => row.groupId],
  ['options_id', 'int', (row) => row.optionsId],
  ['data_bytes', 'int', (row) => bound(row.dataBytes, INT)],
  ['result_bytes', 'int', (row) => bound(row.resultBytes, INT)],
  ['state', 'smallint', (row) => row.state],
  ['flags', 'smallint', (row) => row.flags],
  ['attempts_made', 'smallint', (row) => bound(row.attemptsMade, SMALLEST_INT)],
  ['attempts', 'smallint', (row) => bound(row.attempts, SMALLEST_INT)],
  ['error', 'text', (row) => cleanText(row.error)],
  ['terms', 'text', (row) => (row.terms.length === 0 ? null : `{${row.terms.join(',')}}`)],
  ['data', 'text', (row) => cleanText(row.data)],
  ['result', 'text', (row) => cleanText(row.result)],
  ['detail', 'text', (row) => cleanText(row.detail)],
];

const KEY = new Set(['id', 'queue_id', 'added_at']);
const names = COLUMNS.map(([name]) => name);
const selected = COLUMNS.map(([name]) =>
  name.endsWith('_at') ? `to_timestamp(r.${name} / 1000)` : name === 'terms' ? 'r.terms::int[]' : `r.${name}`,
);
const SQL = `
INSERT INTO queuedeck.job (${names.join(', ')})
SELECT ${selected.join(', ')}
  FROM unnest(${COLUMNS.map(([, type], i) => `$${i + 1}::${type}[]`).join(', ')}) AS r(${names.join(', ')})
ON CONFLICT (id, queue_id, added_at) DO UPDATE SET
  ${names
    .filter((name) => !KEY.has(name))
    .map((name) => `${name} = excluded.${name}`)
    .join(', ')}`;

/** Writes rows whole, each once: the same again changes nothing. Their partitions must be there. */
export async function writeJobs(client: pg.PoolClient, rows: readonly JobWrite[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query({ name: 'write-jobs', text: SQL, values: COLUMNS.map(([, , read]) => rows.map(read)) });
}

function bound(value: number | null, most: number): number | null {
  return value === null || Number.isNaN(value) ? null : Math.min(most, Math.max(0, Math.round(value)));
}
