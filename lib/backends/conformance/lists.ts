import { expect, it } from 'vitest';
import type { JobState } from '@/lib/contracts/states';
import { type Bench, job, readAll, runAll } from './broker';

const names = (rows: { name: string }[]) => rows.map((row) => row.name);
const range = (count: number, prefix: string) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

export function testLists(bench: Bench): void {
  it('shows what runs next first', async () => {
    const queue = 'list-order';
    await bench.backend.addJobs(
      queue,
      range(5, 'w').map((name) => job(name)),
    );
    await bench.backend.addJobs(queue, [job('d-late', { delayMs: 90_000 }), job('d-soon', { delayMs: 60_000 })]);
    await bench.backend.addJobs(queue, [
      job('p9', { priority: 9 }),
      job('p1', { priority: 1 }),
      job('p1b', { priority: 1 }),
    ]);
    expect(names(await readAll(bench.backend, queue, 'waiting', 2))).toEqual(range(5, 'w'));
    expect(names(await readAll(bench.backend, queue, 'delayed', 1))).toEqual(['d-soon', 'd-late']);
    expect(names(await readAll(bench.backend, queue, 'prioritized', 1))).toEqual(['p1', 'p1b', 'p9']);
    for (const state of ['active', 'waiting-children', 'completed', 'failed'] as JobState[])
      expect(await bench.backend.listJobs(queue, state, null, 10)).toEqual({ items: [], next: null, leftOut: null });
  });

  it('shows the newest of what is over first, page by page, ties included', async () => {
    const queue = 'list-over';
    await bench.backend.addJobs(
      queue,
      range(40, 'ok').map((name) => job(name)),
    );
    await bench.backend.addJobs(
      queue,
      range(10, 'fails').map((name) => job(name)),
    );
    await runAll(bench, queue, 50);
    for (const [state, count] of [
      ['completed', 40],
      ['failed', 10],
    ] as const) {
      for (const limit of [1, 7, 40, 200]) {
        const rows = await readAll(bench.backend, queue, state, limit);
        expect(new Set(names(rows)).size).toBe(count);
        expect(rows).toHaveLength(count);
        const ended = rows.map((row) => row.finishedAt ?? '');
        expect(ended).toEqual(ended.toSorted().reverse());
      }
    }
    const [failed] = (await bench.backend.listJobs(queue, 'failed', null, 1)).items;
    expect(failed).toMatchObject({
      state: 'failed',
      error: expect.stringMatching(/^no: fails\d$/),
      attemptsMade: 1,
      worker: 'runner',
    });
    expect(failed?.runMs).toBeGreaterThanOrEqual(0);
  });

  it('skips none of what stays, while others are added, taken and removed', async () => {
    const queue = 'list-moving';
    const added = await bench.backend.addJobs(
      queue,
      range(60, 'j').map((name) => job(name)),
    );
    let step = 0;
    const seen = await readAll(bench.backend, queue, 'waiting', 10, async () => {
      // The two that run next leave, two of those just shown leave, and two more come.
      const gone = [added[step * 2], added[step * 2 + 1], added[step * 10 + 12]];
      for (const one of gone) if (one) await bench.backend.remove?.(queue, one.id);
      await bench.backend.addJobs(queue, [job(`late${step}`), job(`later${step}`)]);
      step += 1;
      if (step > 40) throw new Error('the pages do not end');
    });
    const left = names(await readAll(bench.backend, queue, 'waiting', 200)).filter((name) => name.startsWith('j'));
    expect(names(seen)).toEqual(expect.arrayContaining(left));
    expect(new Set(seen.map((row) => row.id)).size).toBe(seen.length);
  });

  it('goes on where it was after the whole page was removed', async () => {
    for (const options of [{}, { delayMs: 60_000 }, { priority: 5 }]) {
      const queue = `list-removed-${Object.keys(options)[0] ?? 'plain'}`;
      const state: JobState = 'delayMs' in options ? 'delayed' : 'priority' in options ? 'prioritized' : 'waiting';
      await bench.backend.addJobs(
        queue,
        range(30, 'r').map((name) => job(name, options)),
      );
      const first = await bench.backend.listJobs(queue, state, null, 10);
      for (const row of first.items) await bench.backend.remove?.(queue, row.id);
      const second = await bench.backend.listJobs(queue, state, first.next, 10);
      expect(names(second.items)).toEqual(range(30, 'r').slice(10, 20));
    }
  });

  it('carries no payload, and of an error and a progress only the beginning', async () => {
    const queue = 'list-big';
    const big = 'x'.repeat(1_000_000);
    await bench.backend.addJobs(queue, [job('big', {}, { big })]);
    const worker = bench.broker.worker(queue, async (one) => {
      await one.updateProgress({ note: big });
      throw new Error(`${big.slice(0, 500)}\nsecond`);
    });
    const row = await bench.broker.backend.listJobs(queue, 'failed', null, 5).then(async function wait(page): Promise<
      (typeof page.items)[number]
    > {
      const [found] = page.items;
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return wait(await bench.backend.listJobs(queue, 'failed', null, 5));
    });
    await worker.close();
    expect(row.error).toBe('x'.repeat(300));
    expect(JSON.stringify(row).length).toBeLessThan(5_000);
  });
}
