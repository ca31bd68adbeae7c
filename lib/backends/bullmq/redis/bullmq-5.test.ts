import {
  FlowProducer as FlowProducer5,
  Queue as Queue5,
  QueueEvents as QueueEvents5,
  Worker as Worker5,
} from 'bullmq-v5';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackendEvent, QueueBackend } from '@/lib/backends/backend';
import { figuresOf, job, readAll } from '@/lib/backends/conformance/broker';
import { openBackend } from '@/lib/backends/registry';
import { SourceConfig } from '@/lib/env';
import { decideQueue } from '@/lib/queues/why/decide-queue';
import { startRedis, type TestServer } from '@/lib/testing/servers';
import { until } from '@/lib/testing/until';

/** Real producers and workers of BullMQ 5, and our backend, which speaks with BullMQ 6. */
let server: TestServer;
let redis: Redis;
let backend: QueueBackend;
let connection: { host: string; port: number; maxRetriesPerRequest: null };
const opened: { close(): Promise<void> }[] = [];

const keep = <T extends { close(): Promise<void> }>(one: T): T => {
  opened.push(one);
  return one;
};
const queue5 = (name: string) => keep(new Queue5(name, { connection }));
const worker5 = (name: string, run: (one: { name: string; data: unknown }) => Promise<unknown>) =>
  keep(new Worker5(name, run, { connection }));
const countsOf = async (name: string) => (await figuresOf(backend, name))?.counts ?? {};
const addMany = (queue: Queue5, count: number, label = 'j') =>
  queue.addBulk(Array.from({ length: count }, (_, i) => ({ name: `${label}${i}`, data: { i } })));

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

describe('queues of BullMQ 5', () => {
  it('show their jobs in every state', async () => {
    const queue = queue5('v5-states');
    const worker = worker5('v5-states', async (one) => {
      if (one.name === 'fails') throw new Error('no: v5');
      return { ok: true };
    });
    await queue.add('fine', { a: 1 });
    await queue.add('fails', {});
    await until(async () => {
      const counts = await queue.getJobCounts('completed', 'failed');
      return counts.completed === 1 && counts.failed === 1;
    }, 'both to end');
    await worker.close();
    await queue.add('waits', {});
    await queue.add('later', {}, { delay: 60_000 });
    await queue.add('urgent', {}, { priority: 3 });
    await until(() => backend.hasQueue('v5-states'), 'the queue');
    expect(await countsOf('v5-states')).toMatchObject({
      waiting: 1,
      delayed: 1,
      prioritized: 1,
      completed: 1,
      failed: 1,
    });
    for (const [state, name] of [
      ['waiting', 'waits'],
      ['delayed', 'later'],
      ['prioritized', 'urgent'],
      ['completed', 'fine'],
      ['failed', 'fails'],
    ] as const)
      expect((await readAll(backend, 'v5-states', state, 10)).map((row) => row.name)).toEqual([name]);
    const [failed] = await readAll(backend, 'v5-states', 'failed', 10);
    expect(failed).toMatchObject({ error: 'no: v5', attemptsMade: 1 });
    expect((await backend.readMeta?.('v5-states'))?.fields.version).toMatch(/^bullmq:5\./);
  });

  it('show what BullMQ 5 left in its paused list, and lose none of it over pages', async () => {
    const queue = queue5('v5-paused');
    await addMany(queue, 30, 'before');
    await queue.pause();
    await addMany(queue, 30, 'after');
    expect(await redis.llen('bull:v5-paused:paused')).toBe(60);
    await until(() => backend.hasQueue('v5-paused'), 'the queue');
    const figures = await figuresOf(backend, 'v5-paused');
    expect(figures).toMatchObject({ paused: true, counts: { waiting: 60 } });
    const rows = await readAll(backend, 'v5-paused', 'waiting', 25);
    expect(new Set(rows.map((row) => row.id)).size).toBe(60);
    expect(await backend.getJob('v5-paused', rows[0]?.id ?? '', 100)).toMatchObject({ state: 'waiting' });
    await backend.resume?.('v5-paused');
    expect(await redis.llen('bull:v5-paused:paused')).toBe(0);
    const ran: string[] = [];
    const worker = worker5('v5-paused', async (one) => ran.push(one.name));
    await until(() => ran.length === 60, 'all to run');
    await worker.close();
    expect(ran.slice(0, 2)).toEqual(['before0', 'before1']);
  });

  it('tell why nothing is taken where their pause was lost with their settings, and run on once resumed', async () => {
    const queue = queue5('v5-lost-pause');
    await addMany(queue, 5);
    await queue.pause();
    await redis.del('bull:v5-lost-pause:meta');
    await until(() => backend.hasQueue('v5-lost-pause'), 'the queue');
    await until(async () => (await figuresOf(backend, 'v5-lost-pause'))?.paused === false, 'its figures');
    const motion = await backend.motion?.('v5-lost-pause');
    if (!motion) throw new Error('no motion');
    expect(motion).toMatchObject({ waiting: 5, setAside: 5, paused: false });
    const [why] = decideQueue({ motion, staff: { workers: 1, resting: 0, slots: 1 } });
    expect(why?.sentence).toMatch(/^5 jobs wait where BullMQ 5 keeps those of a paused queue/);
    await backend.resume?.('v5-lost-pause');
    expect(await backend.motion?.('v5-lost-pause')).toMatchObject({ waiting: 5, setAside: 0 });
  });

  it('stop at our pause, and lose no job when BullMQ 5 itself resumes', async () => {
    const queue = queue5('v5-pause');
    await addMany(queue, 10, 'before');
    await backend.pause?.('v5-pause');
    expect(await queue.isPaused()).toBe(true);
    const ran: string[] = [];
    const worker = worker5('v5-pause', async (one) => ran.push(one.name));
    await addMany(queue, 10, 'during');
    await backend.addJobs('v5-pause', [job('ours')]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(ran).toEqual([]);
    expect(await countsOf('v5-pause')).toMatchObject({ waiting: 21 });
    await queue.resume();
    await until(() => ran.length === 21, 'all to run');
    await worker.close();
    expect(new Set(ran).size).toBe(21);
    expect(await countsOf('v5-pause')).toMatchObject({ waiting: 0, completed: 21 });
  });

  it('take our retry, promotion and edit while paused, and run them after their own resume', async () => {
    const queue = queue5('v5-retry');
    let fail = true;
    const ran: unknown[] = [];
    const run = async (one: { name: string; data: unknown }) => {
      if (fail) throw new Error('not yet');
      ran.push(one.data);
    };
    const worker = worker5('v5-retry', run);
    const { id = '' } = await queue.add('one', { n: 1 }, { attempts: 2 });
    await until(async () => (await queue.getFailedCount()) === 1, 'it to fail');
    const later = await queue.add('later', { n: 2 }, { delay: 3_600_000 });
    await queue.pause();
    await addMany(queue, 3);
    fail = false;
    expect(
      await backend.retry?.('v5-retry', id, { dataText: '{"n":12345678901234567890}', resetAttempts: true }),
    ).toEqual({
      kind: 'done',
      state: 'waiting',
    });
    expect(await backend.promote?.('v5-retry', later.id ?? '')).toEqual({ kind: 'done', state: 'waiting' });
    expect(await countsOf('v5-retry')).toMatchObject({ waiting: 5, failed: 0, delayed: 0 });
    await queue.resume();
    await until(() => ran.length === 5, 'all to run');
    await worker.close();
    expect(await backend.getJob('v5-retry', id, 100)).toMatchObject({ state: 'completed', attemptsMade: 1 });
  });

  it('take our operations while paused, and run every job of them after their own resume', async () => {
    const queue = queue5('v5-bulk');
    const other = queue5('v5-bulk-other');
    let fail = true;
    const ran: string[] = [];
    const worker = worker5('v5-bulk', async (one) => {
      if (fail) throw new Error('not yet');
      ran.push(one.name);
    });
    await addMany(queue, 20, 'retried');
    await until(async () => (await queue.getFailedCount()) === 20, 'all to fail');
    const delayed = await Promise.all([0, 1, 2].map((i) => queue.add(`promoted${i}`, {}, { delay: 3_600_000 })));
    const moved = await addMany(other, 3, 'moved');
    await queue.pause();
    await addMany(queue, 3, 'waited');
    fail = false;
    const bulk = backend.bulk;
    const change = async (kind: 'retry' | 'promote', from: 'failed' | 'delayed', ids: string[]) =>
      bulk?.changeJobs(
        `op-${kind}`,
        'v5-bulk',
        kind === 'retry' ? { kind, from, resetAttempts: false } : { kind, from },
        ids.map((id) => ({ id })),
      );
    const failed = (await readAll(backend, 'v5-bulk', 'failed', 50)).map(({ id }) => id);
    expect(await change('retry', 'failed', failed)).toEqual(failed.map(() => 'done'));
    expect(
      await change(
        'promote',
        'delayed',
        delayed.map(({ id = '' }) => id),
      ),
    ).toEqual(['done', 'done', 'done']);
    const items = moved.map(({ id = '' }) => ({ id: `${id}` }));
    // The same ids are taken in the other queue: numbers are given out by each queue.
    const taken = await bulk?.changeJobs(
      'op-move',
      'v5-bulk-other',
      { kind: 'move', from: 'waiting', toQueue: 'v5-bulk' },
      items,
    );
    expect(taken).toHaveLength(3);
    const reached = 26 + (taken ?? []).filter((outcome) => outcome === 'done').length;
    expect(await redis.exists('bull:v5-bulk:wait')).toBe(0);
    expect(await redis.llen('bull:v5-bulk:paused')).toBe(reached);
    await queue.resume();
    await until(() => ran.length === reached, 'all to run');
    await worker.close();
    expect(new Set(ran).size).toBe(reached);
    expect(await countsOf('v5-bulk')).toMatchObject({ waiting: 0, failed: 0 });
  });

  it('are drained and cleaned, paused list and all', async () => {
    const queue = queue5('v5-drain');
    await addMany(queue, 600);
    await queue.pause();
    await addMany(queue, 600);
    await queue.add('later', {}, { delay: 60_000 });
    const bounds = { maxRemoved: 50_000, maxMs: 5_000 };
    expect(await backend.drain?.('v5-drain', false, bounds)).toMatchObject({ removed: 1200, done: true });
    expect(await redis.exists('bull:v5-drain:paused', 'bull:v5-drain:wait')).toBe(0);
    expect(await countsOf('v5-drain')).toMatchObject({ waiting: 0, delayed: 1 });
    expect(await queue.getJobCounts('paused', 'wait', 'delayed')).toMatchObject({ paused: 0, delayed: 1 });
  });

  it('tell their life over our tail, and hear our changes in theirs', async () => {
    const queue = queue5('v5-events');
    await queue.add('first', {});
    await until(() => backend.hasQueue('v5-events'), 'the queue');
    await backend.queueNames();
    const stop = new AbortController();
    const seen: BackendEvent[] = [];
    const listening = (async () => {
      for await (const batch of backend.events(stop.signal)) seen.push(...batch);
    })();
    const events = keep(new QueueEvents5('v5-events', { connection }));
    await events.waitUntilReady();
    let removed = '';
    events.on('removed', ({ jobId }) => {
      removed = jobId;
    });
    const worker = worker5('v5-events', async () => 'ok');
    const added = await queue.add('second', {});
    const statesOf = (id: string | undefined) =>
      seen.flatMap((event) => (event.type === 'state' && event.id === id ? [event.state] : []));
    await until(() => statesOf(added.id).includes('completed'), 'its end in our tail');
    await worker.close();
    await backend.remove?.('v5-events', added.id ?? '');
    await until(() => removed === added.id, 'our removal in theirs');
    stop.abort();
    await listening;
  });

  it('show their flows and their schedulers', async () => {
    const flows = keep(new FlowProducer5({ connection }));
    const { job: parent } = await flows.add({
      name: 'parent',
      queueName: 'v5-parent',
      children: [{ name: 'child', queueName: 'v5-child', data: {} }],
    });
    await until(() => backend.hasQueue('v5-child'), 'the queue');
    await backend.queueNames();
    const found = await backend.getJob('v5-parent', parent.id ?? '', 100);
    expect(found).toMatchObject({ state: 'waiting-children', children: { total: 1, items: [{ name: 'child' }] } });
    const queue = queue5('v5-schedule');
    await queue.upsertJobScheduler('nightly', { pattern: '0 3 * * *' }, { name: 'night' });
    const [row] = await readAll(backend, 'v5-schedule', 'delayed', 10);
    expect(await backend.getJob('v5-schedule', row?.id ?? '', 10)).toMatchObject({ schedulerId: 'nightly' });
    expect(await backend.remove?.('v5-schedule', row?.id ?? '')).toMatchObject({ kind: 'refused' });
    const bounds = { maxRemoved: 50_000, maxMs: 5_000 };
    expect(await backend.drain?.('v5-schedule', true, bounds)).toMatchObject({ removed: 0, done: true });
    expect(await countsOf('v5-schedule')).toMatchObject({ delayed: 1 });
  });
});
