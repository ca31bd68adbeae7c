import { expect, it } from 'vitest';
import type { SchedulerDefinition, SchedulerMethods, SchedulerPlace } from '@/lib/backends/schedulers';
import { until } from '@/lib/testing/until';
import { type Bench, readAll } from './broker';

const HOUR_MS = 3_600_000;

const define = (more: Partial<SchedulerDefinition> = {}): SchedulerDefinition => ({
  name: 'nightly',
  pattern: null,
  everyMs: null,
  tz: null,
  startMs: null,
  endMs: null,
  limit: null,
  iterations: null,
  offsetMs: null,
  data: '{}',
  opts: '{}',
  ...more,
});

const methodsOf = ({ backend }: Bench): SchedulerMethods => {
  if (!backend.schedulers) throw new Error('the backend knows no schedulers');
  return backend.schedulers;
};

const runsOf = async ({ backend }: Bench, queue: string) =>
  [...(await readAll(backend, queue, 'delayed', 50)), ...(await readAll(backend, queue, 'waiting', 50))].map(
    (row) => row.id,
  );

export function testSchedulers(bench: Bench): void {
  it('makes a scheduler that BullMQ follows, and edits it in place', async () => {
    const queue = 'sched-put';
    const at = methodsOf(bench);
    const text = '{"big": 12345678901234567890}';
    const made = await at.put(queue, 'night', define({ pattern: '0 3 * * *', tz: 'UTC', data: text }), false);
    const next = new Date();
    next.setUTCHours(3, 0, 0, 0);
    if (next.getTime() <= Date.now()) next.setUTCDate(next.getUTCDate() + 1);
    expect(made).toEqual({ kind: 'done', nextMs: next.getTime() });
    expect(await runsOf(bench, queue)).toEqual([`repeat:night:${next.getTime()}`]);
    const found = await at.find(queue, 'night');
    expect(found?.row).toMatchObject({ id: 'night', pattern: '0 3 * * *', tz: 'UTC', iterations: 1, legacy: false });
    expect(found?.definition.data.replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
    const edited = await at.put(queue, 'night', define({ everyMs: HOUR_MS, opts: '{"attempts":3}' }), false);
    expect(edited.kind).toBe('done');
    expect((await at.find(queue, 'night'))?.row).toMatchObject({ pattern: null, everyMs: HOUR_MS });
    expect(await runsOf(bench, queue)).toHaveLength(1);
    expect(await at.put(queue, 'night', define({ everyMs: 1000 }), true)).toEqual({ kind: 'exists' });
  });

  it('takes up where its limit and its interval were', async () => {
    const queue = 'sched-restore';
    const at = methodsOf(bench);
    const offsetMs = 1_234_567;
    const kept = define({ everyMs: HOUR_MS, limit: 10, iterations: 7, offsetMs });
    expect(await at.put(queue, 'hourly', kept, true)).toMatchObject({ kind: 'done' });
    const found = await at.find(queue, 'hourly');
    expect(found?.row).toMatchObject({ iterations: 7, limit: 10 });
    expect((found?.row.nextMs ?? 0) % HOUR_MS).toBe(offsetMs);
    const spent = await at.put(queue, 'spent', define({ everyMs: HOUR_MS, limit: 2, iterations: 3 }), false);
    expect(spent).toMatchObject({ kind: 'refused', reason: expect.stringContaining('limit') });
    expect(await at.find(queue, 'spent')).toBeNull();
  });

  it("is followed by BullMQ's workers, up to its limit, from the run that it had come to", async () => {
    const queue = 'sched-follow';
    const at = methodsOf(bench);
    const ran: unknown[] = [];
    const worker = bench.broker.worker(queue, async (one) => ran.push(one.data));
    const kept = define({ everyMs: 200, limit: 5, iterations: 3, offsetMs: 50, data: '{"n": 1}' });
    expect(await at.put(queue, 'soon', kept, true)).toMatchObject({ kind: 'done' });
    await until(() => ran.length === 3, 'the last three runs');
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(ran).toEqual([{ n: 1 }, { n: 1 }, { n: 1 }]);
    expect((await at.find(queue, 'soon'))?.row).toMatchObject({ iterations: 5, lastRun: { state: 'completed' } });
    await worker.close();
  });

  it('removes one only while it is as it was read', async () => {
    const queue = 'sched-remove';
    const at = methodsOf(bench);
    await at.put(queue, 'one', define({ everyMs: HOUR_MS, offsetMs: 5 }), false);
    const print = (await at.find(queue, 'one'))?.print ?? '';
    await at.put(queue, 'one', define({ everyMs: 2 * HOUR_MS, offsetMs: 5 }), false);
    expect(await at.remove(queue, 'one', print)).toBe('changed');
    const now = (await at.find(queue, 'one'))?.print ?? '';
    expect(await at.remove(queue, 'one', now)).toBe('done');
    expect(await at.remove(queue, 'one', now)).toBe('gone');
    expect(await at.find(queue, 'one')).toBeNull();
    expect(await runsOf(bench, queue)).toEqual([]);
  });

  it('runs now without the next run hearing of it', async () => {
    const queue = 'sched-run';
    const at = methodsOf(bench);
    const text = '{"n": 9007199254740993}';
    await at.put(queue, 'one', define({ pattern: '0 0 1 1 *', tz: 'UTC', data: text, opts: '{"priority":4}' }), false);
    const before = await at.find(queue, 'one');
    const id = await at.run(queue, { name: 'nightly', data: text, opts: '{"priority":4}' });
    const job = await bench.backend.getJob(queue, id, 1000);
    expect(job).toMatchObject({ name: 'nightly', state: 'prioritized', priority: 4, schedulerId: null });
    expect(job?.data.text.replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
    expect((await at.find(queue, 'one'))?.print).toBe(before?.print);
  });

  it('tells the newest run and how it ended', async () => {
    const queue = 'sched-last';
    const at = methodsOf(bench);
    await bench.broker.queue(queue).upsertJobScheduler('often', { every: 400 }, { name: 'fails' });
    const worker = bench.broker.worker(queue, async () => {
      throw new Error('not today\nsecond line');
    });
    const found = await until(async () => {
      const now = await at.find(queue, 'often');
      return now?.row.lastRun?.state === 'failed' && (now.row.iterations ?? 0) > 2 && now;
    }, 'a run to end');
    await worker.close();
    const { lastRun } = found.row;
    expect(lastRun).toMatchObject({ job: expect.stringMatching(/^repeat:often:\d+$/), error: 'not today' });
    expect(Date.parse(lastRun?.dueAt ?? '')).toBeLessThan(found.row.nextMs);
    const [listed] = await at.list(queue, null, 5);
    expect(listed?.lastRun?.state).toBeDefined();
    await at.remove(queue, 'often', null);
  });

  it('lists by next run across queues, page by page, ties and all', async () => {
    const at = methodsOf(bench);
    const names = ['sched-list-a', 'sched-list-b'];
    const startMs = Math.ceil(Date.now() / HOUR_MS + 10_000) * HOUR_MS;
    for (const queue of names)
      for (let i = 0; i < 7; i++)
        await at.put(queue, `s${i}`, define({ everyMs: HOUR_MS, startMs: startMs + (i > 3 ? HOUR_MS : 0) }), false);
    const met: string[] = [];
    let from: SchedulerPlace | null = { atMs: startMs, after: 'none' };
    for (;;) {
      const page = await at.list(null, from, 3);
      met.push(...page.map((row) => `${row.nextMs - startMs} ${row.queue} ${row.id}`));
      const last = page.at(-1);
      if (!last || page.length < 3) break;
      from = { atMs: last.nextMs, after: { queue: last.queue, id: last.id } };
    }
    const expected = [0, HOUR_MS].flatMap((at) =>
      names.flatMap((queue) => (at === 0 ? [0, 1, 2, 3] : [4, 5, 6]).map((i) => `${at} ${queue} s${i}`)),
    );
    expect(met).toEqual(expected);
    expect(await at.list(null, { atMs: startMs, after: 'all' }, 100)).toHaveLength(6);
    const asked = [
      { queue: names[0] ?? '', id: 's1' },
      { queue: names[0] ?? '', id: 'nope' },
    ];
    expect(await at.have(asked)).toEqual([true, false]);
  });
}
