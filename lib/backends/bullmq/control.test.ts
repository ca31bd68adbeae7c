import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresBackend, Queue, runMigrations, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis } from '@/lib/testing/servers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { until } from '@/lib/testing/until';
import { type ControlTarget, controlWorker } from './control';
import { postgresControl } from './control/postgres';
import { type ControlChannel, readBeats, readCancel, requestCancel } from './control/protocol';
import { redisControl } from './control/redis';
import type { BullQueue, BullWorker } from './worker/broker';

type Process = (job: { id?: string; attemptsMade: number }, token?: string, signal?: AbortSignal) => Promise<unknown>;

/** A broker with users' own BullMQ queues and workers on it, and a dashboard's channel. */
interface Ground {
  channel: ControlChannel;
  target: ControlTarget;
  queue(name: string): BullQueue;
  worker(name: string, process: Process, concurrency?: number): BullWorker;
  close(): Promise<void>;
}

async function openRedisGround(): Promise<Ground> {
  const server = await startRedis();
  const redis = new Redis(server.url);
  const connection = { url: server.url };
  return {
    channel: redisControl(redis, 'bull'),
    target: server.url,
    queue: (name) => new Queue(name, { connection }),
    worker: (name, process, concurrency = 1) => new Worker(name, process, { connection, concurrency }),
    close: async () => {
      redis.disconnect();
      await server.stop();
    },
  };
}

async function openPostgresGround(): Promise<Ground> {
  const connectionString = await createTestDatabase();
  const pool = new pg.Pool({ connectionString });
  const client = await pool.connect();
  await runMigrations(client, 'bullmq');
  client.release();
  const connection = { connectionString };
  return {
    channel: postgresControl(async (text, values) => (await pool.query(text, values)).rows, 'bullmq'),
    target: connection,
    queue: (name) => new Queue(name, { connection }, createPostgresBackend) as unknown as BullQueue,
    worker: (name, process, concurrency = 1) =>
      new Worker(name, process, { connection, concurrency }, createPostgresBackend) as unknown as BullWorker,
    close: () => pool.end(),
  };
}

const untilAborted = (signal?: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('stopped half-way')), { once: true });
  });

const order = (queue: string, id: string) => ({ queue, id, by: 'anna', reason: 'wrong file', at: Date.now() });

describe.each([
  ['redis', openRedisGround],
  ['postgres', openPostgresGround],
] as const)('control on %s', (_kind, open) => {
  let ground: Ground;
  const closing: { close(): Promise<unknown> }[] = [];

  beforeAll(async () => {
    ground = await open();
  });
  afterAll(async () => {
    await Promise.all(closing.map((one) => one.close()));
    await ground.close();
  });

  const openQueue = (name: string) => {
    const queue = ground.queue(name);
    closing.push(queue);
    return queue;
  };
  const openWorker = (name: string, process: Process, controlled = true, concurrency = 1) => {
    const worker = ground.worker(name, process, concurrency);
    worker.on('error', () => undefined);
    if (controlled) controlWorker(worker, { connection: ground.target, beatEveryMs: 300 });
    closing.push(worker);
    return worker;
  };
  const addActive = async (queue: BullQueue, options: object = {}) => {
    const { id = '' } = await queue.add('job', {}, options);
    await until(async () => (await queue.getJobState(id)) === 'active', 'an active job');
    return id;
  };
  const isBeating = (queue: string) =>
    until(async () => (await readBeats(ground.channel)).find((beat) => beat.queues.includes(queue)), 'a beat');

  it('stops a running job, acknowledges at once, and never retries it', async () => {
    const queue = openQueue('stop');
    openWorker('stop', (_job, _token, signal) => untilAborted(signal));
    await isBeating('stop');
    const id = await addActive(queue, { attempts: 5 });
    const askedAt = performance.now();
    const outcome = await requestCancel(ground.channel, order('stop', id));
    expect(outcome).toEqual({ kind: 'requested', acknowledged: true, workerBeats: true });
    expect(performance.now() - askedAt).toBeLessThan(500);
    await until(async () => (await queue.getJobState(id)) === 'failed', 'its end');
    const job = await queue.getJob(id);
    expect(job?.failedReason).toBe('cancelled: by anna: wrong file');
    expect(job?.attemptsMade).toBe(1);
    expect(await readCancel(ground.channel, 'stop', id)).toMatchObject({
      by: 'anna',
      acknowledgedAt: expect.any(Number),
    });
  });

  it('never stops a later run of the same job', async () => {
    const queue = openQueue('again');
    let runs = 0;
    openWorker('again', async (_job, _token, signal) => {
      runs += 1;
      return runs === 1 ? untilAborted(signal) : sleep(700, 'done');
    });
    await isBeating('again');
    const id = await addActive(queue);
    await requestCancel(ground.channel, order('again', id));
    await until(async () => (await queue.getJobState(id)) === 'failed', 'its end');
    await (await queue.getJob(id))?.retry('failed');
    await until(async () => (await queue.getJobState(id)) === 'active', 'its second run');
    expect(await readCancel(ground.channel, 'again', id)).toBeNull();
    await until(async () => (await queue.getJobState(id)) === 'completed', 'its second end');
    expect(runs).toBe(2);
  });

  it('keeps an order that came while nobody listened, for the attempt that it means', async () => {
    const queue = openQueue('late');
    const { id = '' } = await queue.add('job', {});
    const outcome = await requestCancel(ground.channel, order('late', id));
    expect(outcome).toEqual({ kind: 'requested', acknowledged: false, workerBeats: false });
    openWorker('late', (_job, _token, signal) => untilAborted(signal));
    await until(async () => (await queue.getJobState(id)) === 'failed', 'its end');
    expect((await queue.getJob(id))?.failedReason).toBe('cancelled: by anna: wrong file');
  });

  it('stays requested where the worker does not know the protocol', async () => {
    const queue = openQueue('plain');
    openWorker('plain', () => sleep(900, 'done'), false);
    const id = await addActive(queue);
    const outcome = await requestCancel(ground.channel, order('plain', id));
    expect(outcome).toEqual({ kind: 'requested', acknowledged: false, workerBeats: false });
    expect(await readCancel(ground.channel, 'plain', id)).toMatchObject({ acknowledgedAt: null });
    await until(async () => (await queue.getJobState(id)) === 'completed', 'its end');
  });

  it('is not acknowledged by a processor that takes no signal', async () => {
    const queue = openQueue('deaf');
    openWorker('deaf', () => sleep(1_500, 'done'));
    await isBeating('deaf');
    const id = await addActive(queue);
    const outcome = await requestCancel(ground.channel, order('deaf', id));
    expect(outcome).toEqual({ kind: 'requested', acknowledged: false, workerBeats: true });
    await until(async () => (await queue.getJobState(id)) === 'completed', 'its end');
  });

  it('leaves a job completed that ends in spite of its cancel', async () => {
    const queue = openQueue('stubborn');
    openWorker('stubborn', (_job, _token, signal) => untilAborted(signal).catch(() => 'finished anyway'));
    await isBeating('stubborn');
    const id = await addActive(queue);
    await requestCancel(ground.channel, order('stubborn', id));
    await until(async () => (await queue.getJobState(id)) === 'completed', 'its end');
  });

  it('says when there is nothing to stop', async () => {
    const queue = openQueue('over');
    openWorker('over', async () => 'done');
    const { id = '' } = await queue.add('job', {});
    await until(async () => (await queue.getJobState(id)) === 'completed', 'its end');
    expect(await requestCancel(ground.channel, order('over', id))).toEqual({ kind: 'finished' });
    expect(await requestCancel(ground.channel, order('over', 'nobody'))).toEqual({ kind: 'gone' });
  });

  it('beats once per process with its queues, slots and running jobs, and goes when its workers close', async () => {
    const own = ground.worker('beat-a', (_job, _token, signal) => untilAborted(signal), 3);
    controlWorker(own, { connection: ground.target, beatEveryMs: 300 });
    const queue = openQueue('beat-a');
    const id = await addActive(queue);
    const beat = await until(
      async () =>
        (await readBeats(ground.channel)).find(({ running }) => running.some((job) => job.queue === 'beat-a')),
      'a beat with the job',
    );
    expect(beat.running).toContainEqual({ queue: 'beat-a', id, name: 'job', startedAt: expect.any(Number) });
    expect(beat).toMatchObject({ pid: process.pid, status: 'up', version: expect.stringMatching(/^bullmq 6\./) });
    expect(beat.memoryBytes).toBeGreaterThan(1e6);
    expect(Math.abs(beat.beatAt - Date.now())).toBeLessThan(2_000);
    expect(await readBeats(ground.channel)).toHaveLength(1);

    await requestCancel(ground.channel, order('beat-a', id));
    await own.close();
    await Promise.all(closing.splice(0).map((one) => one.close()));
    await until(async () => (await readBeats(ground.channel)).length === 0, 'no beat');
  });
});
