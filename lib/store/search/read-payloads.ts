import type { Reader } from '@/lib/store/lanes/reader';
import type { FoundRow } from './found-row';

/** Data and result of rows that were found, raw as they were kept. */
export async function readPayloads(
  reader: Reader,
  rows: readonly FoundRow[],
): Promise<{ data: string | null; result: string | null }[]> {
  const found = await reader.query<{ n: string; data: string | null; result: string | null }>(
    `SELECT j.n, j.data, j.result FROM unnest($1::bigint[], $2::text[], $3::timestamptz[]) AS g(n, id, added_at)
       JOIN queuedeck.job j ON j.id = g.id AND j.added_at = g.added_at AND j.n = g.n`,
    [rows.map(({ n }) => n), rows.map(({ id }) => id), rows.map(({ added_at }) => added_at)],
  );
  const byNumber = new Map(found.map(({ n, data, result }) => [n, { data, result }]));
  return rows.map(({ n }) => byNumber.get(n) ?? { data: null, result: null });
}
