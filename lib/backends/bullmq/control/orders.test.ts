import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Worker } from '@/lib/contracts/workers';
import {
  openPostgresBroker,
  openRedisBroker,
  type TestBroker,
  type TestProcess,
  type TestWorkerOptions,
} from '@/lib/testing/brokers';
import { until } from '@/lib/testing/until';
import { controlWorker } from '../control';

/** Orders to workers that carry the control module, from the backend's method to a real BullMQ worker. */
describe.each([
  ['Redis', openRedisBroker],
  ['PostgreSQL', openPostgresBroker],
] as const)('orders on %s', (_name, open) => {
  let broker: TestBroker;
  beforeAll(async () => {
    broker = await open();
  });
  afterAll(() => broker.close());

  const controlled = (queue: string, run: TestProcess, options?: TestWorkerOptions) => {
    const worker = broker.worker(queue, run, options);
    controlWorker(worker, { connection: broker.config.url, beatEveryMs: 250 });
    return worker;
  };
  const beatingOn = (queue: string, fits: (worker: Worker) => boolean = () => true) =>
    until(
      async () =>
        (await broker.backend.listWorkers()).find((one) => one.beats && one.queues.includes(queue) && fits(one)),
      `a beat for ${queue}`,
    );
  const order = (worker: string, wish: Parameters<NonNullable<TestBroker['backend']['orderWorker']>>[1]) => {
    if (!broker.backend.orderWorker) throw new Error('no orders');
    return broker.backend.orderWorker(worker, wish);
  };

  it('quiet takes no more jobs and lets running ones go on; resume takes them again', async () => {
    let finish: () => void = () => undefined;
    const ran: string[] = [];
    const worker = controlled('quiet', async ({ name }) => {
      if (name === 'long') await new Promise<void>((resolve) => (finish = resolve));
      ran.push(name);
    });
    const queue = broker.queue('quiet');
    await queue.add('long', {});
    const { id } = await beatingOn('quiet', ({ busy }) => busy === 1);
    expect(await order(id, { kind: 'quiet', by: 'anna' })).toEqual({
      kind: 'placed',
      acknowledged: true,
      refused: null,
    });
    await beatingOn('quiet', ({ status }) => status === 'quiet');
    finish();
    await until(() => ran.includes('long'), 'the running job to end');
    for (const name of ['a', 'b']) await queue.add(name, {});
    await sleep(700);
    expect(ran).toEqual(['long']);
    const figures = (await broker.backend.snapshot()).queues.find(({ name }) => name === 'quiet');
    expect(figures?.counts).toMatchObject({ waiting: 2, active: 0 });
    await order(id, { kind: 'resume', by: 'anna' });
    await until(() => ran.length === 3, 'the others to run');
    await beatingOn('quiet', ({ status }) => status === 'up');
    await worker.close();
  });

  it('gives back what a fetch that was under way brings to a quiet worker, uncounted', async () => {
    const ran: string[] = [];
    const worker = controlled('late-fetch', async ({ name }) => void ran.push(name));
    const { id } = await beatingOn('late-fetch');
    await order(id, { kind: 'quiet', by: 'anna' });
    const queue = broker.queue('late-fetch');
    const added = await queue.add('a', {});
    await sleep(600);
    expect(ran).toEqual([]);
    const job = await broker.backend.getJob('late-fetch', added.id ?? '', 100);
    expect(job).toMatchObject({ state: 'waiting', attemptsMade: 0 });
    await order(id, { kind: 'resume', by: 'anna' });
    await until(() => ran.length === 1, 'it to run');
    await worker.close();
  });

  it('sets how many jobs run at once', async () => {
    let running = 0;
    let most = 0;
    const worker = controlled('lanes', async () => {
      running += 1;
      most = Math.max(most, running);
      await sleep(150);
      running -= 1;
    });
    const { id } = await beatingOn('lanes');
    const done = await order(id, { kind: 'concurrency', queue: 'lanes', concurrency: 4, by: 'anna' });
    expect(done).toEqual({ kind: 'placed', acknowledged: true, refused: null });
    await broker.queue('lanes').addBulk(Array.from({ length: 16 }, () => ({ name: 'a', data: {} })));
    await until(() => most === 4, 'four at once');
    const beat = await beatingOn('lanes', ({ lanes }) => lanes?.find(({ queue }) => queue === 'lanes')?.slots === 4);
    expect(beat.status).toBe('up');
    expect(await order(id, { kind: 'concurrency', queue: 'elsewhere', concurrency: 2, by: 'anna' })).toMatchObject({
      kind: 'which-queue',
    });
    await worker.close();
  });

  it('knows who cannot be ordered', async () => {
    broker.worker('plain', async () => undefined, { name: 'plain-worker' });
    const plain = await until(
      async () => (await broker.backend.listWorkers()).find((one) => one.queues.includes('plain')),
      'the plain worker',
    );
    expect(await order(plain.id, { kind: 'quiet', by: 'anna' })).toEqual({ kind: 'deaf' });
    expect(await order('nobody:1', { kind: 'quiet', by: 'anna' })).toEqual({ kind: 'gone' });
  });

  it('stop: quiet, grace, then abort; the job goes by its own retry policy', async () => {
    let aborted: unknown = null;
    const worker = controlled(
      'stop',
      (_job, _token, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => {
            aborted = signal.reason;
            reject(new Error('stopped half-way'));
          });
        }),
    );
    const closed = new Promise<void>((resolve) => worker.once('closed', () => resolve()));
    const added = await broker.queue('stop').add('long', {}, { attempts: 3, backoff: 60_000 });
    const { id } = await beatingOn('stop', ({ running }) => running?.some(({ queue }) => queue === 'stop') ?? false);
    const askedAt = performance.now();
    expect(await order(id, { kind: 'stop', graceMs: 400, by: 'anna' })).toMatchObject({ acknowledged: true });
    await closed;
    expect(performance.now() - askedAt).toBeGreaterThanOrEqual(390);
    expect(String(aborted)).toContain('stopped: by anna');
    expect(await broker.backend.getJob('stop', added.id ?? '', 100)).toMatchObject({
      state: 'delayed',
      attemptsMade: 1,
    });
  });
});
