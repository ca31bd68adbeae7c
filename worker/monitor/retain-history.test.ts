import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayOf, Partitions, partitionName } from '@/lib/store/history/partitions';
import { openStore, type Store } from '@/lib/store/store';
import { writeRecorded } from '@/lib/store/testing/recorded-jobs';
import { createTestDatabase } from '@/lib/testing/test-database';
import { retainJobs } from './retain-history';

const DAY_MS = 86_400_000;
const GIGABYTE = 1_073_741_824;
const now = Date.now();

let store: Store;
beforeEach(async () => {
  store = openStore(await createTestDatabase());
});
afterEach(() => store.close());

/** On each of the days, so long ago: two that completed and one that failed. */
async function writeDays(ages: number[], data: unknown = {}): Promise<void> {
  for (const age of ages) {
    const addedAt = now - age * DAY_MS;
    await writeRecorded(
      store,
      'test',
      (['completed', 'completed', 'failed'] as const).map((state, i) => ({ id: `${age}-${i}`, state, addedAt, data })),
    );
  }
}

const idsLeft = async () =>
  (await store.query<{ id: string }>('SELECT id FROM queuedeck.job ORDER BY added_at DESC, id')).map(({ id }) => id);
const nameOf = (age: number) => partitionName(dayOf(now - age * DAY_MS));

describe('how long the record is kept', () => {
  it('drops whole days, and keeps what failed longer', async () => {
    await writeDays([0, 30, 31, 90, 91]);
    const done = await retainJobs(store, { days: 30, failedDays: 90, bytes: GIGABYTE }, now);
    expect(done).toEqual({ dropped: [nameOf(91)], cut: [nameOf(90), nameOf(31)] });
    expect(await idsLeft()).toEqual(['0-0', '0-1', '0-2', '30-0', '30-1', '30-2', '31-2', '90-2']);
    // A day that is cut is not cut again.
    expect(await retainJobs(store, { days: 30, failedDays: 90, bytes: GIGABYTE }, now)).toEqual({
      dropped: [],
      cut: [],
    });
  });

  it('drops what failed in flows with its day', async () => {
    await writeDays([0, 91]);
    for (const age of [0, 91])
      await store.query(
        `INSERT INTO queuedeck.flow_failure (job_key, root_key, source, failed_ms, added_at, job, root)
         VALUES (convert_to($1, 'UTF8'), 'root', 'test', 1, $2, $1, '[]')`,
        [`job ${age}`, new Date(now - age * DAY_MS)],
      );
    await retainJobs(store, { days: 30, failedDays: 90, bytes: GIGABYTE }, now);
    expect(await store.query('SELECT job FROM queuedeck.flow_failure')).toEqual([{ job: 'job 0' }]);
  });

  it('makes room from the oldest on when there is too much: first what did not fail, never of today', async () => {
    await writeDays([0, 1, 2, 3], { text: 'x'.repeat(50_000) });
    const sizeOf = async (age: number) =>
      Number(
        (await store.query<{ b: string }>(`SELECT pg_total_relation_size('queuedeck.${nameOf(age)}') AS b`))[0]?.b,
      );
    const bytes = (await sizeOf(0)) + (await sizeOf(1)) + (await sizeOf(2)) + (await sizeOf(3)) - 1;
    expect(await retainJobs(store, { days: 30, failedDays: 90, bytes }, now)).toEqual({
      dropped: [],
      cut: [nameOf(3)],
    });
    expect(await idsLeft()).toEqual(['0-0', '0-1', '0-2', '1-0', '1-1', '1-2', '2-0', '2-1', '2-2', '3-2']);
    const all = await retainJobs(store, { days: 30, failedDays: 90, bytes: 0 }, now);
    expect(all.dropped).toEqual([nameOf(3), nameOf(2), nameOf(1)]);
    expect(await idsLeft()).toEqual(['0-0', '0-1', '0-2']);
  });

  it('a day that was dropped is made again when a job of it comes late', async () => {
    const partitions = new Partitions(store);
    const addedAt = now - 40 * DAY_MS;
    await partitions.prepare([addedAt]);
    expect((await retainJobs(store, { days: 30, failedDays: 30, bytes: GIGABYTE }, now)).dropped).toEqual([nameOf(40)]);
    await partitions.prepare([addedAt]);
    expect(await store.query(`SELECT to_regclass('queuedeck.${nameOf(40)}') AS known`)).toEqual([{ known: null }]);
    partitions.forget();
    await partitions.prepare([addedAt]);
    await writeDays([40]);
    expect(await idsLeft()).toHaveLength(3);
  });
});
