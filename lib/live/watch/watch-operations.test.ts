import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { insertOperation } from '@/lib/operations/ledger';
import { readChanged } from '@/lib/operations/read-changed';
import { openStore } from '@/lib/store/store';
import { createTestDatabase } from '@/lib/testing/test-database';
import { OperationsWatch } from './watch-operations';

it('tells what changed since somebody watches, each change once', async () => {
  const store = openStore(await createTestDatabase());
  const told: string[] = [];
  const events: string[] = [];
  const watch = new OperationsWatch((after) => readChanged(store, after), {
    onStanding: () => events.push('standing'),
    onChanged: ({ id, done }) => told.push(`${id.slice(-1)} ${done}`),
    onStopped: () => events.push('stopped'),
  });
  watch.retain();
  await watch.waitStanding();
  const id = '00000000-0000-4000-8000-000000000001';
  await store.transaction((client) =>
    insertOperation(client, {
      id,
      source: 'test',
      queue: 'mail',
      action: { kind: 'remove' },
      filter: {},
      idsGiven: null,
      chosen: 'failed jobs',
      reason: 'test',
      by: 'tester',
      options: {},
      groups: [{ state: 'failed', ids: ['1', '2'] }],
    }),
  );
  const waitFor = async (count: number) => {
    for (let i = 0; told.length < count && i < 100; i += 1) await sleep(50);
  };
  await waitFor(1);
  await store.query('UPDATE queuedeck.operation SET done = 1, updated_at = clock_timestamp() WHERE id = $1', [id]);
  await waitFor(2);
  await sleep(1_200);
  expect(told).toEqual(['1 0', '1 1']);
  watch.stop();
  expect(events).toEqual(['standing', 'stopped']);
  await store.close();
});
