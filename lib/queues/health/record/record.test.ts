import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normaliseError } from '@/lib/failures/naming/normalise';
import { recordFailures } from '@/lib/store/failures/record-failures';
import { Buckets, type FigureNote } from '@/lib/store/figures/buckets';
import { Scopes } from '@/lib/store/history/scopes';
import { openStore, type Store } from '@/lib/store/store';
import { writeRecorded } from '@/lib/store/testing/recorded-jobs';
import { createTestDatabase } from '@/lib/testing/test-database';
import { decideHealth } from '../decide-health';
import { readCauses } from './read-causes';
import { readRecorded } from './read-recorded';
import { RecordWatch } from './record-watch';
import { findSpellStart } from './spell';

const SOURCE = 'test';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.now();

let store: Store;
beforeAll(async () => {
  store = openStore(await createTestDatabase());
  await store.query(
    `INSERT INTO queuedeck.recorder (source, owner, lease_until, cursor, lag_ms, updated_at) VALUES ($1, 'me', now() + interval '1 hour', '{}', 0, now())`,
    [SOURCE],
  );
});
afterAll(() => store.close());

/** What ended, so long ago, in a queue. */
async function write(queue: string, agoMs: number, completed: number, failed: number): Promise<void> {
  const scopes = new Scopes(store, SOURCE);
  await scopes.prepare([{ queue, name: 'mail' }]);
  const of = scopes.of(queue, 'mail');
  const base = { scopes: [of.source, of.queue, of.kind], at: NOW - agoMs };
  const notes: FigureNote[] = [
    { ...base, metric: 'started', times: completed + failed },
    { ...base, metric: 'completed', times: completed },
    { ...base, metric: 'failed', times: failed },
  ];
  const buckets = new Buckets(store);
  await buckets.add(notes);
  await store.transaction((client) => buckets.write(client));
}

/** Jobs of a queue that failed with it; those that are there still, and those that went. */
async function fail(queue: string, message: string, there: number, gone: number, agoMs = 0): Promise<number> {
  const scopes = new Scopes(store, SOURCE);
  await scopes.prepare([{ queue, name: 'mail' }]);
  const { kind } = scopes.of(queue, 'mail');
  const error = normaliseError(message, null);
  const at = NOW - agoMs;
  const one = { error, message, kindId: kind, version: '', at, isFinal: true };
  const groups = await store.transaction((client) =>
    recordFailures(client, SOURCE, Array(there + gone).fill(one) as (typeof one)[]),
  );
  const groupId = groups.get(error.fingerprint.toString('hex'))?.groupId ?? 0;
  const job = (id: string, flags: number) => ({
    ...{ id, queue, state: 'failed' as const, addedAt: at - 20, groupId, flags },
  });
  await writeRecorded(store, SOURCE, [
    ...Array.from({ length: there }, (_, i) => job(`${queue} ${message} ${i}`, 0)),
    ...Array.from({ length: gone }, (_, i) => job(`${queue} ${message} gone ${i}`, 1)),
  ]);
  return groupId;
}

async function watched(): Promise<RecordWatch> {
  const watch = new RecordWatch(store, SOURCE);
  expect(await watch.refresh()).toBe(true);
  return watch;
}

describe('what the record says of queues lately', () => {
  it('is nothing of a source that nobody records', async () => {
    const watch = new RecordWatch(store, 'other');
    await watch.refresh();
    expect(watch.of('emails', Date.now())).toBeNull();
  });

  it('counts what ended in ten minutes where that is enough, else in the hour', async () => {
    await write('busy', 2 * MINUTE, 10, 15);
    await write('busy', 40 * MINUTE, 500, 0);
    await write('slow', 2 * MINUTE, 0, 4);
    await write('slow', 40 * MINUTE, 0, 30);
    await write('old', 3 * HOUR, 0, 90);
    const watch = await watched();
    expect(watch.of('busy', Date.now())?.ended).toEqual({ jobs: 25, failed: 15 });
    expect(watch.of('slow', Date.now())?.ended).toEqual({ jobs: 34, failed: 34 });
    expect(watch.of('old', Date.now())?.ended).toEqual({ jobs: 0, failed: 0 });
    expect(watch.of('never met', Date.now())?.ended).toEqual({ jobs: 0, failed: 0 });
  });

  it('knows the usual by the days before, or by the hours of a young queue, and since when it fails', async () => {
    await write('mail', 3 * 24 * HOUR, 990, 10);
    for (const minutes of [1, 2, 3, 5, 6]) await write('mail', minutes * MINUTE, 60, 40);
    for (const minutes of [20, 30]) await write('mail', minutes * MINUTE, 60, 1);
    await write('young', 5 * HOUR, 20, 5);
    await write('young', 2 * MINUTE, 0, 30);
    const watch = await watched();
    const mail = watch.of('mail', Date.now());
    expect(mail).toMatchObject({ ended: { jobs: 500, failed: 200 } });
    // Of the minutes before the spell those that were yesterday are usual too; those of the spell never are, a minute past midnight neither.
    expect([
      { jobs: 1_000, failed: 10 },
      { jobs: 1_061, failed: 11 },
      { jobs: 1_122, failed: 12 },
    ]).toContainEqual(mail?.usual);
    expect(NOW - (mail?.failingSince ?? 0)).toBeGreaterThanOrEqual(6 * MINUTE);
    expect(NOW - (mail?.failingSince ?? 0)).toBeLessThanOrEqual(7 * MINUTE);
    expect(watch.of('young', Date.now())?.usual).toEqual({ jobs: 25, failed: 5 });
  });

  it('names the cause that most failed jobs have now: of this queue, not of all, and not the last one', async () => {
    await write('pay', 2 * MINUTE, 0, 60);
    const most = await fail('pay', 'card declined', 7, 0, 30 * MINUTE);
    await fail('pay', 'was retried', 1, 50, 20 * MINUTE);
    await fail('pay', 'big elsewhere', 2, 0, 10 * MINUTE);
    await fail('elsewhere', 'big elsewhere', 90, 0, 5 * MINUTE);
    await fail('pay', 'the last one', 1, 0);
    const { cause } = (await watched()).of('pay', Date.now()) ?? {};
    expect(cause).toEqual({ group: most, message: 'card declined', jobs: 7, atLeast: false, sample: null });
    const later = await fail('pay', 'as many, later', 7, 0, MINUTE);
    await fail('pay', 'as many, long ago', 7, 0, 5 * HOUR);
    const { queues } = await readRecorded(store, SOURCE, Date.now());
    const scope = queues.get('pay')?.scope ?? 0;
    await store.query(`UPDATE queuedeck.job SET finished_at = finished_at - interval '2 hours' WHERE group_id = $1`, [
      most,
    ]);
    const again = await readCauses(
      store,
      SOURCE,
      [...queues.values()].filter(({ name }) => name === 'pay'),
    );
    expect(again.get(scope)).toMatchObject({ group: later, jobs: 7 });
  });

  it('notices that jobs are taken, and that none is', async () => {
    await write('taken', 5 * MINUTE, 3, 0);
    const watch = await watched();
    const before = watch.of('taken', Date.now());
    expect(Date.now() - (before?.takenAt ?? 0)).toBeGreaterThan(3 * MINUTE);
    expect(Date.now() - (before?.watchedSince ?? 0)).toBeGreaterThan(5 * MINUTE);
    await write('taken', 0, 3, 0);
    const next = new RecordWatch(store, SOURCE);
    await next.refresh();
    expect(Date.now() - (next.of('taken', Date.now())?.takenAt ?? 0)).toBeLessThan(MINUTE);
  });

  it('says nothing of now when it falls behind', async () => {
    const watch = await watched();
    expect(watch.of('busy', Date.now())).not.toBeNull();
    expect(watch.of('busy', Date.now() + 31_000)).toBeNull();
    await store.query(`UPDATE queuedeck.recorder SET lag_ms = 40000 WHERE source = $1`, [SOURCE]);
    expect((await watched()).of('busy', Date.now())).toBeNull();
    await store.query(`UPDATE queuedeck.recorder SET lag_ms = 0, updated_at = now() WHERE source = $1`, [SOURCE]);
  });

  it('fails without harm when the store is away', async () => {
    const away = openStore('postgres://nobody@127.0.0.1:1/none');
    const watch = new RecordWatch(away, SOURCE);
    expect(await watch.refresh()).toBe(false);
    expect(watch.of('busy', Date.now())).toBeNull();
    await away.close();
  });
});

describe('findSpellStart', () => {
  const bucket = (minutes: number, failed: number, jobs = 100) => ({ at: NOW - minutes * MINUTE, jobs, failed });
  it('goes back to the first break', () => {
    expect(findSpellStart([bucket(1, 90), bucket(3, 90), bucket(9, 90), bucket(50, 1)], [], 0.5)).toBe(
      NOW - 3 * MINUTE,
    );
  });
  it('does not take what is usual for a part of the spell', () => {
    expect(findSpellStart([bucket(1, 90), bucket(2, 1), bucket(3, 2), bucket(4, 1)], [], 0.45)).toBe(NOW - MINUTE);
  });
  it('goes on by tens of minutes where the minutes end', () => {
    const minutes = Array.from({ length: 59 }, (_, i) => bucket(i + 1, 90));
    const tens = [bucket(9, 90), bucket(29, 90), bucket(49, 90), bucket(69, 90), bucket(89, 90), bucket(400, 90)];
    expect(findSpellStart(minutes, tens, 0.45)).toBe(NOW - 89 * MINUTE);
  });
  it('knows none where nothing is bad', () => {
    expect(findSpellStart([bucket(1, 1)], [bucket(9, 3)], 0.45)).toBeNull();
  });
});

it('all of it together: failing by the record', async () => {
  const lately = (await watched()).of('mail', Date.now());
  if (!lately) throw new Error('nothing recorded');
  const counts = {
    waiting: 0,
    active: 0,
    delayed: 0,
    prioritized: 0,
    'waiting-children': 0,
    completed: 0,
    failed: 200,
  };
  const judged = decideHealth({
    at: NOW,
    waitedMs: null,
    lately,
    queue: {
      ...{ source: SOURCE, name: 'mail', counts, countsAtLeast: [], paused: false, oldestWaitingMs: 0, workers: 1 },
      ...{ resting: 0, slots: 1, busy: 0, concurrency: null, rateLimit: null, lastError: null, unreadable: null },
    },
  });
  expect(judged).toMatchObject({
    health: 'failing',
    attention: [{ sentence: '40% of 500 finished jobs failed (usually 1%)' }],
  });
});
