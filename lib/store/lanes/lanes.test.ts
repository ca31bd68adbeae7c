import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CodedError } from '@/lib/contracts/errors';
import { openStore, type Store } from '@/lib/store/store';
import { startPostgres } from '@/lib/testing/servers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { type HeavyLane, LANES } from './lanes';
import type { Reader } from './reader';

const never = () => new AbortController().signal;
const codeOf = (error: CodedError) => error.code;
const SLOW = 'SELECT pg_sleep(30)';

let url: string;
let store: Store;
let watcher: pg.Client;
const leaving: AbortController[] = [];

/** What runs in the database, but for this question, orders to cancel and what the server does by itself. */
async function running(): Promise<{ pid: number; query: string }[]> {
  const { rows } = await watcher.query(
    `SELECT pid, query FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()
        AND backend_type = 'client backend' AND query NOT LIKE '%pg_cancel_backend%'`,
  );
  return rows;
}

const backends = async () =>
  (await watcher.query(`SELECT pid FROM pg_stat_activity WHERE datname = current_database()`)).rows.map(
    ({ pid }) => pid,
  );

/** Holds a turn until it is told to leave, or the test ends. */
function occupy(lane: HeavyLane, caller: string, text = SLOW) {
  const leave = new AbortController();
  leaving.push(leave);
  const answer = store.turn(lane, { caller, signal: leave.signal }, (reader) => reader.query(text));
  const settled = answer.then(
    () => 'done',
    (error: Error) => error,
  );
  return { leave: () => leave.abort(new Error('left')), settled };
}

beforeAll(async () => {
  url = await createTestDatabase();
  store = openStore(url);
  await store.query('SELECT 1');
  watcher = new pg.Client(url);
  await watcher.connect();
});
afterEach(async () => {
  for (const leave of leaving.splice(0)) leave.abort(new Error('left'));
  await expect.poll(running).toEqual([]);
});
afterAll(async () => {
  await watcher.end();
  await store.close();
});

describe('lanes', () => {
  it('are sixteen connections in all', () => {
    expect(Object.values(LANES).reduce((sum, { places }) => sum + places, 0)).toBe(16);
  });

  it('hold up nobody in another: all of them full, the vital one answers', async () => {
    for (const caller of ['a', 'a', 'b', 'b']) occupy('search', caller);
    for (const caller of ['a', 'a', 'b']) occupy('figures', caller);
    const ordinary = Array.from({ length: 50 }, () => store.query('SELECT pg_sleep(0.05)'));
    await expect
      .poll(async () => (await running()).length)
      .toBe(LANES.search.places + LANES.figures.places + LANES.ordinary.places);
    const from = performance.now();
    for (let i = 0; i < 20; i += 1) await store.vital.query('SELECT 1');
    expect((await running()).filter(({ query }) => query === SLOW)).toHaveLength(7);
    expect(performance.now() - from).toBeLessThan(1_000);
    await Promise.all(ordinary);
  });

  it('give a caller two turns, leave room for others, and refuse in time', async () => {
    occupy('search', 'greedy');
    occupy('search', 'greedy');
    const third = store.turn('search', { caller: 'greedy', signal: never() }, (reader) => reader.query('SELECT 1'));
    const other = store.turn('search', { caller: 'other', signal: never() }, (reader) => reader.query('SELECT 1 AS n'));
    expect(await other).toEqual([{ n: 1 }]);
    expect(await third.catch((error) => error)).toMatchObject({
      code: 'too_many_requests',
      extra: { retryAfterSeconds: 1 },
    });
  });

  it('are busy when this process asks for too much, which is not the store being away', async () => {
    const one = openStore(url, { max: 1, waitMs: 300 });
    await one.query('SELECT 1');
    const slow = one.query('SELECT pg_sleep(0.2)');
    const all = Array.from({ length: 20 }, () => one.query('SELECT pg_sleep(0.2)').then(() => 'done', codeOf));
    expect([...new Set(await Promise.all(all))].sort()).toEqual(['busy', 'done']);
    await slow;
    await one.close();
  });

  it('say that the store is away when nothing in them ends at all', async () => {
    const postgres = await startPostgres();
    const one = openStore(postgres.url, { max: 1, waitMs: 300 });
    try {
      await one.query('SELECT 1');
      postgres.freeze();
      const stuck = one.query('SELECT 1').then(() => 'done', codeOf);
      expect(await one.query('SELECT 1').catch(codeOf)).toBe('store_unavailable');
      postgres.thaw();
      expect(await stuck).toBe('done');
      expect(await one.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
    } finally {
      await one.close();
      await postgres.stop();
    }
  });
});

describe('a turn', () => {
  it('ends in the server within a second when its asker leaves, and no other with it', async () => {
    const gone = occupy('search', 'a');
    const stays = occupy('search', 'b');
    await expect.poll(async () => (await running()).length).toBe(2);
    const before = await running();
    const from = performance.now();
    gone.leave();
    await expect.poll(async () => (await running()).length, { interval: 20 }).toBe(1);
    expect(performance.now() - from).toBeLessThan(1_000);
    expect(await gone.settled).toMatchObject({ message: 'left' });
    const [left] = await running();
    const pid = before.find((one) => one.pid !== left?.pid)?.pid;
    await expect.poll(backends).not.toContain(pid);
    expect(await Promise.race([stays.settled, sleep(50, 'runs')])).toBe('runs');
  });

  it('begins nothing when its asker left while it stood in line', async () => {
    occupy('search', 'a');
    occupy('search', 'a');
    const third = occupy('search', 'a', 'SELECT pg_sleep(29)');
    third.leave();
    expect(await third.settled).toMatchObject({ message: 'left' });
    expect((await running()).some(({ query }) => query.includes('29'))).toBe(false);
  });

  it('is over with what it was taken for: what was asked beside a failure is not left running', async () => {
    const fails = store.turn('search', { caller: 'a', signal: never() }, (reader) =>
      Promise.all([reader.query('SELECT 1/0'), reader.query(SLOW)]),
    );
    await expect(fails).rejects.toThrow(/division/);
    expect(await running()).toEqual([]);
    let kept: Reader | null = null;
    await store.turn('search', { caller: 'a', signal: never() }, async (reader) => {
      kept = reader;
    });
    await expect((kept as unknown as Reader).query('SELECT 1')).rejects.toThrow('over');
  });

  it('stops a query at its limit, and goes on', async () => {
    const answers = await store.turn('search', { caller: 'a', signal: never() }, async (reader) => [
      await reader.query(SLOW, [], 50).catch((error: Error) => error.name),
      await reader.query('SELECT 1 AS n'),
      await reader.query("SELECT current_setting('statement_timeout') AS ms"),
    ]);
    expect(answers).toEqual(['TooSlowError', [{ n: 1 }], [{ ms: '9500ms' }]]);
  });

  it('reads one after the other on one connection, however many are asked for at once', async () => {
    const pids = await store.turn('figures', { caller: 'a', signal: never() }, (reader) =>
      Promise.all(Array.from({ length: 10 }, () => reader.query<{ pid: number }>('SELECT pg_backend_pid() AS pid'))),
    );
    expect(new Set(pids.map(([row]) => row?.pid)).size).toBe(1);
  });

  it('gives its place back after every end', async () => {
    for (let i = 0; i < 30; i += 1) {
      const leave = new AbortController();
      const asked = store.turn('figures', { caller: 'a', signal: leave.signal }, (reader) => reader.query(SLOW));
      setTimeout(() => leave.abort(new Error('left')), i);
      await expect(asked).rejects.toThrow('left');
    }
    const both = [occupy('figures', 'a', 'SELECT 1'), occupy('figures', 'a', 'SELECT 1')];
    expect(await Promise.all(both.map(({ settled }) => settled))).toEqual(['done', 'done']);
  });
});
