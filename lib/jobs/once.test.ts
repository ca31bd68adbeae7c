import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type Store } from '@/lib/store/store';
import { startPostgres, type TestPostgres } from '@/lib/testing/servers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { findWithEffects, nextEffectRun, pruneEffects } from './effects';
import { type EffectKey, type EffectRun, runOnce } from './once';

const never = new AbortController().signal;
let next = 0;

function keyFor(job: string, owner?: string): EffectKey {
  next += 1;
  return { source: 's', queue: 'q', job, addedAtMs: 7, run: '', key: 'mail', owner: owner ?? `run-${next}` };
}

describe('the effect ledger', () => {
  let store: Store;
  beforeAll(async () => {
    store = openStore(await createTestDatabase());
    await store.query('CREATE TABLE written (value text)');
  });
  afterAll(() => store.close());

  it('does an effect once and answers its result ever after', async () => {
    let times = 0;
    const effect = async () => ({ times: ++times });
    expect(await runOnce(store, keyFor('a'), never, effect)).toEqual({ times: 1 });
    expect(await runOnce(store, keyFor('a'), never, effect)).toEqual({ times: 1 });
    expect(times).toBe(1);
  });

  it('tells a first attempt from one whose predecessor never said how it ended', async () => {
    const seen: string[] = [];
    const failing = async ({ attempt }: EffectRun) => {
      seen.push(attempt);
      throw new Error('connect ECONNREFUSED 127.0.0.1:25');
    };
    await expect(runOnce(store, keyFor('b'), never, failing)).rejects.toThrow('ECONNREFUSED');
    await runOnce(store, keyFor('b'), never, async ({ attempt }) => void seen.push(attempt));
    expect(seen).toEqual(['first', 'uncertain']);
  });

  it('lets a second run of the same job wait for the first, and take its result', async () => {
    let running = 0;
    let most = 0;
    let times = 0;
    const effect = async () => {
      running += 1;
      most = Math.max(most, running);
      await sleep(150);
      running -= 1;
      times += 1;
      return times;
    };
    const results = await Promise.all([1, 2, 3].map(() => runOnce(store, keyFor('c'), never, effect)));
    expect(results).toEqual([1, 1, 1]);
    expect(most).toBe(1);
  });

  it('writes through its transaction exactly once, whatever happens after', async () => {
    const write = async ({ transaction }: EffectRun) => {
      await transaction.query("INSERT INTO written VALUES ('d')");
    };
    await expect(
      runOnce(store, keyFor('d'), never, async (run) => {
        await write(run);
        throw new Error('died after the write');
      }),
    ).rejects.toThrow('died');
    await runOnce(store, keyFor('d'), never, write);
    await runOnce(store, keyFor('d'), never, write);
    expect(await store.query("SELECT * FROM written WHERE value = 'd'")).toHaveLength(1);
  });

  it('does it again for a job that has the id of one that is gone, and in another run', async () => {
    let times = 0;
    const effect = async () => ++times;
    await runOnce(store, keyFor('e'), never, effect);
    await runOnce(store, { ...keyFor('e'), addedAtMs: 8 }, never, effect);
    expect(times).toBe(2);
    await runOnce(store, { ...keyFor('e'), run: 'again' }, never, effect);
    expect(times).toBe(3);
    await runOnce(store, { ...keyFor('e'), run: 'again' }, never, effect);
    await runOnce(store, keyFor('e'), never, effect);
    expect(times).toBe(3);
  });

  it('names another run only for a job that has effects', async () => {
    const of = { source: 's', queue: 'q' };
    await runOnce(store, keyFor('has'), never, async () => 1);
    expect(await nextEffectRun(store, { ...of, job: 'has' })).toMatch(/^[0-9a-f-]{36}$/);
    expect(await nextEffectRun(store, { ...of, job: 'has-none' })).toBeUndefined();
    expect(await findWithEffects(store, { ...of, jobs: ['none', 'has', 'none'] })).toEqual(new Set(['has']));
    expect(await findWithEffects(store, { ...of, queue: 'other', jobs: ['has'] })).toEqual(new Set());
  });

  it('ends with the reason of the signal while another run holds the effect', async () => {
    const stop = new AbortController();
    const first = runOnce(store, keyFor('f'), never, () => sleep(600, 'first'));
    await sleep(100);
    const second = runOnce(store, keyFor('f'), stop.signal, async () => 'second');
    setTimeout(() => stop.abort(new Error('took too long')), 100);
    await expect(second).rejects.toThrow('took too long');
    expect(await first).toBe('first');
  });

  it('prunes what is old', async () => {
    await store.query("UPDATE queuedeck.effect SET started_at = now() - interval '31 days' WHERE job = 'a'");
    expect(await pruneEffects(store)).toBe(1);
  });
});

describe('the effect ledger when the store goes away', () => {
  let server: TestPostgres;
  let store: Store;
  beforeAll(async () => {
    server = await startPostgres();
    store = openStore(server.url);
    await store.query('CREATE TABLE written (value text)');
  });
  afterAll(async () => {
    await store.close();
    await server.stop();
  });

  it('waits for it before the effect', async () => {
    await server.kill();
    let times = 0;
    const done = runOnce(store, keyFor('a'), never, async () => ++times);
    await sleep(300);
    expect(times).toBe(0);
    await server.restart();
    expect(await done).toBe(1);
  });

  it('records an effect that it lost the store in, and does not repeat it', async () => {
    let times = 0;
    const effect = async () => {
      times += 1;
      await server.kill();
      setTimeout(() => void server.restart(), 200);
      return 'sent';
    };
    expect(await runOnce(store, keyFor('b'), never, effect)).toBe('sent');
    expect(await runOnce(store, keyFor('b'), never, effect)).toBe('sent');
    expect(times).toBe(1);
  });

  it('repeats one that wrote through a transaction that was lost: it is there once', async () => {
    let times = 0;
    await runOnce(store, keyFor('c'), never, async ({ transaction }) => {
      times += 1;
      await transaction.query("INSERT INTO written VALUES ('c')");
      if (times > 1) return;
      await server.kill();
      await server.restart();
    });
    expect(times).toBe(2);
    expect(await store.query('SELECT * FROM written')).toHaveLength(1);
  });
});
