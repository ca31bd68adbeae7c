import { Partitions } from '@/lib/store/history/partitions';
import { Scopes } from '@/lib/store/history/scopes';
import type { Store } from '@/lib/store/store';

/** Recorded jobs whose data takes long to be looked through: `LOOKED_FOR` is in none of it. Written by the server itself, ~1 s for 20,000. */
export async function writeHeavyRows(store: Store, source: string, jobs: number): Promise<void> {
  const scopes = new Scopes(store, source);
  await scopes.prepare([{ queue: 'heavy', name: 'parse' }]);
  const { source: sourceId, queue, kind } = scopes.of('heavy', 'parse');
  const now = Date.now();
  await new Partitions(store).prepare([now - 3_600_000, now]);
  await store.query(
    `INSERT INTO queuedeck.job (id, source_id, queue_id, kind_id, added_at, started_at, finished_at, wait_ms, run_ms, state, flags, attempts_made, data_bytes, data)
     SELECT 'heavy-' || i, $1, $2, $3, at, at, at, i, 1, 5, 1, 1, 9600, '{"text":"' || repeat(md5(i::text), 300) || '"}'
       FROM generate_series(1, $4::int) AS i CROSS JOIN LATERAL (SELECT to_timestamp($5::float8 / 1000) - i * interval '1 ms' AS at) t`,
    [sourceId, queue, kind, jobs, now],
  );
}

/** A query of one statement that goes through all of them. */
export const SLOW_SEARCH = `q=${encodeURIComponent('data:*a*b*c*zz*')}&sort=wait`;
