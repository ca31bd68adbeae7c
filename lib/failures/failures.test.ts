import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_ACTOR } from '@/lib/auth/permissions';
import { type App, closeApp, openApp } from '@/lib/context';
import type { CallOf, OutputOf } from '@/lib/contracts/endpoints';
import { loadEnv } from '@/lib/env';
import { normaliseError } from '@/lib/failures/naming/normalise';
import { VERBS } from '@/lib/http/all-verbs';
import { recordFailures } from '@/lib/store/failures/record-failures';
import { Scopes } from '@/lib/store/history/scopes';
import { writeRecorded } from '@/lib/store/testing/recorded-jobs';
import { openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { Answer, type Ask, execute, type Verb } from '@/lib/verbs';

const SOURCE = 'test';

let broker: TestBroker;
let app: App;
let ask: Ask;

type Name =
  | 'failure.list'
  | 'failure.get'
  | 'failure.differs'
  | 'failure.mute'
  | 'failure.resolve'
  | 'failure.reopen'
  | 'failure.note'
  | 'failure.operate'
  | 'deploy.add'
  | 'deploy.list';

async function call<N extends Name>(name: N, { body, ...raw }: CallOf<N> & { body?: unknown }): Promise<OutputOf<N>> {
  const answer = await execute(VERBS[name] as unknown as Verb<N>, ask, raw, body);
  return (answer instanceof Answer ? answer.body : answer) as OutputOf<N>;
}

/** So many failures with that message, now or at a time. */
async function fail(message: string, times: number, at = Date.now(), version = ''): Promise<number> {
  const scopes = new Scopes(app.store, SOURCE);
  await scopes.prepare([{ queue: 'emails', name: 'mail' }]);
  const { kind } = scopes.of('emails', 'mail');
  const error = normaliseError(message, null);
  const failures = Array.from({ length: times }, () => ({ error, message, kindId: kind, version, at, isFinal: true }));
  const groups = await app.store.transaction((client) => recordFailures(client, SOURCE, failures));
  return groups.get(error.fingerprint.toString('hex'))?.groupId ?? 0;
}

beforeAll(async () => {
  broker = await openRedisBroker();
  const sources = JSON.stringify([{ name: SOURCE, url: broker.config.url }]);
  app = openApp(loadEnv({ QUEUEDECK_SOURCES: sources, DATABASE_URL: await createTestDatabase() }));
  const headers = { idempotencyKey: null, lastEventId: null };
  ask = { ...app, actor: LOCAL_ACTOR, signal: new AbortController().signal, headers };
});
afterAll(async () => {
  await closeApp(app);
  await broker.close();
});

const stateOf = async (group: number) => (await call('failure.get', { group })).state;

describe('groups of failures', () => {
  it('are one for one cause, with what was met where', async () => {
    const one = await fail('Order 17 not found', 3, Date.now(), 'v1');
    const other = await fail('Order 4711 not found', 2, Date.now(), 'v2');
    expect(other).toBe(one);
    const { items } = await call('failure.list', {});
    expect(items).toMatchObject([
      {
        id: one,
        title: 'Order <n> not found',
        message: 'Order 4711 not found',
        total: 5,
        queues: ['emails'],
        names: ['mail'],
        isNew: true,
      },
    ]);
    expect(items[0]?.versions.sort()).toEqual(['v1', 'v2']);
  });

  it('are found by text and state, and paged in each order without one left out', async () => {
    for (let i = 0; i < 7; i += 1) await fail(`cause ${'abcdefg'[i]}`, i + 1, Date.now() - i * 1_000);
    expect((await call('failure.list', { text: 'CAUSE C' })).items).toHaveLength(1);
    expect((await call('failure.list', { text: 'no such' })).items).toHaveLength(0);
    expect((await call('failure.list', { queue: 'other' })).items).toHaveLength(0);
    for (const sort of ['last', 'first', 'count'] as const) {
      const whole = (await call('failure.list', { sort, limit: 200 })).items.map(({ id }) => id);
      const paged: number[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await call('failure.list', { sort, limit: 3, ...(cursor ? { cursor } : {}) });
        paged.push(...page.items.map(({ id }) => id));
        if (page.nextCursor === null) break;
        cursor = page.nextCursor;
      }
      expect(paged).toEqual(whole);
    }
  });

  it('resolved, one comes back by itself when it fails again, marked as regressed', async () => {
    const group = await fail('it regresses', 1);
    await call('failure.resolve', { group });
    expect(await stateOf(group)).toBe('resolved');
    await fail('it regresses', 1, Date.now() - 3_600_000);
    expect(await stateOf(group)).toBe('resolved');
    await fail('it regresses', 1, Date.now() + 10);
    const again = await call('failure.get', { group });
    expect(again).toMatchObject({ state: 'open', isRegressed: true });
  });

  it('muted, it stays so until the number, or the time, is over', async () => {
    const group = await fail('it is loud', 1);
    await call('failure.mute', { group, body: { failures: 2 } });
    await fail('it is loud', 2);
    expect(await stateOf(group)).toBe('muted');
    await fail('it is loud', 1);
    expect(await stateOf(group)).toBe('open');
    await call('failure.mute', { group, body: { until: new Date(Date.now() + 60_000).toISOString(), note: 'known' } });
    await fail('it is loud', 5);
    expect(await call('failure.get', { group })).toMatchObject({ state: 'muted', note: 'known' });
    await fail('it is loud', 1, Date.now() + 120_000);
    expect(await stateOf(group)).toBe('open');
    await expect(call('failure.mute', { group, body: {} })).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(call('failure.mute', { group, body: { until: '2001-01-01T00:00:00.000Z' } })).rejects.toMatchObject({
      code: 'validation_failed',
    });
  });

  it('carry a note, and say what there is not', async () => {
    const group = await fail('noted', 1);
    expect((await call('failure.note', { group, body: { note: 'TICKET-7' } })).note).toBe('TICKET-7');
    expect((await call('failure.note', { group, body: { note: '' } })).note).toBeNull();
    await expect(call('failure.get', { group: 2_000_000_000 })).rejects.toMatchObject({ code: 'group_not_found' });
    await expect(call('failure.operate', { group, body: { action: 'retry', reason: 'x' } })).rejects.toMatchObject({
      code: 'nothing_matches',
    });
  });

  it('tell what their jobs have more often than those that succeeded', async () => {
    const group = await fail('differs', 10);
    await writeRecorded(app.store, SOURCE, [
      ...Array.from({ length: 20 }, (_, i) => ({
        id: `f${i}`,
        state: 'failed' as const,
        error: 'differs',
        groupId: group,
        worker: 'w9',
        data: { country: i < 18 ? 'NL' : 'DE', plan: 'pro' },
      })),
      ...Array.from({ length: 100 }, (_, i) => ({
        id: `s${i}`,
        worker: i < 10 ? 'w9' : 'w1',
        data: { country: i < 10 ? 'NL' : 'DE', plan: 'pro' },
      })),
    ]);
    const { items, failedJobs, succeededJobs } = await call('failure.differs', { group });
    expect([failedJobs, succeededJobs]).toEqual([20, 100]);
    expect(items).toEqual([
      { kind: 'worker', path: '', value: 'w9', failed: { with: 20, of: 20 }, succeeded: { with: 10, of: 100 } },
      { kind: 'data', path: 'country', value: 'NL', failed: { with: 18, of: 20 }, succeeded: { with: 10, of: 100 } },
    ]);
  });

  it('change nothing where the record says failed and the broker no longer does', async () => {
    const queue = broker.queue('retries');
    const jobs = await queue.addBulk(Array.from({ length: 3 }, () => ({ name: 'mail', data: {} })));
    const ids = (jobs as { id?: string }[]).map(({ id }) => id ?? '');
    const group = await fail('to be retried', 3);
    await writeRecorded(
      app.store,
      SOURCE,
      ids.map((id) => ({
        id,
        queue: 'retries',
        state: 'failed' as const,
        error: 'to be retried',
        groupId: group,
        flags: 0,
      })),
    );
    const { backend } = app.sources.get(SOURCE) ?? broker;
    while (!(await backend.queueNames()).includes('retries')) await new Promise((done) => setTimeout(done, 100));
    // They wait in the broker: none is failed there any more, so none may be changed.
    await expect(call('failure.operate', { group, body: { action: 'retry', reason: 'x' } })).rejects.toMatchObject({
      code: 'nothing_matches',
    });
  });

  it('are changed but for what is odd or gone, which is told', async () => {
    const [nul, gone] = ['odd\0queue', 'gone'];
    await broker
      .queue('sound')
      .addBulk(['j1', 'a\0b', 'j2'].map((jobId) => ({ name: 'mail', data: {}, opts: { jobId } })));
    await broker.queue(nul).addBulk([{ name: 'mail', data: {}, opts: { jobId: 'j1' } }]);
    const group = await fail('to be cancelled', 6);
    const open = { state: 'waiting' as const, error: 'to be cancelled', groupId: group, flags: 0 };
    const places = [nul, gone].map((queue) => ({ queue, id: 'j1' }));
    const sound = ['a\0b', 'j1', 'j2', 'j3'].map((id) => ({ queue: 'sound', id }));
    await writeRecorded(
      app.store,
      SOURCE,
      [...sound, ...places].map((place) => ({ ...open, ...place })),
    );
    const { backend } = app.sources.get(SOURCE) ?? broker;
    while (!(await backend.queueNames()).includes('sound')) await new Promise((done) => setTimeout(done, 100));
    const { operations, jobs, leftOut } = await call('failure.operate', {
      group,
      body: { action: 'cancel', reason: 'x' },
    });
    expect(operations).toMatchObject([{ queue: 'sound', total: 2 }]);
    expect(jobs).toBe(2);
    expect(leftOut).toEqual([
      { queue: gone, jobs: 1, reason: expect.stringContaining('no queue') },
      { queue: nul, jobs: 1, reason: expect.stringContaining('NUL') },
    ]);
    await expect(
      call('failure.operate', { group, body: { action: 'cancel', reason: 'x', queue: nul } }),
    ).rejects.toMatchObject({ code: 'validation_failed' });
  });
});

describe('deploy marks', () => {
  it('are kept once, bounded in time, and name what is new since', async () => {
    const at = new Date(Date.now() - 60_000).toISOString();
    const mark = await call('deploy.add', { body: { version: '1.4.2', at } });
    expect((await call('deploy.add', { body: { version: '1.4.2', at } })).id).toBe(mark.id);
    expect((await call('deploy.list', {})).items).toMatchObject([{ version: '1.4.2', origin: 'api', at }]);
    const group = await fail('new since the deploy', 1);
    expect((await call('failure.get', { group })).newSince).toBe('1.4.2');
    await expect(call('deploy.add', { body: { version: '1', at: '2001-01-01T00:00:00.000Z' } })).rejects.toMatchObject({
      code: 'validation_failed',
    });
  });
});
