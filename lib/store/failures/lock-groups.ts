import type pg from 'pg';
import type { Store } from '@/lib/store/store';

const KEY = 60;
const PATIENCE_MS = 5_000;

/**
 * Until the end of the transaction: who counts failures shares it, who merges, splits or names groups again has it alone. Without it the
 * two would take the same rows in different orders.
 */
export async function lockGroups(client: pg.PoolClient, source: string, how: 'shared' | 'alone'): Promise<void> {
  const lock = how === 'alone' ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared';
  await client.query({
    name: `lock-groups-${how}`,
    text: `SELECT ${lock}(hashtextextended($1, ${KEY}))`,
    values: [source],
  });
}

let last: Promise<unknown> = Promise.resolve();

/** In a transaction that has the groups of a source alone. One at a time in this process: those that wait hold no connection. */
export function changeGroups(
  store: Store,
  source: string,
  run: (client: pg.PoolClient) => Promise<void>,
): Promise<void> {
  const turn = last.then(() =>
    store.transaction(async (client) => {
      await client.query(`SET LOCAL lock_timeout = ${PATIENCE_MS}`);
      await lockGroups(client, source, 'alone');
      await run(client);
    }),
  );
  last = turn.catch(() => undefined);
  return turn;
}
