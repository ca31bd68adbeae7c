import { expect, it } from 'vitest';
import type { Cancelled } from '@/lib/backends/backend';
import { until } from '@/lib/testing/until';
import { type Bench, figuresOf, holdActive, job, runAll } from './broker';

const order = () => ({ by: 'tester', reason: 'no longer needed', at: Date.now() });

async function addOne(bench: Bench, queue: string, one = job('one')): Promise<string> {
  const [added] = await bench.backend.addJobs(queue, [one]);
  return added?.id ?? '';
}

export function testChanges(bench: Bench): void {
  it('answers with what a job is when a change does not apply', async () => {
    const queue = 'change-wrong';
    const id = await addOne(bench, queue);
    expect(await bench.backend.retry?.(queue, id)).toEqual({ kind: 'wrong-state', state: 'waiting' });
    expect(await bench.backend.promote?.(queue, id)).toEqual({ kind: 'wrong-state', state: 'waiting' });
    await runAll(bench, queue, 1);
    expect(await bench.backend.promote?.(queue, id)).toEqual({ kind: 'wrong-state', state: 'completed' });
    expect(await bench.backend.cancel?.(queue, id, order())).toEqual({ kind: 'wrong-state', state: 'completed' });
    expect((await bench.backend.getJob(queue, id, 100))?.state).toBe('completed');
    for (const gone of [
      await bench.backend.retry?.(queue, 'nope'),
      await bench.backend.promote?.(queue, 'nope'),
      await bench.backend.remove?.(queue, 'nope'),
      await bench.backend.cancel?.(queue, 'nope', order()),
    ])
      expect(gone).toEqual({ kind: 'gone' });
  });

  it('retries what failed or completed', async () => {
    const queue = 'change-retry';
    const ids = [await addOne(bench, queue, job('fails')), await addOne(bench, queue, job('fine'))];
    await runAll(bench, queue, 2);
    for (const id of ids) {
      expect(await bench.backend.retry?.(queue, id)).toEqual({ kind: 'done', state: 'waiting' });
      expect(await bench.backend.getJob(queue, id, 100)).toMatchObject({ state: 'waiting', finishedAt: null });
    }
    expect((await figuresOf(bench.backend, queue))?.counts).toMatchObject({ waiting: 2, failed: 0, completed: 0 });
  });

  it('lets only one of many retries through', async () => {
    const queue = 'change-race';
    const id = await addOne(bench, queue, job('fails'));
    await runAll(bench, queue, 1);
    const all = await Promise.all(Array.from({ length: 8 }, () => bench.backend.retry?.(queue, id)));
    expect(all.filter((one) => one?.kind === 'done')).toHaveLength(1);
    expect((await bench.backend.listJobs(queue, 'waiting', null, 10)).items).toHaveLength(1);
  });

  it('promotes what is delayed, to where its priority says', async () => {
    const queue = 'change-promote';
    const plain = await addOne(bench, queue, job('plain', { delayMs: 60_000 }));
    const urgent = await addOne(bench, queue, job('urgent', { delayMs: 60_000, priority: 2 }));
    expect(await bench.backend.promote?.(queue, plain)).toEqual({ kind: 'done', state: 'waiting' });
    expect(await bench.backend.promote?.(queue, urgent)).toEqual({ kind: 'done', state: 'prioritized' });
    expect((await bench.backend.getJob(queue, urgent, 100))?.state).toBe('prioritized');
  });

  it('removes, but not under a worker nor from a scheduler', async () => {
    const queue = 'change-remove';
    const waiting = await addOne(bench, queue);
    expect(await bench.backend.remove?.(queue, waiting)).toEqual({ kind: 'done', state: 'waiting' });
    expect(await bench.backend.getJob(queue, waiting, 100)).toBeNull();
    const held = await holdActive(bench, queue);
    expect(await bench.backend.remove?.(queue, held.id)).toEqual({ kind: 'locked' });
    await held.end();
    const scheduled = 'change-scheduled';
    await bench.broker.queue(scheduled).upsertJobScheduler('nightly', { every: 3_600_000 }, { name: 'night' });
    await until(() => bench.backend.hasQueue(scheduled), 'the queue');
    const found = await until(async () => {
      const pages = await Promise.all(
        (['delayed', 'waiting'] as const).map((state) => bench.backend.listJobs(scheduled, state, null, 5)),
      );
      return pages.flatMap((page) => page.items)[0];
    }, 'the next run');
    const removed = await bench.backend.remove?.(scheduled, found.id);
    expect(removed).toMatchObject({ kind: 'refused', reason: expect.stringContaining('scheduler') });
    expect(await bench.backend.cancel?.(scheduled, found.id, order())).toMatchObject({ kind: 'refused' });
    expect(await bench.backend.getJob(scheduled, found.id, 100)).toMatchObject({ schedulerId: 'nightly' });
  });

  it('cancels what has not begun, once, and gives it as it was', async () => {
    const queue = 'change-cancel';
    const kinds = [job('w'), job('d', { delayMs: 60_000 }), job('p', { priority: 4 })];
    const states = ['waiting', 'delayed', 'prioritized'];
    for (const [i, one] of kinds.entries()) {
      const id = await addOne(bench, queue, one);
      const all = await Promise.all(Array.from({ length: 5 }, () => bench.backend.cancel?.(queue, id, order())));
      const removed = all.filter((answer): answer is Cancelled & { kind: 'removed' } => answer?.kind === 'removed');
      expect(removed).toHaveLength(1);
      expect(removed[0]?.job).toMatchObject({ id, name: one.name, state: states[i] });
      expect(all.filter((answer) => answer?.kind === 'gone')).toHaveLength(4);
      expect(await bench.backend.getJob(queue, id, 100)).toBeNull();
    }
  });

  it('asks the worker of what runs, and says when none will hear it', async () => {
    const queue = 'change-cancel-active';
    const held = await holdActive(bench, queue);
    const answer = await bench.backend.cancel?.(queue, held.id, order());
    expect(answer).toEqual({ kind: 'requested', acknowledged: false, workerBeats: false });
    expect(await bench.backend.cancelState?.(queue, held.id)).toMatchObject({ by: 'tester', acknowledgedAt: null });
    expect((await bench.backend.getJob(queue, held.id, 100))?.state).toBe('active');
    await held.end();
  });

  it('never removes a job that a worker took, whoever is first', async () => {
    const queue = 'change-cancel-race';
    const added = await bench.backend.addJobs(
      queue,
      Array.from({ length: 100 }, (_, i) => job(`j${i}`)),
    );
    const ran = new Set<string>();
    const worker = bench.broker.worker(
      queue,
      async (one) => {
        ran.add(one.id ?? '');
        await new Promise((resolve) => setTimeout(resolve, 2));
      },
      { concurrency: 5 },
    );
    const answers = await Promise.all(added.map(({ id }) => bench.backend.cancel?.(queue, id, order())));
    await until(async () => {
      const counts = (await figuresOf(bench.backend, queue))?.counts;
      return counts?.waiting === 0 && counts.active === 0;
    }, 'the rest to end');
    await worker.close();
    const removed = added.filter((_, i) => answers[i]?.kind === 'removed').map(({ id }) => id);
    expect(removed.filter((id) => ran.has(id))).toEqual([]);
    expect(removed.length + ran.size).toBe(100);
  });

  it('lets a parent go when its last child is cancelled', async () => {
    const { job: parent } = await bench.broker.flows().add({
      name: 'parent',
      queueName: 'change-parent',
      children: [{ name: 'child', queueName: 'change-child', data: {} }],
    });
    const [child] = (await bench.backend.listJobs('change-child', 'waiting', null, 5)).items;
    expect(await bench.backend.cancel?.('change-child', child?.id ?? '', order())).toMatchObject({ kind: 'removed' });
    await until(
      async () => (await bench.backend.getJob('change-parent', parent.id ?? '', 100))?.state === 'waiting',
      'the parent to be let go',
    );
  });

  it('says by which event it paused, and whether it was paused before', async () => {
    const queue = 'change-pause-event';
    await addOne(bench, queue);
    const from = Date.now();
    const first = await bench.backend.pause?.(queue);
    expect(first).toMatchObject({ was: false, event: { at: expect.any(Number), seq: expect.any(Number) } });
    expect(Math.abs((first?.event?.at ?? 0) - from)).toBeLessThan(20_000);
    expect(await bench.backend.pause?.(queue)).toMatchObject({ was: true });
    await bench.backend.resume?.(queue);
    const again = await bench.backend.pause?.(queue);
    expect(again?.was).toBe(false);
    const isLater =
      (again?.event?.at ?? 0) - (first?.event?.at ?? 0) || (again?.event?.seq ?? 0) - (first?.event?.seq ?? 0);
    expect(isLater).toBeGreaterThan(0);
    await bench.backend.resume?.(queue);
  });

  it('pauses: nothing is taken until it is resumed', async () => {
    const queue = 'change-pause';
    await addOne(bench, queue);
    await bench.backend.pause?.(queue);
    let ran = 0;
    const worker = bench.broker.worker(queue, async () => {
      ran += 1;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(ran).toBe(0);
    await bench.backend.resume?.(queue);
    await until(() => ran === 1, 'the job to run');
    await worker.close();
  });
}
