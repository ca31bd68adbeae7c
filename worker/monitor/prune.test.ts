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
  await store.query(
    `INSERT INTO queuedeck.set_aside (source, queue, job, reason, at)
     VALUES ('s', 'q', 'old', 'no', now() - interval '31 days'), ('s', 'q', 'new', 'no', now() - interval '29 days')`,
  );
  const gone = await prune(store, new AbortController().signal);
  expect(gone).toMatchObject({ idempotency: 5001, audit: 1, set_aside: 1, task: 0 });
  const left = await store.query<{ n: string }>('SELECT count(*) AS n FROM queuedeck.idempotency');
  expect(left[0]?.n).toBe('2');
  expect(await store.query('SELECT action FROM queuedeck.audit')).toEqual([{ action: 'new' }]);
  expect(await store.query('SELECT job FROM queuedeck.set_aside')).toEqual([{ job: 'new' }]);
});
