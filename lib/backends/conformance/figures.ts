import { expect, it } from 'vitest';
import { until } from '@/lib/testing/until';
import { type Bench, figuresOf, holdActive, job, runAll } from './broker';

export function testFigures(bench: Bench): void {
  it('counts every state', async () => {
    const queue = 'figures';
    await bench.backend.addJobs(queue, [job('a'), job('fails')]);
    await runAll(bench, queue, 2);
    const held = await holdActive(bench, queue);
    await bench.backend.addJobs(queue, [job('w'), job('d', { delayMs: 60_000 }), job('p', { priority: 1 })]);
    const figures = await figuresOf(bench.backend, queue);
    expect(figures?.counts).toMatchObject({ active: 1, completed: 1, failed: 1, delayed: 1 });
    expect((figures?.counts.waiting ?? 0) + (figures?.counts.prioritized ?? 0)).toBe(2);
    expect(figures?.lastError).toMatchObject({ message: 'no: fails' });
    await held.end();
  });

  it('is true a second after a change, whoever made it', async () => {
    const queue = 'figures-fresh';
    const own = bench.broker.queue(queue);
    await own.add('first', {});
    await until(() => bench.backend.hasQueue(queue), 'the queue');
    expect((await figuresOf(bench.backend, queue))?.counts.waiting).toBe(1);
    for (let i = 2; i < 6; i++) {
      await own.add('more', {});
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect((await figuresOf(bench.backend, queue))?.counts.waiting).toBe(i);
    }
  });

  it('tells pause and limits, and the oldest wait', async () => {
    const queue = 'figures-meta';
    const own = bench.broker.queue(queue);
    await own.add('old', {});
    await new Promise((resolve) => setTimeout(resolve, 120));
    await own.add('new', {});
    await own.setGlobalConcurrency(7);
    await own.setGlobalRateLimit(100, 1000);
    await bench.backend.pause?.(queue);
    const figures = await figuresOf(bench.backend, queue);
    expect(figures).toMatchObject({ paused: true, concurrency: 7, rateLimit: { max: 100, durationMs: 1000 } });
    expect(figures?.oldestWaitingMs).toBeGreaterThanOrEqual(120);
    await bench.backend.resume?.(queue);
    expect((await figuresOf(bench.backend, queue))?.paused).toBe(false);
    await own.pause();
    expect(await until(async () => (await figuresOf(bench.backend, queue))?.paused, 'a pause by others')).toBe(true);
    await own.resume();
    await until(async () => (await figuresOf(bench.backend, queue))?.paused === false, 'a resume by others');
  });

  it('takes prioritized jobs for work that waits, and finds the oldest of them in whatever priority it is', async () => {
    for (const [queue, priorities] of [
      ['figures-prioritized', [5, 1, 1]],
      ['figures-priorities', [900, ...Array.from({ length: 12 }, (_, i) => i + 1), 900]],
    ] as const) {
      const own = bench.broker.queue(queue);
      const before = Date.now();
      await own.add('oldest', {}, { priority: priorities[0] });
      await new Promise((resolve) => setTimeout(resolve, 80));
      for (const priority of priorities.slice(1)) await own.add('younger', {}, { priority });
      await until(() => bench.backend.hasQueue(queue), 'the queue');
      const figures = await figuresOf(bench.backend, queue);
      expect(figures?.counts).toMatchObject({ waiting: 0, prioritized: priorities.length });
      expect(figures?.oldestWaitingMs).toBeGreaterThanOrEqual(80);
      expect(figures?.oldestWaitingMs).toBeLessThanOrEqual(Date.now() - before + 50);
      // One that waits without a priority is younger.
      await own.add('plain', {});
      expect((await figuresOf(bench.backend, queue))?.oldestWaitingMs).toBeGreaterThanOrEqual(80);
      await own.obliterate({ force: true });
    }
  });

  it('finds the oldest among those that wait beside younger prioritized ones', async () => {
    const queue = 'figures-beside';
    const own = bench.broker.queue(queue);
    await own.add('oldest', {});
    await new Promise((resolve) => setTimeout(resolve, 80));
    await own.add('younger', {}, { priority: 1 });
    await until(() => bench.backend.hasQueue(queue), 'the queue');
    const figures = await figuresOf(bench.backend, queue);
    expect(figures?.counts).toMatchObject({ waiting: 1, prioritized: 1 });
    expect(figures?.oldestWaitingMs).toBeGreaterThanOrEqual(80);
  });

  it('finds a queue that others made, and forgets one that is gone', async () => {
    const queue = 'figures-found';
    const own = bench.broker.queue(queue);
    await own.add('x', {});
    expect(await bench.backend.hasQueue(queue)).toBe(true);
    await until(async () => (await bench.backend.queueNames()).includes(queue), 'discovery');
    // BullMQ writes a queue's settings in the background, and on a slow machine after it has been obliterated.
    const gone = async () => {
      await own.obliterate({ force: true });
      const named = (await bench.backend.queueNames()).includes(queue);
      return !named && (await figuresOf(bench.backend, queue)) === undefined;
    };
    await until(gone, 'the queue to be forgotten');
  });

  it('shows a queue whose settings are gone, as BullMQ takes it: not paused and without limits', async () => {
    const queue = 'figures-no-meta';
    const own = bench.broker.queue(queue);
    await own.add('waits', {});
    await own.add('later', {}, { delay: 60_000 });
    await own.setGlobalConcurrency(3);
    await own.pause();
    await bench.broker.loseMeta(queue);
    await until(() => bench.backend.hasQueue(queue), 'the queue');
    await until(async () => (await bench.backend.queueNames()).includes(queue), 'discovery');
    const figures = await until(async () => {
      const now = await figuresOf(bench.backend, queue);
      return now?.paused === false && now.concurrency === null ? now : null;
    }, 'its figures');
    expect(figures).toMatchObject({ counts: { waiting: 1, delayed: 1 }, rateLimit: null, unreadable: null });
    expect((await bench.backend.listJobs(queue, 'waiting', null, 5)).items.map((row) => row.name)).toEqual(['waits']);
    expect(await bench.backend.motion?.(queue)).toMatchObject({ waiting: 1, paused: false, concurrency: null });
  });

  it('tells what the server is', async () => {
    const facts = await bench.backend.facts();
    expect(facts).toMatchObject({ status: 'up', reason: null, backend: bench.backend.kind });
    expect(facts.version).toMatch(/^\S+ \d+\.\d+/);
    expect(facts.latencyMs).toBeGreaterThanOrEqual(0);
  });

  it('lists workers that know nothing of us', async () => {
    const worker = bench.broker.worker('figures-workers', async () => undefined, { name: 'plain-worker' });
    const found = await until(
      async () => (await bench.backend.listWorkers()).find((one) => one.queues.includes('figures-workers')),
      'the worker in the list',
    );
    expect(found).toMatchObject({
      beats: false,
      slots: null,
      busy: null,
      running: null,
      memoryBytes: null,
      status: 'up',
    });
    await worker.close();
    await until(
      async () => !(await bench.backend.listWorkers()).some((one) => one.queues.includes('figures-workers')),
      'the worker to leave the list',
    );
  });
}
