import { Queue as Queue4, Worker as Worker4 } from 'bullmq-v4';
import { Queue as Queue5, Worker as Worker5 } from 'bullmq-v5';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_ACTOR } from '@/lib/auth/permissions';
import { readAll } from '@/lib/backends/conformance/broker';
import type { App } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import type { Scheduler, SchedulerList } from '@/lib/contracts/schedulers';
import { loadEnv } from '@/lib/env';
import { getScheduler } from '@/lib/schedulers/get';
import { listSchedulers } from '@/lib/schedulers/list';
import { pauseScheduler } from '@/lib/schedulers/pause';
import { putScheduler } from '@/lib/schedulers/put';
import { removeScheduler } from '@/lib/schedulers/remove';
import { runScheduler } from '@/lib/schedulers/run';
import { openStore } from '@/lib/store/store';
import { openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { until } from '@/lib/testing/until';
import { execute, type Verb } from '@/lib/verbs';

const HOUR_MS = 3_600_000;
const BOUNDS = { maxRemoved: 50_000, maxMs: 5_000 };
const DATA = { to: 'ada', n: 9_007_199_254_740_991 };
const KEEPING = { attempts: 4, backoff: { type: 'exponential', delay: 250 }, priority: 3 };

interface OldQueue {
  add(name: string, data: unknown, opts: object): Promise<{ id?: string | undefined }>;
  getRepeatableJobs(): Promise<{ key: string; next?: number | undefined }[]>;
  close(): Promise<void>;
}
interface Old {
  queue(name: string, settings?: object): OldQueue;
  worker(name: string, run: (job: { name: string; data: unknown }) => Promise<unknown>): { close(): Promise<void> };
}

/** Repeatable jobs as BullMQ 4 and 5 themselves make them. */
describe.each(['4', '5'])('repeatable jobs of BullMQ %s', (version) => {
  let broker: TestBroker;
  let redis: Redis;
  let app: App;
  let old: Old;
  const opened: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(one: T): T => {
    opened.push(one);
    return one;
  };

  beforeAll(async () => {
    broker = await openRedisBroker();
    redis = new Redis(broker.config.url);
    const connection = { host: '127.0.0.1', port: broker.server.port, maxRetriesPerRequest: null };
    old =
      version === '4'
        ? {
            queue: (name, settings = {}) => keep(new Queue4(name, { connection, settings })) as unknown as OldQueue,
            worker: (name, run) => keep(new Worker4(name, run, { connection })),
          }
        : {
            queue: (name, settings = {}) => keep(new Queue5(name, { connection, settings })) as unknown as OldQueue,
            worker: (name, run) => keep(new Worker5(name, run, { connection })),
          };
    const env = loadEnv({ REDIS_URL: 'redis://127.0.0.1:1' });
    const sources = new Map([['test', { config: broker.config, backend: broker.backend }]]);
    app = { env, store: openStore(await createTestDatabase()), sources };
  });
  afterAll(async () => {
    await Promise.all(opened.map((one) => one.close()));
    redis.disconnect();
    await broker.close();
    await app.store.close();
  });

  const call = async <T>(verb: unknown, input: Record<string, string>, body?: unknown): Promise<T> => {
    const headers = { idempotencyKey: null, lastEventId: null };
    const ask = { ...app, actor: LOCAL_ACTOR, signal: new AbortController().signal, headers };
    return (await execute(verb as Verb, ask, { source: 'test', ...input }, body)) as T;
  };
  const faultOf = (error: unknown) => (error instanceof CodedError ? `${error.code}: ${error.detail}` : String(error));
  /** All keys of a queue with what they hold, so that nothing can change unseen. */
  const dump = async (queue: string) => {
    const keys = (await redis.keys(`bull:${queue}:*`)).sort();
    return Promise.all(keys.map(async (key) => [key, await redis.dumpBuffer(key)] as const));
  };
  const repeat = async (queue: string, name: string, opts: object, settings = {}) => {
    const made = old.queue(queue, settings);
    const job = await made.add(name, DATA, { ...KEEPING, ...opts });
    const [one] = await made.getRepeatableJobs();
    if (!one) throw new Error('no repeatable');
    return { queue: made, key: one.key, job: job.id ?? '', next: one.next ?? 0 };
  };
  const rowsOf = (queue: string, state: 'delayed' | 'prioritized') => readAll(broker.backend, queue, state, 50);

  it.each([
    ['a pattern', 'night', { repeat: { pattern: '0 3 * * *', tz: 'Europe/Berlin' } }, {}],
    ['an interval with an id', 'often', { repeat: { every: HOUR_MS }, jobId: 'mine' }, {}],
    ['another hash', 'hashed', { repeat: { every: 2 * HOUR_MS } }, { repeatKeyHashAlgorithm: 'sha256' }],
  ])(
    'are shown with what is known of them, and run now with all that their next job has: %s',
    async (what, name, opts, settings) => {
      const queue = `shown ${what}`.replaceAll(' ', '-');
      const { key, job, next } = await repeat(queue, name, opts, settings);
      const { items } = await call<SchedulerList>(listSchedulers, { queue });
      const {
        pattern = null,
        tz = null,
        every = null,
      } = opts.repeat as { pattern?: string; tz?: string; every?: number };
      const shown = {
        id: key,
        name,
        pattern,
        tz,
        everyMs: every,
        nextRunAt: new Date(next).toISOString(),
        legacy: true,
      };
      expect(items).toMatchObject([shown]);
      const before = await dump(queue);
      const one = await call<Scheduler>(getScheduler, { queue, scheduler: key });
      expect(one).toMatchObject({ ...shown, template: { name, options: KEEPING } });
      expect(JSON.parse(one.template?.data.text ?? '')).toEqual(DATA);
      for (const own of ['repeat', 'delay', 'jobId', 'prevMillis', 'repeatJobKey', 'timestamp'])
        expect(one.template?.options).not.toHaveProperty(own);
      expect(one.can).toEqual(expect.arrayContaining(['scheduler.run', 'scheduler.remove']));
      expect(Object.keys(one.cannot)).toEqual(
        expect.arrayContaining(['scheduler.put', 'scheduler.pause', 'scheduler.resume']),
      );
      expect(await dump(queue)).toEqual(before);
      const { body } = await call<{ body: { id: string } }>(runScheduler, { queue, scheduler: key });
      const ran = await broker.backend.getJob(queue, body.id, 1_000);
      expect(ran).toMatchObject({ name, state: 'prioritized', priority: 3, attempts: 4, schedulerId: null });
      expect(JSON.parse(ran?.data.text ?? '')).toEqual(DATA);
      expect(ran?.options).toMatchObject(KEEPING);
      expect(await redis.hget(`bull:${queue}:${body.id}`, 'rjk')).toBeNull();
      // Its next run is as it was.
      expect((await rowsOf(queue, 'delayed')).map(({ id }) => id)).toEqual([job]);
    },
  );

  it('are neither paused nor edited, which would lose their data, and stay as they are', async () => {
    const queue = 'kept';
    const { key } = await repeat(queue, 'night', { repeat: { pattern: '0 3 * * *' } });
    const before = await dump(queue);
    const body = { pattern: '0 4 * * *', template: { name: 'night', data: {} } };
    for (const [verb, sent] of [[pauseScheduler], [putScheduler, body]] as const)
      expect(await call(verb, { queue, scheduler: key }, sent).catch(faultOf)).toMatch(
        /^scheduler_conflict: It is a repeatable job of BullMQ 5 or before: .* Make a scheduler in its place, then remove it\.$/,
      );
    expect(await dump(queue)).toEqual(before);
    expect(await app.store.query('SELECT 1 FROM queuedeck.paused_scheduler')).toEqual([]);
  });

  it('keep their next job in a drain, and against its removal', async () => {
    const queue = 'drained';
    const { job } = await repeat(queue, 'night', { repeat: { pattern: '0 3 * * *' } });
    expect(await broker.backend.remove?.(queue, job)).toMatchObject({ kind: 'refused' });
    expect(await broker.backend.drain?.(queue, true, BOUNDS)).toMatchObject({ removed: 0, done: true });
    expect((await rowsOf(queue, 'delayed')).map(({ id }) => id)).toEqual([job]);
  });

  it.each([
    ['as ever', {}],
    ['of another hash', { repeatKeyHashAlgorithm: 'sha256' }],
  ])('are removed with their next job, %s', async (what, settings) => {
    const queue = `removed ${what}`.replaceAll(' ', '-');
    const { key, job, queue: made } = await repeat(queue, 'night', { repeat: { every: HOUR_MS } }, settings);
    await call(removeScheduler, { queue, scheduler: key });
    expect(await redis.exists(`bull:${queue}:${job}`, `bull:${queue}:repeat`, `bull:${queue}:repeat:${key}`)).toBe(0);
    expect(await rowsOf(queue, 'delayed')).toEqual([]);
    expect(await made.getRepeatableJobs()).toEqual([]);
    expect(await call(removeScheduler, { queue, scheduler: key }).catch(faultOf)).toMatch(/^scheduler_not_found/);
  });

  it('say what is missing where their next job is gone', async () => {
    const queue = 'gone';
    const { key, job } = await repeat(queue, 'night', { repeat: { every: HOUR_MS } });
    await redis.zrem(`bull:${queue}:delayed`, job);
    await redis.del(`bull:${queue}:${job}`);
    expect(await call<Scheduler>(getScheduler, { queue, scheduler: key })).toMatchObject({
      name: 'night',
      template: null,
    });
    expect(await call(runScheduler, { queue, scheduler: key }).catch(faultOf)).toBe(
      'scheduler_conflict: It cannot be run now: The job of its next run, which alone has its data and options, is not in the broker.',
    );
    expect(await rowsOf(queue, 'prioritized')).toEqual([]);
  });

  it('say so where their next job is too large to be read', async () => {
    const queue = 'large';
    const { key, job } = await repeat(queue, 'night', { repeat: { every: HOUR_MS } });
    await redis.hset(`bull:${queue}:${job}`, 'data', JSON.stringify({ x: 'x'.repeat(2_000_000) }));
    expect(await call<Scheduler>(getScheduler, { queue, scheduler: key })).toMatchObject({ template: null });
    expect(await call(runScheduler, { queue, scheduler: key }).catch(faultOf)).toMatch(
      /is too large to be read \(1\.9 MB\)/,
    );
    await call(removeScheduler, { queue, scheduler: key });
    expect(await redis.exists(`bull:${queue}:${job}`)).toBe(0);
  });

  it('are run on by their own workers, with their last run told', async () => {
    const queue = 'runs';
    const { key } = await repeat(queue, 'often', { repeat: { every: 300 } });
    const ran: unknown[] = [];
    const worker = old.worker(queue, async ({ data }) => ran.push(data));
    const found = await until(async () => {
      const one = await broker.backend.schedulers?.find(queue, key);
      return ran.length >= 2 && one?.row.lastRun?.state === 'completed' ? one : null;
    }, 'two runs');
    expect(found.row.lastRun?.job).toMatch(/^repeat:[0-9a-f]{32}:\d+$/);
    await worker.close();
    expect(ran[0]).toEqual(DATA);
  });
});
