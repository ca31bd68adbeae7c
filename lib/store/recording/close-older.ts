import type pg from 'pg';
import { SCOPE_KINDS, scopeKey } from '@/lib/store/history/scope-key';
import { FLAGS, STATE_CODES } from '@/lib/store/history/states';

/** A record of an earlier life of an id. `id`: as it is stored. `at`: when it was added, epoch ms. */
export interface OlderRow {
  queue: string;
  id: string;
  at: number;
}

/** Within a transaction: lives that nobody saw end. */
export async function closeOlder(client: pg.PoolClient, source: string, rows: readonly OlderRow[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `UPDATE queuedeck.job j SET state = ${STATE_CODES.unseen}, flags = j.flags | ${FLAGS.gone}
       FROM unnest($1::bytea[], $2::text[], $3::float8[]) AS g(key, id, at) JOIN queuedeck.scope s ON s.key = g.key
      WHERE j.id = g.id AND j.queue_id = s.id AND j.added_at = to_timestamp(g.at / 1000) AND j.state < 5`,
    [
      rows.map(({ queue }) => scopeKey(SCOPE_KINDS.queue, source, queue)),
      rows.map(({ id }) => id),
      rows.map(({ at }) => at),
    ],
  );
}
