import { Queue as Queue4, Worker as Worker4 } from 'bullmq-v4';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueueBackend } from '@/lib/backends/backend';
import { figuresOf, readAll } from '@/lib/backends/conformance/broker';
import { openBackend } from '@/lib/backends/registry';
import type { Counts } from '@/lib/contracts/queues';
import { SourceConfig } from '@/lib/env';
import { startRedis, type TestServer } from '@/lib/testing/servers';
import { until } from '@/lib/testing/until';

/** Real producers and workers of BullMQ 4, whose waiting lists hold markers that are no jobs. */
let server: TestServer;
let redis: Redis;
let backend: QueueBackend;
let connection: { host: string; port: number; maxRetriesPerRequest: null };
const opened: { close(): Promise<void> }[] = [];
const BOUNDS = { maxRemoved: 50_000, maxMs: 5_000 };
const HOUR_MS = 3_600_000;

const keep = <T extends { close(): Promise<void> }>(one: T): T => {
  opened.push(one);
  return one;
};
const queue4 = (name: string) => keep(new Queue4(name, { connection }));
const countsOf = async (name: string): Promise<Partial<Counts>> => (await figuresOf(backend, name))?.counts ?? {};
const listOf = (name: string, list = 'wait') => redis.lrange(`bull:${name}:${list}`, 0, -1);
const namesIn = async (name: string) => (await readAll(backend, name, 'waiting', 1)).map((row) => row.name);

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  connection = { host: '127.0.0.1', port: server.port, maxRetriesPerRequest: null };
  backend = openBackend(SourceConfig.parse({ name: 'test', url: server.url }), { role: 'web' });
});
afterAll(async () => {
  await backend.close();
  await Promise.all(opened.map((one) => one.close()));
  redis.disconnect();
  await server.stop();
});

/** What the last entry of a list is in each situation, as BullMQ 4 itself makes it. */
const SITUATIONS: [what: string, make: (queue: Queue4) => Promise<unknown>, jobs: string[]][] = [
  ['the marker of prioritized jobs alone', (queue) => queue.add('urgent', {}, { priority: 2 }), []],
  ['the marker of delayed jobs alone', (queue) => queue.add('later', {}, { delay: HOUR_MS }), []],
  [
    'a marker with jobs behind it and before it',
    async (queue) => {
      await queue.add('urgent', {}, { priority: 2 });
      await queue.add('last', {});
      await queue.add('first', {}, { lifo: true });
    },
    ['first', 'last'],
  ],
  [
    'a marker at the beginning of a long list',
    async (queue) => {
      await queue.add('later', {}, { delay: HOUR_MS });
      await queue.addBulk(Array.from({ length: 100 }, (_, i) => ({ name: `j${i}`, data: {}, opts: { lifo: true } })));
    },
    Array.from({ length: 100 }, (_, i) => `j${99 - i}`),
  ],
];

describe('queues of BullMQ 4', () => {
  it.each(SITUATIONS)('count, list and sweep their jobs and leave %s as it is', async (what, make, jobs) => {
    const name = `v4 ${what}`;
    const queue = queue4(name);
    await make(queue);
    const before = await listOf(name);
    expect(before.filter((id) => id.startsWith('0:'))).toHaveLength(1);
    expect(before).toHaveLength(jobs.length + 1);
    await until(() => backend.hasQueue(name), 'the queue');
    expect((await countsOf(name)).waiting).toBe(jobs.length);
    expect(await namesIn(name)).toEqual(jobs);
    const pages = await backend.listJobs(name, 'waiting', null, Math.max(1, jobs.length));
    expect(pages.next).toBeNull();
    const motion = await backend.motion?.(name);
    expect(motion?.waiting).toBe(jobs.length);
    const swept = await backend.recording?.sweepFields(name, 'waiting', null, null);
    expect(swept?.jobs.map((one) => one.name).toSorted()).toEqual(jobs.toSorted());
    const scanned = await backend.bulk?.scanJobs(
      name,
      'waiting',
      { names: null, error: null, timeField: 'added', fromMs: null, toMs: null, data: false },
      null,
    );
    expect(scanned?.jobs).toHaveLength(jobs.length);
    expect(await listOf(name)).toEqual(before);
    const marker = before.filter((id) => id.startsWith('0:'));
    const cleaned = await backend.clean?.(name, { state: 'waiting', before: Date.now() + HOUR_MS, from: null }, BOUNDS);
    expect(cleaned).toMatchObject({ kind: 'swept', removed: jobs.length, done: true });
    expect(await listOf(name)).toEqual(marker);
    const drained = await backend.drain?.(name, false, BOUNDS);
    expect(drained).toMatchObject({ kind: 'swept', done: true });
    expect(await listOf(name)).toEqual(marker);
    expect((await countsOf(name)).waiting).toBe(0);
  });

  it('are counted on while jobs come and go, with the age of the one that waits longest', async () => {
    const name = 'v4-goes-on';
    const queue = queue4(name);
    await queue.add('urgent', {}, { priority: 2 });
    await until(() => backend.hasQueue(name), 'the queue');
    const addedAt = Date.now();
    for (let n = 1; n <= 4; n++) {
      await queue.add(`j${n}`, {});
      const figures = await figuresOf(backend, name);
      expect(figures?.counts).toMatchObject({ waiting: n, prioritized: 1 });
      expect(figures?.oldestWaitingMs).toBeGreaterThanOrEqual(Date.now() - addedAt - 5);
    }
    await queue.pause();
    expect(await listOf(name, 'paused')).toHaveLength(5);
    await until(async () => (await figuresOf(backend, name))?.paused === true, 'the pause');
    expect((await countsOf(name)).waiting).toBe(4);
    await queue.resume();
    const worker = keep(new Worker4(name, async () => undefined, { connection }));
    await until(async () => (await countsOf(name)).completed === 5, 'all to end');
    expect(await countsOf(name)).toMatchObject({ waiting: 0, prioritized: 0, active: 0 });
    await worker.close();
  });

  it('tell prioritized jobs as those that wait, and why they do', async () => {
    const name = 'v4-prioritized';
    const queue = queue4(name);
    await queue.addBulk(Array.from({ length: 9 }, (_, i) => ({ name: `p${i}`, data: {}, opts: { priority: i + 1 } })));
    await until(() => backend.hasQueue(name), 'the queue');
    await new Promise((resolve) => setTimeout(resolve, 60));
    const figures = await figuresOf(backend, name);
    expect(figures?.counts).toMatchObject({ waiting: 0, prioritized: 9 });
    expect(figures?.oldestWaitingMs).toBeGreaterThanOrEqual(60);
    const motion = await backend.motion?.(name);
    expect(motion).toMatchObject({ waiting: 0, prioritized: 9 });
    expect(motion?.nextReadySince).toBeGreaterThan(Date.now() - 60_000);
  });

  it('lose no lock by a marker that a dead worker left among the active', async () => {
    const name = 'v4-active';
    const queue = queue4(name);
    await queue.add('urgent', {}, { priority: 2 });
    expect(await redis.lmove(`bull:${name}:wait`, `bull:${name}:active`, 'RIGHT', 'LEFT')).toBe('0:0');
    await until(() => backend.hasQueue(name), 'the queue');
    expect((await countsOf(name)).active).toBe(0);
    expect(await backend.motion?.(name)).toMatchObject({ active: 0, lost: [] });
    expect((await backend.listJobs(name, 'active', null, 5)).items).toEqual([]);
    const order = { state: 'active' as const, before: Date.now() + HOUR_MS, from: null };
    expect(await backend.clean?.(name, order, BOUNDS)).toMatchObject({ removed: 0, done: true });
    expect(await listOf(name, 'active')).toEqual(['0:0']);
  });

  it('go whole when they are obliterated, and count no marker as a job', async () => {
    const name = 'v4-obliterated';
    const queue = queue4(name);
    await queue.add('urgent', {}, { priority: 2 });
    await queue.add('one', {});
    await until(() => backend.hasQueue(name), 'the queue');
    await backend.pause?.(name);
    expect(await backend.obliterate?.(name, BOUNDS)).toMatchObject({ kind: 'swept', removed: 2, done: true });
    expect((await redis.keys(`bull:${name}:*`)).filter((key) => !key.endsWith(':meta'))).toEqual([]);
  });
});
