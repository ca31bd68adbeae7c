import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore, type Store } from '@/lib/store/store';
import { createTestDatabase } from '@/lib/testing/test-database';
import { type JobRecord, newRecord } from './job-record';
import { Ledger } from './ledger';
import { BatchStore } from './store-batch';

let store: Store;
beforeAll(async () => {
  store = openStore(await createTestDatabase());
});
afterAll(() => store.close());

const AT = Date.now() - 60_000;

function record(id: string, parent: string | null, over: Partial<JobRecord> = {}): JobRecord {
  const made = { ...newRecord('q', id, AT), name: 'job', ...over };
  if (parent !== null) made.detail.parent = ['q', parent];
  return made;
}
const failed = { state: 'failed' as const, finishedAt: AT + 1_000 };

async function write(...records: JobRecord[]): Promise<void> {
  // Each time by a recorder that has just begun: what it knows is in the store.
  const ledger = new Ledger();
  for (const one of records) ledger.assign(one);
  await new BatchStore(store, 'test', () => '').write(ledger, [], async () => undefined);
}
const roots = async () =>
  Object.fromEntries(
    (await store.query<{ job: string; root: string }>('SELECT job, root FROM queuedeck.flow_failure')).map((row) => [
      (JSON.parse(row.job) as string[])[1],
      (JSON.parse(row.root) as string[])[1],
    ]),
  );

it('moves what failed to its root as soon as that is known', async () => {
  await write(record('leaf', 'mid', failed), record('other', 'elsewhere', failed));
  expect(await roots()).toEqual({ leaf: 'mid', other: 'elsewhere' });
  await write(record('mid', 'top', { state: 'waiting-children' }));
  expect(await roots()).toEqual({ leaf: 'top', other: 'elsewhere' });
  await write(record('top', null, { state: 'waiting-children' }));
  await write(record('second', 'mid', failed));
  expect(await roots()).toEqual({ leaf: 'top', second: 'top', other: 'elsewhere' });
});

it('takes out what is retried, or gone from its broker, and keeps no job that is in no flow', async () => {
  await write(record('second', 'mid', { state: 'waiting' }), record('plain', null, failed));
  await write(record('other', 'elsewhere', { ...failed, flags: 1 }));
  expect(await roots()).toEqual({ leaf: 'top' });
});

it('keeps any name', async () => {
  const odd = `a\u0000b\ud800${'long'.repeat(2_000)}`;
  const own = { ...record(odd, odd, failed), queue: odd };
  own.detail.parent = [odd, odd];
  await write(own);
  expect((await roots())[odd]).toBe(odd);
});
