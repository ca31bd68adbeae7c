import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore, type Store } from '@/lib/store/store';
import { createTestDatabase } from '@/lib/testing/test-database';
import { prune } from './prune';

let store: Store;
beforeAll(async () => {
  store = openStore(await createTestDatabase());
});
afterAll(() => store.close());

it('deletes what has served its time, batch after batch, and nothing else', async () => {
  await store.query(
    `INSERT INTO queuedeck.idempotency (scope, key, body_hash, job_ids, added_by, lease_until, expires_at)
     SELECT 's', 'k' || n, 'h', '{}', 'local', now(), now() + CASE WHEN n <= 5001 THEN interval '-1 s' ELSE interval '1 h' END
       FROM generate_series(1, 5003) n`,
  );
  await store.query(
    `INSERT INTO queuedeck.audit (at, actor, action) VALUES (now() - interval '2 years', '{}', 'old'), (now(), '{}', 'new')`,
  );
  expect(await prune(store, new AbortController().signal)).toMatchObject({ idempotency: 5001, audit: 1, task: 0 });
  const left = await store.query<{ n: string }>('SELECT count(*) AS n FROM queuedeck.idempotency');
  expect(left[0]?.n).toBe('2');
  expect(await store.query('SELECT action FROM queuedeck.audit')).toEqual([{ action: 'new' }]);
});
