import type { Node } from '@/lib/contracts/query/ast';
import type { SearchSort } from '@/lib/contracts/search';
import { type Reader, TooSlowError } from '@/lib/store/lanes/reader';
import { type Clock, type Condition, toCondition } from './conditions';
import { type FoundRow, ROW_COLUMNS, ROW_JOINS } from './found-row';
import { resolveNames } from './resolve';

/** No query runs longer. */
const LIMIT_MS = 9_500;
/** After this the answer says how far it looked. */
const ANSWER_MS = 1_500;
const COUNT_MS = 400;
export const COUNT_UP_TO = 10_000;
const ROWS_PER_STEP = 60_000;
/** So many jobs with the same leaves of data are read at once and sorted; more are walked in their order, as they come soon. */
const FEW = 5_000;

export interface SearchPosition {
  /** Of the sort column (epoch ms, or ms), and the row's number. */
  value: number;
  n: string;
  back: boolean;
}

export interface SearchAsk {
  node: Node | null;
  /** Names of the sources that may be seen; null = all. */
  sources: readonly string[] | null;
  sort: SearchSort;
  order: 'asc' | 'desc';
  limit: number;
  position: SearchPosition | null;
  /** Goes on with jobs added before (or at) this time: a partial answer went so far. */
  before: number | null;
  clock: Clock;
}

export interface SearchAnswer {
  rows: FoundRow[];
  hasNext: boolean;
  hasPrev: boolean;
  count: { value: number; exact: boolean } | null;
  searched: { jobs: number; of: number; sinceMs: number | null; complete: boolean };
}

/** Where the jobs of a condition are read from: all of them unless it says otherwise. */
interface Rows extends Condition {
  with?: string;
  from?: string;
}

const SORTS: Record<SearchSort, { column: string; value: string; type: string }> = {
  added: { column: 'j.added_at', value: 'extract(epoch FROM j.added_at)::float8 * 1000', type: 'time' },
  finished: { column: 'j.finished_at', value: 'extract(epoch FROM j.finished_at)::float8 * 1000', type: 'time' },
  wait: { column: 'j.wait_ms', value: 'j.wait_ms', type: 'ms' },
  run: { column: 'j.run_ms', value: 'j.run_ms', type: 'ms' },
};

/**
 * One page of what fits, newest (or longest) first or last. A query that looks into texts without an index goes through the jobs in
 * steps, newest first, and answers after 1.5 s with what it has. Rejects with TooSlowError after 9.5 s.
 */
export async function runSearch(reader: Reader, ask: SearchAsk): Promise<SearchAnswer> {
  const names = await resolveNames(reader, ask.node);
  const condition = withSources(toCondition(ask.node, names, ask.clock), ask.sources);
  if (condition.terms.length > 0 && (await areFew(reader, condition.terms)))
    return searchAtOnce(reader, ask, withFew(condition));
  return condition.scans && ask.sort === 'added' && ask.order === 'desc' && !ask.position?.back
    ? searchInSteps(reader, ask, condition)
    : searchAtOnce(reader, ask, condition);
}

/** The planner takes every rare leaf for one of 200, and would walk a million jobs in order to find the first fifty. */
async function areFew(reader: Reader, terms: number[]): Promise<boolean> {
  const [row] = await reader.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM (SELECT FROM queuedeck.job j WHERE j.terms @> $1::int[] LIMIT ${FEW + 1}) f`,
    [terms],
    LIMIT_MS,
  );
  return (row?.n ?? 0) <= FEW;
}

/** The same jobs, chosen by the index of leaves before anything else is asked of them. */
function withFew(condition: Condition): Rows {
  const values = [...condition.values, condition.terms];
  const few = `few AS MATERIALIZED (SELECT j.* FROM queuedeck.job j WHERE j.terms @> $${values.length}::int[])`;
  return { ...condition, values, with: `WITH ${few}`, from: 'few' };
}

/** How many fit, exact up to 10,000; null = not known within a second and a half. */
export async function countFitting(reader: Reader, node: Node | null, sources: readonly string[], clock: Clock) {
  const names = await resolveNames(reader, node);
  return countUpTo(reader, withSources(toCondition(node, names, clock), sources), ANSWER_MS);
}

async function searchAtOnce(reader: Reader, ask: SearchAsk, condition: Rows): Promise<SearchAnswer> {
  const from = Date.now();
  const rows = await readPage(reader, ask, condition, 'true', [], LIMIT_MS);
  const count = ask.position
    ? null
    : await countUpTo(reader, condition, Math.max(COUNT_MS, ANSWER_MS - (Date.now() - from)));
  const { total } = await estimate(reader);
  return {
    ...cutPage(rows, ask),
    count,
    searched: { jobs: total, of: total, sinceMs: null, complete: true },
  };
}

async function searchInSteps(reader: Reader, ask: SearchAsk, condition: Condition): Promise<SearchAnswer> {
  const until = Date.now() + ANSWER_MS;
  const { total } = await estimate(reader);
  let rows: FoundRow[] = [];
  let high = ask.position?.value ?? ask.before ?? null;
  const skipped = high === null ? 0 : await countNewer(reader, high);
  let jobs = skipped;
  let complete = false;
  while (rows.length <= ask.limit && !complete) {
    const { low, scanned } = await stepDown(reader, high);
    const { sql, values } = between(low, high, condition.values.length);
    const limitMs = Math.max(500, LIMIT_MS - ANSWER_MS);
    rows = [
      ...rows,
      ...(await readPage(reader, { ...ask, limit: ask.limit - rows.length }, condition, sql, values, limitMs)),
    ];
    jobs += scanned;
    complete = low === null;
    high = low;
    if (Date.now() > until) break;
  }
  const isFull = rows.length > ask.limit;
  const left = until - Date.now();
  const count =
    ask.position || ask.before !== null
      ? null
      : complete && !isFull
        ? { value: rows.length, exact: true }
        : isFull && left > 100
          ? await countUpTo(reader, condition, left)
          : null;
  return {
    ...cutPage(rows, ask),
    count,
    searched: {
      jobs: Math.min(jobs, total),
      of: total,
      sinceMs: complete || isFull ? null : high,
      complete: complete || isFull,
    },
  };
}

/** The time of adding down to which the next step goes; null = to the end. */
async function stepDown(reader: Reader, high: number | null): Promise<{ low: number | null; scanned: number }> {
  const rows = await reader.query<{ at: number }>(
    `SELECT extract(epoch FROM added_at)::float8 * 1000 AS at FROM queuedeck.job
      WHERE $1::float8 IS NULL OR added_at <= to_timestamp($1 / 1000) ORDER BY added_at DESC OFFSET ${ROWS_PER_STEP} LIMIT 1`,
    [high],
    LIMIT_MS,
  );
  const low = rows[0]?.at ?? null;
  // So many in one moment: all of them at once.
  if (low !== null && high !== null && low >= high) return { low: low - 1, scanned: ROWS_PER_STEP };
  return { low, scanned: ROWS_PER_STEP };
}

function between(low: number | null, high: number | null, before: number): { sql: string; values: number[] } {
  const values: number[] = [];
  const parts: string[] = [];
  for (const [bound, sign] of [
    [low, '>'],
    [high, '<='],
  ] as const) {
    if (bound === null) continue;
    values.push(bound / 1000);
    parts.push(`j.added_at ${sign} to_timestamp($${before + values.length}::float8)`);
  }
  return { sql: parts.length > 0 ? parts.join(' AND ') : 'true', values };
}

async function countNewer(reader: Reader, high: number): Promise<number> {
  const [row] = await reader.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM queuedeck.job WHERE added_at > to_timestamp($1::float8 / 1000)',
    [high],
    LIMIT_MS,
  );
  return row?.n ?? 0;
}

/** One row more than the page has, in the order in which they are read: backwards before a page. */
async function readPage(
  reader: Reader,
  ask: SearchAsk,
  condition: Rows,
  extra: string,
  extraValues: unknown[],
  limitMs: number,
): Promise<FoundRow[]> {
  const { sort, order, position, limit } = ask;
  const { column, value, type } = SORTS[sort];
  const isDown = (order === 'desc') !== (position?.back ?? false);
  const values = [...condition.values, ...extraValues];
  const parts = [condition.sql, extra];
  if (sort !== 'added') parts.push(`${column} IS NOT NULL`);
  if (position) {
    values.push(type === 'time' ? position.value / 1000 : position.value, position.n);
    const at = type === 'time' ? `to_timestamp($${values.length - 1}::float8)` : `$${values.length - 1}::int`;
    parts.push(`(${column}, j.n) ${isDown ? '<' : '>'} (${at}, $${values.length}::bigint)`);
  }
  const direction = isDown ? 'DESC' : 'ASC';
  const by = `${column} ${direction}, j.n ${direction}`;
  return reader.query<FoundRow>(
    `${condition.with ?? ''} SELECT ${ROW_COLUMNS}, ${value} AS sort_value FROM (
       SELECT j.* FROM ${condition.from ?? 'queuedeck.job'} j WHERE ${parts.join(' AND ')} ORDER BY ${by} LIMIT ${limit + 1}
     ) j ${ROW_JOINS} ORDER BY ${by}`,
    values,
    limitMs,
  );
}

function cutPage(read: FoundRow[], { limit, position }: SearchAsk) {
  const hasMore = read.length > limit;
  const rows = read.slice(0, limit);
  if (!position?.back) return { rows, hasNext: hasMore, hasPrev: position !== null };
  return { rows: rows.reverse(), hasNext: true, hasPrev: hasMore };
}

/** Exact up to 10,000; null = it took too long. */
async function countUpTo(
  reader: Reader,
  { sql, values, with: before = '', from = 'queuedeck.job' }: Rows,
  limitMs: number,
) {
  try {
    const [row] = await reader.query<{ n: number }>(
      `${before} SELECT count(*)::int AS n FROM (SELECT FROM ${from} j WHERE ${sql} LIMIT ${COUNT_UP_TO + 1}) f`,
      values,
      limitMs,
    );
    const n = row?.n ?? 0;
    return { value: Math.min(n, COUNT_UP_TO), exact: n <= COUNT_UP_TO };
  } catch (error) {
    if (error instanceof TooSlowError) return null;
    throw error;
  }
}

/** How many jobs are recorded, by the statistics of their partitions: counting a million would take longer than the search. */
async function estimate(reader: Reader): Promise<{ total: number }> {
  const [row] = await reader.query<{ total: number }>(
    `SELECT coalesce(sum(CASE WHEN c.reltuples >= 0 THEN greatest(c.reltuples, coalesce(s.n_live_tup, 0)) ELSE coalesce(s.n_live_tup, 0) END), 0)::float8 AS total
       FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
      WHERE i.inhparent = 'queuedeck.job'::regclass`,
    [],
    LIMIT_MS,
  );
  return { total: row?.total ?? 0 };
}

function withSources(condition: Condition, sources: readonly string[] | null): Condition {
  if (sources === null) return condition;
  const values = [...condition.values, sources];
  const ids = `ARRAY(SELECT id FROM queuedeck.scope WHERE kind = 0 AND source = ANY($${values.length}::text[]))`;
  return { ...condition, values, sql: `${condition.sql} AND j.source_id = ANY(${ids})` };
}
