import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore, type Store } from '@/lib/store/store';
import { createTestDatabase } from '@/lib/testing/test-database';
import { countSetAside, insertSetAside, MOST_SET_ASIDE, readSetAside } from './set-aside';

let store: Store;
beforeAll(async () => {
  store = openStore(await createTestDatabase());
});
afterAll(() => store.close());

const write = (source: string, jobs: (string | null)[], sample: string | null = 'what it held') =>
  store.transaction((client) =>
    insertSetAside(
      client,
      source,
      jobs.map((job) => ({ queue: 'q', job, reason: `no ${job}`, sample })),
    ),
  );

it('counts one that is met again, tells the newest first, and never what it held', async () => {
  await write('met', ['1', null]);
  await write('met', ['2', '1']);
  const { total, lastDay, rows } = await readSetAside(store, 'met', 2);
  expect([total, lastDay]).toEqual([3, 3]);
  expect(rows.map(({ queue, job, times }) => [queue, job, times])).toEqual([
    ['q', '2', 1],
    ['q', '1', 2],
  ]);
  expect(JSON.stringify(rows)).not.toContain('what it held');
  expect((await readSetAside(store, 'nobody', 20)).total).toBe(0);
});

it('counts within a day by when they were met last', async () => {
  await write('day', ['1', '2', '3']);
  await store.query(
    `UPDATE queuedeck.set_aside SET at = now() - interval '25 hours' WHERE source = 'day' AND job IN ('1', '2')`,
  );
  await write('day', ['2']);
  expect(await readSetAside(store, 'day', 0)).toEqual({ total: 3, lastDay: 2, rows: [] });
  expect(await countSetAside(store, ['day', 'nobody'])).toEqual(new Map([['day', 2]]));
});

it('keeps ten thousand of a source: those that were met longest ago go, of this source alone', async () => {
  const some = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => String(from + i));
  await write('other', ['1']);
  await write('many', some(0, 6_000));
  await write('many', some(6_000, MOST_SET_ASIDE + 500));
  // The first of all was met again just now, so it stays.
  await write('many', ['0', 'last']);
  const [{ kept, samples, first } = { kept: 0, samples: 0, first: false }] = await store.query<{
    kept: number;
    samples: number;
    first: boolean;
  }>(
    `SELECT count(*)::int AS kept, count(sample)::int AS samples, bool_or(job = '0') AS first
       FROM queuedeck.set_aside WHERE source = 'many'`,
  );
  expect([kept, first]).toEqual([MOST_SET_ASIDE, true]);
  // Of many at once only some bring one.
  expect(samples).toBeLessThan(1_100);
  expect((await readSetAside(store, 'many', 1)).total).toBe(MOST_SET_ASIDE);
  expect((await readSetAside(store, 'other', 1)).total).toBe(1);
});
