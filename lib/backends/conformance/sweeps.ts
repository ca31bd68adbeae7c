import { expect, it } from 'vitest';
import type { Sweep, SweepBounds } from '@/lib/backends/changes';
import type { JobState } from '@/lib/contracts/states';
import { until } from '@/lib/testing/until';
import { type Bench, figuresOf, holdActive, job, runAll } from './broker';

const BOUNDS: SweepBounds = { maxRemoved: 50_000, maxMs: 5_000 };

async function addMany({ backend }: Bench, queue: string, count: number, options = {}): Promise<string[]> {
  const added = await backend.addJobs(
    queue,
    Array.from({ length: count }, (_, i) => job(`j${i}`, options)),
  );
  return added.map(({ id }) => id);
}

async function countsOf(bench: Bench, queue: string): Promise<Partial<Record<JobState, number | null>>> {
  return (await figuresOf(bench.backend, queue))?.counts ?? {};
}

/** Makes the next run of a scheduler, delayed; its id. */
async function addScheduler({ broker, backend }: Bench, queue: string): Promise<string> {
  await broker.queue(queue).upsertJobScheduler('nightly', { every: 86_400_000 }, { name: 'night' });
  const row = await until(async () => {
    const pages = await Promise.all(
      (['delayed', 'waiting'] as const).map((state) => backend.listJobs(queue, state, null, 50)),
    );
    return pages.flatMap((page) => page.items).find((one) => one.id.startsWith('repeat:'));
  }, 'the next run');
  return row.id;
}

export function testSweeps(bench: Bench): void {
  it('drains what waits and keeps what is delayed, unless told otherwise', async () => {
    const queue = 'sweep-drain';
    const scheduled = await addScheduler(bench, queue);
    await addMany(bench, queue, 620);
    await addMany(bench, queue, 30, { priority: 4 });
    await addMany(bench, queue, 20, { delayMs: 60_000 });
    expect(await bench.backend.drain?.(queue, false, BOUNDS)).toEqual({
      kind: 'swept',
      removed: 650,
      done: true,
      next: null,
    });
    const counts = await countsOf(bench, queue);
    expect((counts.delayed ?? 0) + (counts.waiting ?? 0)).toBe(21);
    expect(await bench.backend.drain?.(queue, true, BOUNDS)).toMatchObject({ removed: 20, done: true });
    expect(await bench.backend.getJob(queue, scheduled, 10)).toMatchObject({ schedulerId: 'nightly' });
    expect(await bench.backend.drain?.(queue, true, BOUNDS)).toMatchObject({ removed: 0, done: true });
  });

  it('ends at its bound and goes on from there', async () => {
    const queue = 'sweep-bound';
    await addMany(bench, queue, 1000);
    const first = await bench.backend.drain?.(queue, false, { maxRemoved: 300, maxMs: 5_000 });
    expect(first).toMatchObject({ removed: 300, done: false });
    expect(await countsOf(bench, queue)).toMatchObject({ waiting: 700 });
    expect(await bench.backend.drain?.(queue, false, BOUNDS)).toMatchObject({ removed: 700, done: true });
  });

  it('drains while a worker takes jobs: each is run or removed, never both', async () => {
    const queue = 'sweep-race';
    const ids = await addMany(bench, queue, 1000);
    const ran = new Set<string>();
    const worker = bench.broker.worker(
      queue,
      async (one) => {
        ran.add(one.id ?? '');
      },
      { concurrency: 4 },
    );
    await until(() => ran.size > 5, 'the worker to begin');
    const swept = await bench.backend.drain?.(queue, false, BOUNDS);
    await until(async () => {
      const counts = await countsOf(bench, queue);
      return counts.waiting === 0 && counts.active === 0;
    }, 'the rest to end');
    await worker.close();
    expect(swept?.kind === 'swept' && swept.removed + ran.size).toBe(ids.length);
    expect(await countsOf(bench, queue)).toMatchObject({ completed: ran.size });
  });

  it('frees what a removed job held: its deduplication key and its parent', async () => {
    const queue = 'sweep-frees';
    const keyed = job('keyed', { deduplication: { id: 'k' } });
    await bench.backend.addJobs(queue, [keyed]);
    const { job: parent } = await bench.broker.flows().add({
      name: 'parent',
      queueName: 'sweep-parent',
      children: [{ name: 'child', queueName: queue, data: {} }],
    });
    expect(await bench.backend.drain?.(queue, false, BOUNDS)).toMatchObject({ removed: 2 });
    expect(await bench.backend.addJobs(queue, [keyed])).toMatchObject([{ existed: false }]);
    expect((await bench.backend.getJob('sweep-parent', parent.id ?? '', 10))?.state).toBe('waiting');
  });

  it('cleans by state and age', async () => {
    const queue = 'sweep-clean';
    await bench.backend.addJobs(queue, [
      ...Array.from({ length: 30 }, (_, i) => job(`fine${i}`)),
      ...Array.from({ length: 10 }, (_, i) => job(`fails${i}`)),
    ]);
    await runAll(bench, queue, 40);
    const middle = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await bench.backend.addJobs(queue, [job('fine-late'), job('fails-late')]);
    await runAll(bench, queue, 42);
    const clean = (state: 'completed' | 'failed' | 'waiting' | 'delayed' | 'prioritized', before: number) =>
      bench.backend.clean?.(queue, { state, before, from: null }, BOUNDS);
    expect(await clean('completed', middle)).toMatchObject({ removed: 30, done: true });
    expect(await clean('failed', middle)).toMatchObject({ removed: 10, done: true });
    expect(await countsOf(bench, queue)).toMatchObject({ completed: 1, failed: 1 });
    await bench.backend.pause?.(queue);
    const old = ['waiting', 'delayed', 'prioritized'] as const;
    const options = { waiting: {}, delayed: { delayMs: 60_000 }, prioritized: { priority: 2 } };
    for (const state of old) await addMany(bench, queue, 5, options[state]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const between = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 5));
    for (const state of old) await addMany(bench, queue, 3, options[state]);
    for (const state of old) expect(await clean(state, between), state).toMatchObject({ removed: 5, done: true });
    expect(await countsOf(bench, queue)).toMatchObject({ waiting: 3, delayed: 3, prioritized: 3 });
  });

  it('steps over what is too young, through bounds and cursors', async () => {
    const queue = 'sweep-young';
    await addMany(bench, queue, 900, { delayMs: 3_600_000 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    const between = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await addMany(bench, queue, 900, { delayMs: 60_000 });
    let removed = 0;
    let from: (Sweep & { kind: 'swept' })['next'] = null;
    for (let done = false, calls = 0; !done; calls++) {
      const swept: Sweep | undefined = await bench.backend.clean?.(
        queue,
        { state: 'delayed', before: between, from },
        { maxRemoved: 400, maxMs: 5_000 },
      );
      if (swept?.kind !== 'swept' || calls > 10) throw new Error('the clean does not end');
      removed += swept.removed;
      done = swept.done;
      from = swept.next === null ? null : JSON.parse(JSON.stringify(swept.next));
    }
    expect(removed).toBe(900);
    expect(await countsOf(bench, queue)).toMatchObject({ delayed: 900 });
  });

  it('does not clean what a worker holds', async () => {
    const queue = 'sweep-held';
    const held = await holdActive(bench, queue);
    const order = { state: 'active', before: Date.now() + 1000, from: null } as const;
    expect(await bench.backend.clean?.(queue, order, BOUNDS)).toMatchObject({ removed: 0, done: true });
    expect((await bench.backend.getJob(queue, held.id, 10))?.state).toBe('active');
    await held.end();
  });

  it('obliterates only what is paused and at rest, and then wholly', async () => {
    const queue = 'sweep-all';
    const { backend } = bench;
    await backend.addJobs(queue, [job('fine'), job('fails')]);
    await runAll(bench, queue, 2);
    expect(await backend.obliterate?.(queue, BOUNDS)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('not paused'),
    });
    const held = await holdActive(bench, queue);
    await backend.pause?.(queue);
    expect(await backend.obliterate?.(queue, BOUNDS)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('1 job runs'),
    });
    await held.end();
    await addScheduler(bench, queue);
    for (const options of [{}, { delayMs: 60_000 }, { priority: 2 }]) await addMany(bench, queue, 300, options);
    const part = await backend.obliterate?.(queue, { maxRemoved: 400, maxMs: 5_000 });
    expect(part).toMatchObject({ kind: 'swept', done: false });
    const rest = await backend.obliterate?.(queue, BOUNDS);
    expect(rest).toMatchObject({ kind: 'swept', done: true });
    expect(part?.kind === 'swept' && rest?.kind === 'swept' && part.removed + rest.removed).toBe(904);
    expect(await backend.hasQueue(queue)).toBe(false);
    expect(await backend.queueNames()).not.toContain(queue);
    expect(await backend.addJobs(queue, [job('anew')])).toMatchObject([{ existed: false, id: '1' }]);
    expect((await figuresOf(backend, queue))?.paused).toBe(false);
  });

  it('bounds what runs at a time, and lets go on when the bound goes', async () => {
    const queue = 'set-concurrency';
    const { backend } = bench;
    await addMany(bench, queue, 6);
    await backend.setConcurrency?.(queue, 1);
    expect((await figuresOf(backend, queue))?.concurrency).toBe(1);
    let [running, most] = [0, 0];
    let hold = true;
    const worker = bench.broker.worker(
      queue,
      async () => {
        running += 1;
        most = Math.max(most, running);
        await until(() => !hold || running > 2, 'the bound to go');
        running -= 1;
      },
      { concurrency: 5 },
    );
    await until(() => running === 1, 'one to run');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(most).toBe(1);
    await backend.setConcurrency?.(queue, null);
    await until(() => most > 2, 'more to run');
    hold = false;
    await until(async () => (await countsOf(bench, queue)).completed === 6, 'all to end');
    await worker.close();
    expect((await figuresOf(backend, queue))?.concurrency).toBeNull();
  });

  it('sets, tells and clears a rate limit, and how long it holds', async () => {
    const queue = 'set-rate';
    const { backend } = bench;
    await addMany(bench, queue, 5);
    expect(await backend.readRateLimit?.(queue)).toEqual({ limit: null, holdsMs: 0 });
    await backend.setRateLimit?.(queue, { max: 2, durationMs: 60_000 });
    expect(await backend.readRateLimit?.(queue)).toEqual({ limit: { max: 2, durationMs: 60_000 }, holdsMs: 0 });
    let ran = 0;
    const worker = bench.broker.worker(queue, async () => {
      ran += 1;
    });
    await until(() => ran === 2, 'two to run');
    const now = await until(async () => {
      const limit = await backend.readRateLimit?.(queue);
      return limit?.holdsMs ? limit : null;
    }, 'it to hold');
    expect(now.holdsMs).toBeGreaterThan(50_000);
    expect(now.holdsMs).toBeLessThanOrEqual(60_000);
    expect(ran).toBe(2);
    await worker.close(true);
    await backend.setRateLimit?.(queue, null);
    expect((await figuresOf(backend, queue))?.rateLimit).toBeNull();
  });

  it('tells what the queue says of itself', async () => {
    const queue = 'set-meta';
    await addMany(bench, queue, 2);
    await bench.broker.queue(queue).setGlobalConcurrency(7);
    await addScheduler(bench, queue);
    const meta = await bench.backend.readMeta?.(queue);
    expect(meta?.fields).toMatchObject({ concurrency: '7' });
    expect(meta?.schedulers).toBe(1);
  });

  it('trims events, or says why it has no way to', async () => {
    const queue = 'set-trim';
    await addMany(bench, queue, 500);
    if (!bench.backend.trimEvents) {
      expect(bench.backend.cannot?.['queue.trim-events']).toMatch(/\.$/);
      return;
    }
    const before = (await bench.backend.readMeta?.(queue))?.events ?? 0;
    expect(before).toBeGreaterThanOrEqual(500);
    expect(await bench.backend.trimEvents(queue, 100)).toBe(before - 100);
    expect((await bench.backend.readMeta?.(queue))?.events).toBe(100);
    expect(await bench.backend.trimEvents(queue, 0)).toBe(100);
    expect(await countsOf(bench, queue)).toMatchObject({ waiting: 500 });
  });
}
