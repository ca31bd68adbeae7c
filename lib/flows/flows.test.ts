import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_ACTOR } from '@/lib/auth/permissions';
import type { App } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import { FLOW_NODES, type Flow, type FlowAdded, type FlowList } from '@/lib/contracts/flows';
import { loadEnv } from '@/lib/env';
import { openStore } from '@/lib/store/store';
import { openPostgresBroker, openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { Answer, type Ask, execute, type Verb } from '@/lib/verbs';
import { addFlow } from './add';
import { getFlow } from './get';
import { listFlows } from './list';

function nest(depth: number): object {
  let flow: object = { queue: 'deep', name: 'leaf' };
  for (let i = 1; i < depth; i++) flow = { queue: 'deep', name: 'node', children: [flow] };
  return flow;
}

describe.each([
  ['Redis', openRedisBroker],
  ['PostgreSQL', openPostgresBroker],
] as const)('flows on %s', (_name, open) => {
  let broker: TestBroker;
  let app: App;
  beforeAll(async () => {
    broker = await open();
    const env = loadEnv({ REDIS_URL: 'redis://127.0.0.1:1' });
    const sources = new Map([['test', { config: broker.config, backend: broker.backend }]]);
    app = { env, store: openStore(await createTestDatabase()), sources };
  });
  afterAll(async () => {
    await broker.close();
    await app.store.close();
  });

  const makeAsk = (idempotencyKey: string | null = null, over: Partial<App> = {}): Ask => ({
    ...app,
    ...over,
    actor: LOCAL_ACTOR,
    signal: new AbortController().signal,
    headers: { idempotencyKey, lastEventId: null },
  });
  const add = async (flow: object, key: string | null = null, over: Partial<App> = {}) => {
    const answer: unknown = await execute(addFlow as unknown as Verb, makeAsk(key, over), {}, { source: 'test', flow });
    if (!(answer instanceof Answer)) throw new Error('no answer');
    return { status: answer.status, body: answer.body as FlowAdded };
  };
  const refusal = (promise: Promise<unknown>) =>
    promise.then(
      () => null,
      (error: CodedError) => [error.code, ...(error.extra.errors ?? []).map((one) => one.path)],
    );
  const get = async (queue: string, job: string, more: object = {}) =>
    (await execute(getFlow, makeAsk(), { source: 'test', queue, job, ...more })) as Flow;
  const list = async (raw: object = {}) => (await execute(listFlows, makeAsk(), { ...raw })) as FlowList;
  const waitingIn = async (queue: string) => (await broker.backend.listJobs(queue, 'waiting', null, 200)).items.length;

  it('adds a tree once for each key', async () => {
    const key = randomUUID();
    const flow = {
      queue: 'once',
      name: 'top',
      children: [1, 2, 3].map((n) => ({ queue: 'once-kids', name: `k${n}` })),
    };
    const all = await Promise.all(Array.from({ length: 5 }, () => add(flow, key)));
    expect(new Set(all.map((one) => one.body.id)).size).toBe(1);
    expect(all.map((one) => one.status).sort()).toEqual([200, 200, 200, 200, 201]);
    expect(all[0]?.body).toMatchObject({ state: 'waiting-children', nodes: 4, name: 'top' });
    expect(await waitingIn('once-kids')).toBe(3);
    expect(await refusal(add({ ...flow, name: 'other' }, key))).toEqual(['idempotency_conflict']);
    const named = { ...flow, options: { id: 'mine' } };
    expect(await refusal(add(named, randomUUID()))).toEqual(['validation_failed', 'flow.options.id']);
  });

  it('adds the same tree when its first request died after the broker had it', async () => {
    const key = randomUUID();
    const flow = { queue: 'died', name: 'top', children: [{ queue: 'died-kids', name: 'k' }] };
    const vital = {
      ...app.store.vital,
      query: async (...args: Parameters<typeof app.store.query>) => {
        if (/SET answer/.test(args[0])) throw new CodedError('store_unavailable', 'away');
        return app.store.query(...args);
      },
    } as App['store'];
    const store = { ...app.store, vital };
    expect(await refusal(add(flow, key, { store }))).toEqual(['store_unavailable']);
    expect(await waitingIn('died-kids')).toBe(1);
    const { body } = await add(flow, key);
    expect(await waitingIn('died-kids')).toBe(1);
    expect((await get('died', body.id)).node.children).toMatchObject({ total: 1, pending: 1 });
  });

  it('refuses what is too big or does not fit, and names it', async () => {
    expect(await refusal(add(nest(21)))).toEqual(['validation_failed', 'flow']);
    expect(await refusal(add(nest(20_000)))).toEqual(['validation_failed', 'flow']);
    const kids = Array.from({ length: FLOW_NODES }, () => ({ queue: 'wide', name: 'k' }));
    expect(await refusal(add({ queue: 'wide', name: 'top', children: kids }))).toEqual(['validation_failed', 'flow']);
    const bad = { queue: 'bad', name: 'top', children: [{ queue: 'bad', name: '', options: { deduplication: {} } }] };
    expect((await refusal(add(bad)))?.slice(1).sort()).toEqual([
      'flow.children[0].name',
      'flow.children[0].options.deduplication',
    ]);
    const same = { queue: 'bad', name: 'k', options: { id: 'twice' } };
    expect(await refusal(add({ queue: 'bad', name: 'top', children: [same, same] }))).toEqual([
      'validation_failed',
      'flow.children[1].options.id',
    ]);
    expect(await waitingIn('bad')).toBe(0);
    const whole = await add({ queue: 'wide', name: 'top', children: kids.slice(1) });
    expect(whole.body.nodes).toBe(FLOW_NODES);
    await add({ ...same, queue: 'taken' });
    expect(await refusal(add({ ...same, queue: 'taken' }))).toEqual(['job_exists']);
  });

  it('loads level by level, with the critical path of what is loaded', async () => {
    const leaf = { queue: 'levels', name: 'leaf' };
    const mid = { queue: 'levels', name: 'mid', children: [leaf, leaf] };
    const { id } = (await add({ queue: 'levels', name: 'top', children: [mid, mid, leaf] })).body;
    const one = await get('levels', id);
    expect(one.nodes.map((node) => node.name).sort()).toEqual(['leaf', 'mid', 'mid']);
    expect(one.nodes.filter((node) => node.nextCursor !== null)).toHaveLength(2);
    const two = await get('levels', id, { depth: '2' });
    expect(two.nodes).toHaveLength(7);
    expect(two.criticalPath?.jobs[0]).toEqual({ queue: 'levels', id });
    expect(two.criticalPath?.partial).toBe(false);
    const page = await get('levels', id, { limit: '2' });
    expect(page.nodes).toHaveLength(2);
    const rest = await get('levels', id, { limit: '2', cursor: page.node.nextCursor ?? '' });
    expect(rest.nodes).toHaveLength(1);
    expect(rest.node.nextCursor).toBeNull();
    expect(await refusal(get('levels', 'nope'))).toEqual(['job_not_found']);
  });

  it.each([
    ['its own parent', ['own'], ['own']],
    ['in a ring of two', ['a', 'b'], ['b', 'a']],
    ['in a ring of four', ['c', 'd', 'e', 'f'], ['d', 'e', 'f', 'c']],
  ])('shows a job that is %s, each job of it once', async (_, ids, below) => {
    for (const [i, id] of ids.entries()) {
      const child = { name: 'child', queueName: 'ring', opts: { jobId: ids[(i + 1) % ids.length] } };
      await broker.flows().add({ name: 'parent', queueName: 'ring', opts: { jobId: id }, children: [child] });
    }
    const flow = await get('ring', ids[0] as string, { depth: '5' });
    expect(flow.nodes.map((node) => node.id)).toEqual(below);
    expect(flow.nodes.filter((node) => node.nextCursor !== null)).toEqual([]);
    expect(flow.criticalPath?.jobs.map((job) => job.id)).toEqual(ids);
    expect((await list({ state: 'waiting' })).items.filter(({ queue }) => queue === 'ring')).toEqual([]);
  });

  it('lists roots only, newest first, page by page', async () => {
    const met: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: FlowList = await list({ state: 'waiting-children', limit: '2', ...(cursor ? { cursor } : {}) });
      expect(page.items.length).toBeLessThanOrEqual(2);
      met.push(...page.items.map((flow) => `${flow.queue} ${flow.name}`));
      cursor = page.nextCursor;
    }
    expect(met).toEqual(['levels top', 'wide top', 'died top', 'once top']);
    // Jobs that ended since do not hide them.
    const jobs = Array.from({ length: 450 }, () => ({ name: 'plain', data: {}, options: {} }));
    await broker.backend.addJobs('plain', jobs);
    const worker = broker.worker('plain', async () => 1, { concurrency: 50 });
    const ended = async () => (await broker.backend.snapshot()).queues.find((one) => one.name === 'plain')?.counts;
    await expect.poll(async () => (await ended())?.completed, { timeout: 15_000 }).toBe(450);
    await worker.close();
    const all = await list();
    expect(all.items.map((flow) => flow.name)).toEqual(['top', 'top', 'top', 'top']);
    expect(all.searched).toBeGreaterThan(4);
    expect(await refusal(list({ cursor: Buffer.from('{"k":"x"}').toString('base64url') }))).toEqual([
      'validation_failed',
      'cursor',
    ]);
  });
});
