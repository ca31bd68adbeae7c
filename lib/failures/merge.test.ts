import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Actor, LOCAL_ACTOR } from '@/lib/auth/permissions';
import { type App, closeApp, openApp } from '@/lib/context';
import type { CallOf, OutputOf } from '@/lib/contracts/endpoints';
import { loadEnv } from '@/lib/env';
import { VERBS } from '@/lib/http/all-verbs';
import { failRecorded } from '@/lib/store/testing/recorded-failures';
import { writeRecorded } from '@/lib/store/testing/recorded-jobs';
import { openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { until } from '@/lib/testing/until';
import { Answer, type Ask, execute, type Verb } from '@/lib/verbs';

const SOURCE = 'test';
const OTHER = 'other';

let broker: TestBroker;
let app: App;

type Name =
  | 'failure.list'
  | 'failure.get'
  | 'failure.differs'
  | 'failure.mute'
  | 'failure.resolve'
  | 'failure.note'
  | 'failure.merge'
  | 'failure.split'
  | 'failure.operate'
  | 'job.search'
  | 'job.suggest';

async function call<N extends Name>(
  name: N,
  { body, ...raw }: CallOf<N> & { body?: unknown },
  actor: Actor = LOCAL_ACTOR,
): Promise<OutputOf<N>> {
  const headers = { idempotencyKey: null, lastEventId: null };
  const ask: Ask = { ...app, actor, signal: new AbortController().signal, headers };
  const answer = await execute(VERBS[name] as unknown as Verb<N>, ask, raw, body);
  return (answer instanceof Answer ? answer.body : answer) as OutputOf<N>;
}

beforeAll(async () => {
  broker = await openRedisBroker();
  const sources = JSON.stringify([SOURCE, OTHER].map((name) => ({ name, url: broker.config.url })));
  app = openApp(loadEnv({ QUEUEDECK_SOURCES: sources, DATABASE_URL: await createTestDatabase() }));
});
afterAll(async () => {
  await closeApp(app);
  await broker.close();
});

const WORDS = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta'];
let round = 0;

/** Groups of their own, with so many failures each; nothing of them is of another test. */
async function openGroups(...totals: number[]): Promise<[number, number, number]> {
  round += 1;
  const frame = `f${round}`;
  const given = totals.flatMap((total, i) =>
    Array.from({ length: total }, () => ({ message: `${WORDS[i]} broke`, frame, queue: `q-${WORDS[i]}` })),
  );
  const ids = [...new Set(await failRecorded(app.store, SOURCE, given))];
  return ids as [number, number, number];
}
const failAgain = (i: number, at = Date.now()) =>
  failRecorded(app.store, SOURCE, [{ message: `${WORDS[i]} broke`, frame: `f${round}`, queue: `q-${WORDS[i]}`, at }]);

describe('groups that are merged', () => {
  it('are one in all that is told of them, and apart again after a split', async () => {
    const [a, b, c] = await openGroups(3, 2, 1);
    const before = await call('failure.get', { group: b });
    const merged = await call('failure.merge', { group: a, body: { groups: [b, c] } });
    expect(merged).toMatchObject({ id: a, total: 6, inRange: 6, parts: 2 });
    expect(merged.line.reduce((sum, one) => sum + one, 0)).toBe(6);
    expect(merged.queues.sort()).toEqual(['q-alpha', 'q-beta', 'q-gamma']);
    const detail = await call('failure.get', { group: b });
    expect(detail).toMatchObject({ id: a, title: 'alpha broke' });
    expect(detail.places.map(({ queue, total }) => [queue, total]).sort()).toEqual([
      ['q-alpha', 3],
      ['q-beta', 2],
      ['q-gamma', 1],
    ]);
    expect(new Map(detail.madeOf.map(({ id, total, by }) => [id, `${total} ${by}`]))).toEqual(
      new Map([
        [b, '2 local'],
        [c, '1 local'],
      ]),
    );
    const found = async (text: string) => (await call('failure.list', { text, limit: 200 })).items.map(({ id }) => id);
    expect(await found('gamma broke')).toContain(a);
    expect(await found('gamma broke')).not.toContain(c);
    expect((await call('failure.list', { queue: 'q-beta', limit: 200 })).items.map(({ id }) => id)).toContain(a);
    await failAgain(1);
    expect(await call('failure.get', { group: a })).toMatchObject({ total: 7, parts: 2 });
    const left = await call('failure.split', { group: a, body: { groups: [b] } });
    expect(left).toMatchObject({ id: a, total: 4, parts: 1 });
    const own = await call('failure.get', { group: b });
    expect(own).toMatchObject({ id: b, total: 3, inRange: 3, parts: 0, title: before.title });
    expect(await found('beta broke')).toContain(b);
  });

  it('undo exactly: what was merged before goes with its own', async () => {
    const [a, b, c] = await openGroups(1, 1, 1);
    await call('failure.merge', { group: b, body: { groups: [c] } });
    await call('failure.merge', { group: a, body: { groups: [b] } });
    expect(await call('failure.get', { group: c })).toMatchObject({ id: a, total: 3, parts: 2 });
    await call('failure.split', { group: a, body: { groups: [b] } });
    expect(await call('failure.get', { group: a })).toMatchObject({ id: a, total: 1, parts: 0 });
    expect(await call('failure.get', { group: c })).toMatchObject({ id: b, total: 2, parts: 1 });
  });

  it('are searched, counted and retried together, by any of their numbers', async () => {
    const [a, b] = await openGroups(1, 1);
    await broker.queue('merged').addBulk(['m1', 'm2'].map((jobId) => ({ name: 'mail', data: {}, opts: { jobId } })));
    const job = { queue: 'merged', state: 'waiting' as const, error: 'x broke', flags: 0 };
    await writeRecorded(app.store, SOURCE, [
      { ...job, id: 'm1', groupId: a },
      { ...job, id: 'm2', groupId: b },
      ...['f1', 'f2'].map((id, i) => ({ ...job, id, state: 'failed' as const, groupId: i === 0 ? a : b })),
    ]);
    await call('failure.merge', { group: a, body: { groups: [b] } });
    for (const number of [a, b]) {
      const { items } = await call('job.search', { q: `group:${number}` });
      expect(items.map(({ id, group }) => `${id} ${group}`).sort()).toEqual(
        ['f1', 'f2', 'm1', 'm2'].map((id) => `${id} ${a}`),
      );
    }
    const { jobsNow, samples } = await call('failure.get', { group: b });
    expect([jobsNow, samples.length]).toEqual([2, 4]);
    expect((await call('failure.differs', { group: b })).failedJobs).toBe(4);
    const { backend } = app.sources.get(SOURCE) ?? broker;
    await until(async () => (await backend.queueNames()).includes('merged'), 'the queue was found');
    const body = { action: 'cancel', reason: 'x', queue: 'merged' } as const;
    expect((await call('failure.operate', { group: b, body })).jobs).toBe(2);
    await call('failure.split', { group: a, body: { groups: [b] } });
    expect((await call('job.search', { q: `group:${b}` })).items.map(({ id }) => id).sort()).toEqual(['f2', 'm2']);
  });

  it('have one state: the failure of a part opens the whole, and a merge alone ends no mute', async () => {
    const [a, b] = await openGroups(1, 5);
    await call('failure.mute', { group: a, body: { failures: 2, note: 'known' } });
    await call('failure.merge', { group: a, body: { groups: [b] } });
    const stateOf = async () => (await call('failure.get', { group: b })).state;
    expect(await stateOf()).toBe('muted');
    await failAgain(1);
    await failAgain(0);
    expect(await stateOf()).toBe('muted');
    await failAgain(1);
    expect(await stateOf()).toBe('open');
    await call('failure.resolve', { group: b });
    expect(await stateOf()).toBe('resolved');
    await failAgain(1, Date.now() + 10);
    expect(await call('failure.get', { group: a })).toMatchObject({ state: 'open', isRegressed: true, note: 'known' });
  });

  it('are refused where it makes no sense, and left as they were', async () => {
    const [a, b, c] = await openGroups(1, 1, 1);
    const [foreign] = (await failRecorded(app.store, OTHER, [{ message: 'alpha broke' }])) as [number];
    const merge = (group: number, groups: number[]) => call('failure.merge', { group, body: { groups } });
    await expect(merge(a, [a])).rejects.toMatchObject({ code: 'group_state' });
    await expect(merge(a, [b, foreign])).rejects.toMatchObject({
      code: 'validation_failed',
      extra: { errors: [{ path: 'groups' }] },
    });
    await expect(merge(a, [2_000_000_000])).rejects.toMatchObject({ code: 'group_not_found' });
    await expect(merge(a, [])).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(
      merge(
        a,
        Array.from({ length: 101 }, (_, i) => i + 1),
      ),
    ).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(call('failure.split', { group: a, body: { groups: [b] } })).rejects.toMatchObject({
      code: 'group_state',
    });
    await expect(call('failure.split', { group: a, body: { groups: [a] } })).rejects.toMatchObject({
      code: 'group_state',
    });
    await merge(a, [b]);
    await expect(merge(b, [a])).rejects.toMatchObject({ code: 'group_state' });
    await merge(c, [b]);
    expect(await call('failure.get', { group: a })).toMatchObject({ id: c, total: 3, parts: 2 });
  });

  it('come out as one tree, whoever merges what at the same time', async () => {
    for (let i = 0; i < 8; i += 1) {
      const groups = await openGroups(1, 1, 1);
      const [a, b, c] = groups;
      const merges = [
        [a, b],
        [b, a],
        [b, c],
        [c, a],
      ] as const;
      await Promise.all([
        Promise.allSettled(merges.map(([group, other]) => call('failure.merge', { group, body: { groups: [other] } }))),
        ...[0, 1, 2].map((word) => failAgain(word)),
      ]);
      const shown = await Promise.all(groups.map((group) => call('failure.get', { group })));
      expect(new Set(shown.map(({ id }) => id)).size).toBe(1);
      expect(shown[0]).toMatchObject({ total: 6, parts: 2 });
    }
  });

  it('are asked for by who may, and stand in the audit', async () => {
    const [a, b] = await openGroups(1, 1);
    const viewer: Actor = { kind: 'local', name: 'eve', role: 'viewer' };
    for (const verb of ['failure.merge', 'failure.split'] as const)
      await expect(call(verb, { group: a, body: { groups: [b] } }, viewer)).rejects.toMatchObject({
        code: 'forbidden',
      });
    await call('failure.merge', { group: a, body: { groups: [b] } });
    await call('failure.split', { group: a, body: { groups: [b] } });
    const rows = await app.store.query<{ action: string; outcome: string; input: unknown }>(
      "SELECT action, outcome, input FROM queuedeck.audit WHERE action IN ('failure.merge', 'failure.split') ORDER BY at DESC, id DESC LIMIT 2",
    );
    expect(rows.map(({ action }) => action).sort()).toEqual(['failure.merge', 'failure.split']);
    for (const row of rows) expect(row).toMatchObject({ outcome: 'done', input: { group: a, groups: [b] } });
  });
});
