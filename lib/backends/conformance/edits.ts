import { expect, it } from 'vitest';
import { until } from '@/lib/testing/until';
import { type Bench, figuresOf, holdActive, job, runAll } from './broker';

const BIG = '{"order": 12345678901234567890, "text": "ünï"}';

async function addOne({ backend }: Bench, queue: string, one = job('one')): Promise<string> {
  const [added] = await backend.addJobs(queue, [one]);
  return added?.id ?? '';
}

const names = async ({ backend }: Bench, queue: string, state: 'waiting' | 'prioritized') =>
  (await backend.listJobs(queue, state, null, 50)).items.map((row) => row.name);

/** A parent with `count` children in another queue; the ids of all. */
async function addFlow({ broker, backend }: Bench, name: string, count: number) {
  const children = Array.from({ length: count }, (_, i) => ({ name: `c${i}`, queueName: `${name}-child`, data: {} }));
  const { job: parent } = await broker.flows().add({ name: 'parent', queueName: name, children });
  await until(async () => (await backend.hasQueue(name)) && (await backend.hasQueue(`${name}-child`)), 'the queues');
  return parent.id ?? '';
}

export function testEdits(bench: Bench): void {
  it('retries with new data and fresh attempts in one step, digits kept', async () => {
    const queue = 'edit-retry';
    const id = await addOne(bench, queue, job('fails'));
    await runAll(bench, queue, 1);
    expect(await bench.backend.getJob(queue, id, 1000)).toMatchObject({ state: 'failed', attemptsMade: 1 });
    expect(await bench.backend.retry?.(queue, id, { dataText: BIG })).toEqual({ kind: 'done', state: 'waiting' });
    const edited = await bench.backend.getJob(queue, id, 1000);
    expect(edited).toMatchObject({ state: 'waiting', attemptsMade: 1 });
    expect(edited?.data.text).toContain('12345678901234567890');
    await runAll(bench, queue, 1);
    expect(await bench.backend.retry?.(queue, id, { resetAttempts: true })).toMatchObject({ kind: 'done' });
    const fresh = await bench.backend.getJob(queue, id, 1000);
    expect(fresh).toMatchObject({ attemptsMade: 0, attemptsStarted: 0 });
    expect(fresh?.data.text).toContain('12345678901234567890');
    expect(await bench.backend.retry?.(queue, id, { dataText: '{}' })).toMatchObject({ kind: 'wrong-state' });
    expect((await bench.backend.getJob(queue, id, 1000))?.data.text).toContain('12345678901234567890');
  });

  it('names the next run of a completed job in its options, in the same step, and leaves what fails as it is', async () => {
    const { backend } = bench;
    for (const [n, options] of [{}, { attempts: 3, lifo: true }].entries()) {
      const queue = `edit-run-${n}`;
      const own = { ...job('fine', options), addedBy: 'an "effectRun":"x" of {ann}' };
      const id = await addOne(bench, queue, own);
      await runAll(bench, queue, 1);
      const before = (await backend.getJob(queue, id, 1000))?.options;
      for (const [copies, effectRun] of ['first-again', 'op:2'].entries()) {
        expect(await backend.retry?.(queue, id, { effectRun })).toEqual({ kind: 'done', state: 'waiting' });
        expect(await backend.retry?.(queue, id, { effectRun: 'refused' })).toMatchObject({ kind: 'wrong-state' });
        expect((await backend.getJob(queue, id, 1000))?.options).toEqual({ ...(before as object), effectRun });
        const copy = await backend.duplicate?.(queue, id);
        const copied = copy?.kind === 'added' ? await backend.getJob(queue, copy.job.id, 1000) : null;
        expect(copied).toMatchObject({ state: 'waiting' });
        expect(copied?.options).not.toHaveProperty('effectRun');
        await runAll(bench, queue, copies + 2);
      }
      await backend.retry?.(queue, id);
      expect((await backend.getJob(queue, id, 1000))?.options).toMatchObject({ effectRun: 'op:2' });
    }
    const queue = 'edit-run-fails';
    const failed = await addOne(bench, queue, job('fails'));
    await runAll(bench, queue, 1);
    expect(await backend.retry?.(queue, failed, { effectRun: 'other' })).toMatchObject({ kind: 'done' });
    expect((await backend.getJob(queue, failed, 1000))?.options).not.toHaveProperty('effectRun');
  });

  it('edits what no worker runs, and hands a worker the new data', async () => {
    const queue = 'edit-data';
    const id = await addOne(bench, queue, job('one', {}, { old: true }));
    expect(await bench.backend.editData?.(queue, id, '{"old":false}')).toEqual({ kind: 'done', state: 'waiting' });
    let seen: unknown = null;
    const worker = bench.broker.worker(queue, async (one) => {
      seen = one.data;
    });
    await until(() => seen, 'the worker to take it');
    await worker.close();
    expect(seen).toEqual({ old: false });
    const held = await holdActive(bench, queue);
    expect(await bench.backend.editData?.(queue, held.id, '{}')).toEqual({ kind: 'wrong-state', state: 'active' });
    await held.end();
    expect(await bench.backend.editData?.(queue, 'nope', '{}')).toEqual({ kind: 'gone' });
  });

  it('gives a waiting job another place, and a delayed one the place that it will get', async () => {
    const queue = 'edit-priority';
    await bench.backend.pause?.(queue);
    const first = await addOne(bench, queue, job('first'));
    await addOne(bench, queue, job('second', { priority: 5 }));
    const later = await addOne(bench, queue, job('later', { delayMs: 60_000 }));
    const { backend } = bench;
    expect(await backend.prioritize?.(queue, first, 5, false)).toEqual({ kind: 'done', state: 'prioritized' });
    expect(await names(bench, queue, 'prioritized')).toEqual(['second', 'first']);
    expect(await backend.prioritize?.(queue, first, 5, true)).toEqual({ kind: 'done', state: 'prioritized' });
    expect(await names(bench, queue, 'prioritized')).toEqual(['first', 'second']);
    expect(await backend.prioritize?.(queue, first, 0, false)).toEqual({ kind: 'done', state: 'waiting' });
    expect(await names(bench, queue, 'waiting')).toEqual(['first']);
    expect(await backend.prioritize?.(queue, later, 3, false)).toEqual({ kind: 'done', state: 'delayed' });
    expect(await backend.promote?.(queue, later)).toEqual({ kind: 'done', state: 'prioritized' });
    expect(await names(bench, queue, 'prioritized')).toEqual(['later', 'second']);
    const done = await addOne(bench, 'edit-priority-done', job('fine'));
    await runAll(bench, 'edit-priority-done', 1);
    const refused = await backend.prioritize?.('edit-priority-done', done, 1, false);
    expect(refused).toEqual({ kind: 'wrong-state', state: 'completed' });
  });

  it('moves a delayed job in time, and a worker runs it then', async () => {
    const queue = 'edit-delay';
    const id = await addOne(bench, queue, job('later', { delayMs: 3_600_000 }));
    const runAt = Date.now() + 1_800_000;
    expect(await bench.backend.reschedule?.(queue, id, runAt)).toEqual({ kind: 'done', state: 'delayed' });
    const moved = Date.parse((await bench.backend.getJob(queue, id, 10))?.runAt ?? '');
    expect(Math.abs(moved - runAt)).toBeLessThan(50);
    let ranAt = 0;
    const worker = bench.broker.worker(queue, async () => {
      ranAt = Date.now();
    });
    const soon = Date.now() + 300;
    await bench.backend.reschedule?.(queue, id, soon);
    await until(() => ranAt > 0, 'the job to run');
    await worker.close();
    expect(ranAt).toBeGreaterThanOrEqual(soon - 5);
    expect(await bench.backend.reschedule?.(queue, id, soon)).toMatchObject({ kind: 'wrong-state' });
    await bench.broker.queue(queue).upsertJobScheduler('hourly', { every: 3_600_000 }, { name: 'tick' });
    await bench.broker.queue(queue).upsertJobScheduler('hourly', { every: 7_200_000 }, { name: 'tick' });
    const rows = await bench.backend.listJobs(queue, 'delayed', null, 5);
    for (const row of rows.items)
      expect(await bench.backend.reschedule?.(queue, row.id, soon)).toMatchObject({ kind: 'refused' });
  });

  it('takes progress and log lines from outside, and clears the log', async () => {
    const queue = 'edit-log';
    const id = await addOne(bench, queue);
    const { backend } = bench;
    expect(await backend.setProgress?.(queue, id, { done: 3, total: 9 })).toEqual({ kind: 'done', state: 'waiting' });
    expect(await backend.addLogs?.(queue, id, ['one', 'zwei ünï', ''])).toMatchObject({ kind: 'done' });
    expect(await backend.addLogs?.(queue, id, ['four'])).toMatchObject({ kind: 'done' });
    expect(await backend.getJob(queue, id, 10)).toMatchObject({ progress: { done: 3, total: 9 }, logs: 4 });
    expect((await backend.getLogs(queue, id, 0, 10))?.lines).toEqual(['one', 'zwei ünï', '', 'four']);
    await backend.clearLogs?.(queue, id, 2);
    expect((await backend.getLogs(queue, id, 0, 10))?.lines).toEqual(['', 'four']);
    await backend.clearLogs?.(queue, id, 0);
    expect(await backend.getLogs(queue, id, 0, 10)).toEqual({ lines: [], total: 0 });
    for (const gone of [
      await backend.setProgress?.(queue, 'nope', 1),
      await backend.addLogs?.(queue, 'nope', ['x']),
      await backend.clearLogs?.(queue, 'nope', 0),
      await backend.undeduplicate?.(queue, 'nope'),
      await backend.duplicate?.(queue, 'nope'),
      await backend.removeChildren?.(queue, 'nope'),
    ])
      expect(gone).toEqual({ kind: 'gone' });
    await bench.broker.queue(queue).add('short', {}, { jobId: 'short-log', keepLogs: 2 });
    await backend.addLogs?.(queue, 'short-log', ['a', 'b', 'c']);
    expect((await backend.getLogs(queue, 'short-log', 0, 10))?.lines).toEqual(['b', 'c']);
  });

  it('frees a deduplication key, once', async () => {
    const queue = 'edit-dedup';
    const one = job('one', { deduplication: { id: 'key' } });
    const id = await addOne(bench, queue, one);
    expect(await addOne(bench, queue, one)).toBe(id);
    expect(await bench.backend.undeduplicate?.(queue, id)).toEqual({ kind: 'done', state: 'waiting' });
    const next = await addOne(bench, queue, one);
    expect(next).not.toBe(id);
    expect(await bench.backend.undeduplicate?.(queue, id)).toMatchObject({ kind: 'refused' });
    expect(await addOne(bench, queue, one)).toBe(next);
  });

  it('duplicates name, data and options, and the same copy only once', async () => {
    const queue = 'edit-copy';
    const { backend } = bench;
    await bench.broker
      .queue(queue)
      .add('orig', { a: 1 }, { jobId: 'orig-id', attempts: 4, backoff: { type: 'fixed', delay: 500 }, priority: 7 });
    await backend.editData?.(queue, 'orig-id', BIG);
    const copied = await backend.duplicate?.(queue, 'orig-id');
    if (copied?.kind !== 'added') throw new Error(`duplicate answered ${copied?.kind}`);
    expect(copied.job).toMatchObject({ name: 'orig', state: 'prioritized', existed: false });
    expect(copied.job.id).not.toBe('orig-id');
    const copy = await backend.getJob(queue, copied.job.id, 1000);
    expect(copy).toMatchObject({ name: 'orig', attempts: 4, priority: 7, attemptsMade: 0, deduplicationId: null });
    expect(copy?.options).toMatchObject({ attempts: 4, backoff: { type: 'fixed', delay: 500 } });
    expect(copy?.data.text).toContain('12345678901234567890');
    const pinned = ['copy-a', { id: 'idempotency-copy-a', ttlMs: 60_000 }] as const;
    const first = await backend.duplicate?.(queue, 'orig-id', ...pinned);
    const again = await backend.duplicate?.(queue, 'orig-id', ...pinned);
    expect(first).toMatchObject({ kind: 'added', job: { id: 'copy-a', existed: false } });
    expect(again).toMatchObject({ kind: 'added', job: { id: 'copy-a', existed: true } });
    expect((await figuresOf(backend, queue))?.counts.prioritized).toBe(3);
    await backend.addJobs(queue, [job('later', { id: 'later-id', delayMs: 60_000 })]);
    expect(await backend.duplicate?.(queue, 'later-id')).toMatchObject({ job: { state: 'delayed' } });
    await backend.addJobs(queue, [{ ...job('anns', { id: 'anns' }), addedBy: 'ann' }]);
    expect((await backend.getJob(queue, 'anns', 1000))?.options).toMatchObject({ addedBy: 'ann' });
    const anns = await backend.duplicate?.(queue, 'anns', 'not-anns');
    expect(anns).toMatchObject({ kind: 'added' });
    expect((await backend.getJob(queue, 'not-anns', 1000))?.options).not.toHaveProperty('addedBy');
  });

  it('removes a parent with its children, or leaves them', async () => {
    const { backend } = bench;
    const alone = await addFlow(bench, 'edit-alone', 2);
    expect(await backend.remove?.('edit-alone', alone, false)).toEqual({ kind: 'done', state: 'waiting-children' });
    expect((await figuresOf(backend, 'edit-alone-child'))?.counts.waiting).toBe(2);
    const tree = await addFlow(bench, 'edit-tree', 3);
    expect(await backend.remove?.('edit-tree', tree)).toEqual({ kind: 'done', state: 'waiting-children' });
    expect((await figuresOf(backend, 'edit-tree-child'))?.counts.waiting ?? 0).toBe(0);
    const wide = await addFlow(bench, 'edit-wide', 450);
    expect(await backend.remove?.('edit-wide', wide)).toEqual({ kind: 'done', state: 'waiting-children' });
    expect((await figuresOf(backend, 'edit-wide-child'))?.counts.waiting ?? 0).toBe(0);
  });

  it('names the child that a worker holds, and removes nothing then', async () => {
    const { backend, broker } = bench;
    const parent = await addFlow(bench, 'edit-held', 2);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const worker = broker.worker('edit-held-child', () => held, { concurrency: 1 });
    const active = await until(
      async () => (await backend.listJobs('edit-held-child', 'active', null, 5)).items[0],
      'a child to run',
    );
    const refused = await backend.remove?.('edit-held', parent);
    expect(refused).toEqual({ kind: 'locked', holder: { queue: 'edit-held-child', id: active.id } });
    expect((await figuresOf(backend, 'edit-held-child'))?.counts).toMatchObject({ waiting: 1, active: 1 });
    expect(await backend.removeChildren?.('edit-held', parent)).toEqual({
      kind: 'removed',
      removed: 1,
      left: 1,
      done: true,
    });
    expect((await backend.getJob('edit-held', parent, 10))?.state).toBe('waiting-children');
    release();
    await until(
      async () => (await backend.getJob('edit-held', parent, 10))?.state === 'waiting',
      'the parent to go on',
    );
    await worker.close();
  });

  it('lets a parent go on when its unprocessed children are removed, however many', async () => {
    const { backend } = bench;
    const parent = await addFlow(bench, 'edit-many', 2_100);
    expect(await backend.remove?.('edit-many', parent)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('2101 jobs'),
    });
    let removed = 0;
    for (let done = false; !done; ) {
      const outcome = await backend.removeChildren?.('edit-many', parent);
      if (outcome?.kind !== 'removed') throw new Error(`removeChildren answered ${outcome?.kind}`);
      removed += outcome.removed;
      done = outcome.done;
    }
    expect(removed).toBe(2_100);
    expect((await backend.getJob('edit-many', parent, 10))?.state).toBe('waiting');
    expect((await figuresOf(backend, 'edit-many-child'))?.counts.waiting ?? 0).toBe(0);
  });
}
