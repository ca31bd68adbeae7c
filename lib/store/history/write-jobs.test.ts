import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore, type Store } from '@/lib/store/store';
import { createTestDatabase } from '@/lib/testing/test-database';
import { Partitions } from './partitions';
import { Scopes } from './scopes';
import { type JobWrite, writeJobs } from './write-jobs';

let store: Store;
let row: JobWrite;

beforeAll(async () => {
  store = openStore(await createTestDatabase());
  const scopes = new Scopes(store, 'test');
  await scopes.prepare([{ queue: 'q', name: 'n' }]);
  const { source: sourceId, queue: queueId, kind: kindId } = scopes.of('q', 'n');
  const addedAt = Date.now();
  await new Partitions(store).prepare([addedAt]);
  row = {
    ...{ id: '', sourceId, queueId, kindId, name: null, addedAt, startedAt: addedAt, finishedAt: addedAt },
    ...{ waitMs: 1, runMs: 1, workerId: null, groupId: null, optionsId: null, dataBytes: 1, resultBytes: 1 },
    ...{
      state: 5,
      flags: 1,
      attemptsMade: 1,
      attempts: 1,
      error: null,
      terms: [],
      data: '{}',
      result: null,
      detail: null,
    },
  };
});
afterAll(() => store.close());

/** Writes one row beside a sound one, and reads what stands there. */
async function written(id: string, more: Partial<JobWrite>) {
  await store.transaction((client) =>
    writeJobs(client, [
      { ...row, id: `sound-${id}` },
      { ...row, id, ...more },
    ]),
  );
  const [found] = await store.query<Record<string, unknown>>(
    `SELECT started_at AS started, finished_at AS finished, attempts_made AS made, attempts, wait_ms AS wait, data_bytes AS bytes
       FROM queuedeck.job WHERE id = $1`,
    [id],
  );
  return found;
}

it.each([
  ['of the year 300000', 9_404_000_000_000_000],
  ['in nanoseconds', 1_764_288_000_000_000_000],
  ['before 1970', -62_135_596_800_001],
  ['that are none', Number.NaN],
  ['without end', Number.POSITIVE_INFINITY],
])('writes times %s as unknown', async (what, at) => {
  expect(await written(what, { startedAt: at, finishedAt: at })).toMatchObject({ started: null, finished: null });
});

it.each([
  ['more than the columns hold', 2 ** 31, [32_767, 32_767, 2_147_483_647, 2_147_483_647]],
  ['far more than that', 1e300, [32_767, 32_767, 2_147_483_647, 2_147_483_647]],
  ['less than none', -5, [0, 0, 0, 0]],
])('writes counts that are %s as the nearest that fits', async (what, count, expected) => {
  const more = { attemptsMade: count, attempts: count, waitMs: count, dataBytes: count };
  expect(Object.values((await written(what, more)) ?? {}).slice(2)).toEqual(expected);
});
