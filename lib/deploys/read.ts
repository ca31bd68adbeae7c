import type { Series } from '@/lib/contracts/metrics';
import type { Queries } from '@/lib/store/queries';

const MOST = 200;

/** Marks of a period, oldest first: those of the source, and those that stand for all. */
export async function readDeploys(
  store: Queries,
  source: string | null,
  fromMs: number,
  toMs: number,
): Promise<Series['deploys']> {
  const rows = await store.query<{ version: string; at: Date; origin: 'api' | 'worker' }>(
    `SELECT version, at, origin FROM queuedeck.deploy WHERE at >= to_timestamp($2::float8 / 1000) AND at < to_timestamp($3::float8 / 1000)
        AND ($1::text IS NULL OR source IS NULL OR source = $1) ORDER BY at DESC LIMIT ${MOST}`,
    [source, fromMs, toMs],
  );
  return rows.reverse().map(({ version, at, origin }) => ({ version, at: at.toISOString(), origin }));
}
