import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BullQueue, WorkerBroker } from '@/lib/backends/bullmq/worker/broker';
import { openWorkerBroker } from '@/lib/backends/bullmq/worker/broker';
import { createTestDatabase } from '@/lib/testing/test-database';
import { until } from '@/lib/testing/until';
import { startBroker, type TestBroker } from '@/worker/testing/test-worker';
import { type OperationsBench, openOperationsBench } from './testing/operations-bench';

let count = 0;

describe.each(['redis', 'postgres'] as const)('operations on %s', (kind) => {
  let broker: TestBroker;
  let client: WorkerBroker;
  let bench: OperationsBench;
  let name = '';
  let queue: BullQueue;

  beforeAll(async () => {
    broker = await startBroker(kind);
    client = await openWorkerBroker(broker.source);
    bench = openOperationsBench(broker.source, await createTestDatabase());
    bench.startMonitor();
  });
  afterAll(async () => {
    await bench.close();
    await client.close();
    await broker.stop();
  });
  beforeEach(() => {
    count += 1;
    name = `queue-${count}`;
    queue = client.openQueue(name);
    queue.on('error', () => undefined);
  });

  const source = 'test';
  const add = async (jobs: number, options: object = {}) =>
    (
      await queue.addBulk(
        Array.from({ length: jobs }, (_, n) => ({ name: n % 2 ? 'odd' : 'even', data: { n }, opts: options })),
      )
    ).map(({ id }) => id ?? '');
  const runAll = async (fails: (n: number) => boolean) => {
    const worker = client.openWorker(
      name,
      async (job) => {
        const { n } = job.data as { n: number };
        if (fails(n)) throw new Error(`no ${n}`);
        return n;
      },
      {},
    );
    worker.on('error', () => undefined);
    for (let left = 1; left > 0; await sleep(20)) {
      const counts = await queue.getJobCounts('wait', 'active', 'prioritized');
      left = Object.values(counts).reduce((sum, one) => sum + one, 0);
    }
    await worker.close();
  };
  const failMany = async (jobs: number) => {
    const ids = await add(jobs);
    await runAll(() => true);
    return ids;
  };
  const filterOf = (more: object = {}) => ({ source, queue: name, states: ['failed' as const], ...more });

  it('says what it would do, and refuses what is nothing or too much', async () => {
    await failMany(1_010);
    await add(4);
    const preview = await bench.call('operation.preview', {
      body: { filter: filterOf({ states: ['failed', 'waiting'] }), action: { kind: 'retry' } },
    });
    expect(preview).toMatchObject({ matching: 1_014, eligible: 1_010, exact: true, needsConfirm: true });
    expect(preview.notEligible).toEqual([{ reason: 'waiting jobs cannot be retried', count: 4 }]);
    expect(preview.sample).toHaveLength(10);
    const body = { filter: filterOf(), action: { kind: 'retry' as const }, reason: 'test' };
    const wrong = [undefined, 1_009];
    for (const confirmCount of wrong)
      await expect(
        bench.call('operation.create', { body: { ...body, options: { confirmCount } } }),
      ).rejects.toMatchObject({
        code: 'confirm_count',
        extra: { count: 1_010 },
      });
    await expect(
      bench.call('operation.create', { body: { ...body, filter: filterOf({ error: 'nobody says this' }) } }),
    ).rejects.toMatchObject({ code: 'nothing_matches' });
    const created = await bench.call('operation.create', { body: { ...body, options: { confirmCount: 1_010 } } });
    expect(created).toMatchObject({ state: 'running', total: 1_010, chosen: 'failed jobs' });
    expect(await bench.waitFor(created.id, 'done')).toMatchObject({ done: 1_010, skipped: 0, failed: 0 });
    expect(await queue.getJobCounts('failed', 'wait')).toMatchObject({ failed: 0, wait: 1_014 });
  });

  it('chooses by name, error and data, and gives each job one outcome', async () => {
    const ids = await failMany(30);
    const filter = filterOf({ names: ['odd'], error: 'NO 1', data: [{ path: 'n', value: 13 }] });
    const one = await bench.call('operation.create', { body: { filter, action: { kind: 'retry' }, reason: 'one' } });
    await bench.waitFor(one.id, 'done');
    expect(await bench.outcomesOf(one.id)).toEqual([{ id: ids[13], outcome: 'done', reason: null }]);
    const action = { kind: 'edit-and-retry' as const, patch: { fixed: true } };
    const some = [...ids.slice(10, 16), 'nope'];
    const two = await bench.call('operation.create', {
      body: { filter: filterOf({ ids: some }), action, reason: 'two' },
    });
    expect(two).toMatchObject({ total: 5, idsGiven: 7 });
    await bench.waitFor(two.id, 'done');
    expect((await queue.getJob(ids[11] ?? ''))?.data).toEqual({ n: 11, fixed: true });
    const csv = (await bench.call('operation.outcomes', { operation: two.id, format: 'csv' })) as unknown as Response;
    expect((await csv.text()).split('\r\n').filter(Boolean)).toHaveLength(6);
  });

  it('removes into the bin and puts back what it removed, once', async () => {
    const ids = await failMany(450);
    const waiting = await add(50);
    const before = await queue.getJob(ids[7] ?? '');
    const remove = await bench.call('operation.create', {
      body: { filter: filterOf({ states: ['failed', 'waiting'] }), action: { kind: 'remove' }, reason: 'test' },
    });
    const removed = await bench.waitFor(remove.id, 'done');
    expect(removed).toMatchObject({ done: 500, bin: { jobs: 500 } });
    expect(await queue.getJobCounts('failed', 'wait')).toMatchObject({ failed: 0, wait: 0 });
    const bin = await bench.call('bin.list', { source, queue: name });
    expect(bin).toMatchObject({ jobs: 500 });
    await queue.add('taken', {}, { jobId: 'taken' });
    const [first] = bin.items;
    const some = await bench.call('bin.restore', { body: { entries: [first?.id ?? ''], ids: [first?.ids[0] ?? ''] } });
    expect(await bench.waitFor(some.id, 'done')).toMatchObject({ total: 1, done: 1 });
    const restore = await bench.call('operation.restore', { operation: remove.id, body: {} });
    expect(await bench.waitFor(restore.id, 'done')).toMatchObject({ total: 499, done: 499 });
    expect(await queue.getJobCounts('failed', 'wait')).toMatchObject({ failed: 450, wait: 51 });
    expect((await queue.getJob(ids[7] ?? ''))?.asJSON()).toEqual(before?.asJSON());
    const inOrder = (await queue.getJobs(['wait'], 0, 100, true)).map(({ id }) => id).filter((id) => id !== 'taken');
    expect(inOrder.filter((id) => id !== first?.ids[0])).toEqual(waiting.filter((id) => id !== first?.ids[0]));
    await expect(bench.call('operation.restore', { operation: remove.id, body: {} })).rejects.toMatchObject({
      code: 'nothing_matches',
    });
    expect((await bench.call('bin.list', { source, queue: name })).jobs).toBe(0);
  });

  it('promotes, cancels, duplicates and moves', async () => {
    const delayed = await add(20, { delay: 3_600_000 });
    const run = async (states: string[], action: object) => {
      const body = { filter: filterOf({ states }), action, reason: 'test' } as never;
      const { id } = await bench.call('operation.create', { body });
      return bench.waitFor(id, 'done');
    };
    expect(await run(['delayed'], { kind: 'promote' })).toMatchObject({ done: 20 });
    expect(await run(['waiting'], { kind: 'duplicate' })).toMatchObject({ done: 20 });
    const target = `${name}-target`;
    expect(await run(['waiting'], { kind: 'move', toQueue: target })).toMatchObject({ done: 40 });
    const other = client.openQueue(target);
    expect(await other.getJobCounts('wait')).toMatchObject({ wait: 40 });
    expect((await other.getJobs(['wait'], 0, 99, true)).slice(0, 20).map(({ id }) => id)).toEqual(delayed);
    await other.close();
    await add(10);
    expect(await run(['waiting'], { kind: 'cancel' })).toMatchObject({ done: 10 });
    expect(await bench.store.query('SELECT 1 FROM queuedeck.cancelled_job WHERE queue = $1', [name])).toHaveLength(10);
  });

  it('keeps to its rate, stops when asked, and goes on', async () => {
    await failMany(60);
    const body = {
      filter: filterOf(),
      action: { kind: 'retry' as const },
      reason: 'slow',
      options: { ratePerSecond: 20 },
    };
    const { id } = await bench.call('operation.create', { body });
    await sleep(1_200);
    const stopping = await bench.call('operation.stop', { operation: id });
    expect(stopping.state).toBe('stopping');
    const stopped = await bench.waitFor(id, 'stopped');
    expect(stopped.done).toBeGreaterThan(5);
    expect(stopped.done).toBeLessThan(45);
    expect(stopped.can).toContain('operation.resume');
    expect((await bench.outcomesOf(id)).filter(({ outcome }) => outcome === 'pending')).toHaveLength(60 - stopped.done);
    await bench.call('operation.resume', { operation: id });
    expect(await bench.waitFor(id, 'done')).toMatchObject({ done: 60, note: null });
  });

  it('goes on when what stopped it has cleared away behind it, and says so where that takes long', async () => {
    await failMany(30);
    const options = { ratePerSecond: 5 };
    const body = { filter: filterOf(), action: { kind: 'retry' as const }, reason: 'resting', options };
    const { id } = await bench.call('operation.create', { body });
    await bench.call('operation.stop', { operation: id });
    await bench.waitFor(id, 'stopped');
    const isAtRest = async () =>
      (await bench.store.query('SELECT 1 FROM queuedeck.operation WHERE id = $1 AND is_swept', [id])).length > 0;
    await until(isAtRest);
    // As another monitor holds it that is not done yet.
    const hold = `UPDATE queuedeck.operation SET is_swept = false, lease_owner = 'another', lease_until = now() + interval '1 minute' WHERE id = $1`;
    await bench.store.query(hold, [id]);
    await expect(bench.call('operation.resume', { operation: id })).rejects.toThrow(/still coming to rest/);
    const resumed = bench.call('operation.resume', { operation: id });
    await sleep(500);
    const release =
      'UPDATE queuedeck.operation SET is_swept = true, lease_owner = NULL, lease_until = NULL WHERE id = $1';
    await bench.store.query(release, [id]);
    expect((await resumed).state).toBe('running');
    expect(await bench.waitFor(id, 'done')).toMatchObject({ note: null });
  });

  it('goes in phases, and stops by itself when too many fail again', async () => {
    await failMany(60);
    let fails = true;
    const worker = client.openWorker(
      name,
      async () => {
        if (fails) throw new Error('again');
      },
      {},
    );
    worker.on('error', () => undefined);
    const options = { phases: { maxFailureRate: 0.2 } };
    const body = { filter: filterOf(), action: { kind: 'retry' as const }, reason: 'phased', options };
    const { id } = await bench.call('operation.create', { body });
    const stopped = await bench.waitFor(id, 'stopped');
    expect(stopped).toMatchObject({ done: 10, phase: { step: 1, jobs: 10 } });
    expect(stopped.note).toMatch(/^Stopped by itself: of the 10 jobs of step 1, \d+ failed again/);
    fails = false;
    await bench.call('operation.resume', { operation: id });
    expect(await bench.waitFor(id, 'done')).toMatchObject({ done: 60, phase: { step: 3 } });
    await worker.close();
  });

  it('is taken up by another monitor, and leaves no mark behind', async () => {
    await failMany(300);
    const { id } = await bench.call('operation.create', {
      body: { filter: filterOf(), action: { kind: 'retry' }, reason: 'handed over', options: { ratePerSecond: 150 } },
    });
    const second = bench.startMonitor();
    await sleep(500);
    expect(await bench.waitFor(id, 'done')).toMatchObject({ done: 300 });
    await second.stop();
    for (const until = Date.now() + 30_000; Date.now() < until; await sleep(50)) {
      const [row] = await bench.store.query<{ is_swept: boolean }>(
        'SELECT is_swept FROM queuedeck.operation WHERE id = $1',
        [id],
      );
      if (row?.is_swept) return;
    }
    throw new Error('never swept');
  });
});
