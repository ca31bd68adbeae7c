import { expect, it } from 'vitest';
import type { FlowMethods, FlowPlace } from '@/lib/backends/flows';
import type { FlowTree } from '@/lib/contracts/flows';
import type { JobState } from '@/lib/contracts/states';
import { until } from '@/lib/testing/until';
import { type Bench, runAll } from './broker';

const ALL: JobState[] = ['waiting-children', 'completed', 'failed', 'waiting', 'active', 'delayed', 'prioritized'];

const tree = (queue: string, name: string, children: FlowTree[] = [], options: FlowTree['options'] = {}): FlowTree => ({
  queue,
  name,
  data: { of: name },
  options,
  children,
});

const NONE = { total: 0, pending: 0, processed: 0, failed: 0, holding: 0, ignored: 0, atLeast: false };

const methodsOf = ({ backend }: Bench): FlowMethods => {
  if (!backend.flows) throw new Error('the backend knows no flows');
  return backend.flows;
};

/** All flows of the queues whose names begin so, by pages of `limit`. */
async function findAll(bench: Bench, prefix: string, states: JobState[], limit: number) {
  const names: string[] = [];
  let from: FlowPlace | null = null;
  for (let round = 0; round < 1000; round++) {
    const { flows, reached } = await methodsOf(bench).search(states, from, limit);
    expect(flows.length).toBeLessThanOrEqual(limit);
    names.push(...flows.filter((flow) => flow.spot.queue.startsWith(prefix)).map((flow) => flow.row.name));
    if (reached === null) return names;
    from = { atMs: reached.atMs, after: reached };
  }
  throw new Error('the search does not end');
}

export function testFlows(bench: Bench): void {
  it('adds a tree, all of it, and shows it level by level', async () => {
    const at = methodsOf(bench);
    const kids = Array.from({ length: 5 }, (_, i) => tree('flow-kids', `kid${i}`));
    kids.push(tree('flow-mid', 'mid', [tree('flow-kids', 'leaf', [], { attempts: 3 })]));
    const added = await at.add(tree('flow-top', 'top', kids, { id: 'top-1' }), false, 'ann');
    expect(added).toEqual({ kind: 'done', id: 'top-1', state: 'waiting-children' });
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const level = await at.level('flow-top', 'top-1', { kind: null, after, limit: 4 });
      expect(level?.children).toEqual({ ...NONE, total: 6, pending: 6 });
      seen.push(...(level?.items ?? []).map((item) => `${item.kind} ${item.job?.row.state} ${item.job?.row.name}`));
      after = level?.next ?? null;
    } while (after !== null);
    const waiting = [0, 1, 2, 3, 4].map((i) => `pending waiting kid${i}`);
    expect(seen.sort()).toEqual([...waiting, 'pending waiting-children mid'].sort());
    const level = await at.level('flow-top', 'top-1', { kind: null, after: null, limit: 200 });
    const mid = level?.items.find((item) => item.job?.row.name === 'mid');
    expect(mid?.job?.children?.total).toBe(1);
    const below = await at.level('flow-mid', mid?.id ?? '', { kind: null, after: null, limit: 10 });
    expect(below?.parent).toEqual({ queue: 'flow-top', id: 'top-1' });
    expect(below?.items[0]?.job?.row).toMatchObject({ name: 'leaf', attempts: 3 });
    const leaf = await bench.backend.getJob('flow-kids', below?.items[0]?.id ?? '', 1000);
    expect(leaf?.options).toMatchObject({ attempts: 3, addedBy: 'ann' });
    expect(await at.level('flow-top', 'nope', { kind: null, after: null, limit: 10 })).toBeNull();
  });

  it('adds nothing where an id is taken', async () => {
    const at = methodsOf(bench);
    const twice = tree('flow-taken', 'top', [tree('flow-taken-kids', 'kid', [], { id: 'kid-x' })], { id: 'top-x' });
    expect(await at.add(twice, false)).toMatchObject({ kind: 'done' });
    const other = tree('flow-taken', 'other', [tree('flow-taken-kids', 'kid', [], { id: 'kid-x' })], { id: 'top-y' });
    expect(await at.add(other, false)).toEqual({ kind: 'taken', job: { queue: 'flow-taken-kids', id: 'kid-x' } });
    expect(await bench.backend.getJob('flow-taken', 'top-y', 10)).toBeNull();
    // The same tree again, by the same request: nothing is there twice.
    expect(await at.add(twice, true)).toMatchObject({ kind: 'done', id: 'top-x' });
    const level = await at.level('flow-taken', 'top-x', { kind: null, after: null, limit: 10 });
    expect(level?.children).toMatchObject({ total: 1, pending: 1 });
  });

  it('counts what its children came to', async () => {
    const at = methodsOf(bench);
    const kids = [
      tree('flow-ends-kids', 'fine'),
      tree('flow-ends-kids', 'fails-ignored', [], { onFailure: 'ignore' }),
      tree('flow-ends-kids', 'fails-hard', [], { onFailure: 'fail-parent' }),
    ];
    const added = await at.add(tree('flow-ends', 'top', kids), false);
    const id = added.kind === 'done' ? added.id : '';
    await runAll(bench, 'flow-ends-kids', 3);
    const level = await until(async () => {
      const now = await at.level('flow-ends', id, { kind: null, after: null, limit: 10 });
      return now?.children?.pending === 0 && now;
    }, 'the children to be counted');
    expect(level.children).toEqual({ ...NONE, total: 3, processed: 1, failed: 1, ignored: 1 });
    const kinds = Object.fromEntries(level.items.map((item) => [item.job?.row.name, item.kind]));
    expect(kinds).toEqual({ fine: 'processed', 'fails-ignored': 'ignored', 'fails-hard': 'failed' });
    const failed = await at.level('flow-ends', id, { kind: 'failed', after: null, limit: 10 });
    expect(failed?.items.map((item) => item.job?.row.name)).toEqual(['fails-hard']);
  });

  const OPTIONS: [option: string, onFailure: FlowTree['options']['onFailure'], counts: object, kind: string | null][] =
    [
      ['none: it holds its parent', undefined, { total: 2, failed: 1, holding: 1 }, 'failed'],
      ['fail-parent: its parent fails', 'fail-parent', { total: 2, failed: 1 }, 'failed'],
      ['continue-parent', 'continue-parent', { total: 2, ignored: 1 }, 'ignored'],
      ['ignore', 'ignore', { total: 2, ignored: 1 }, 'ignored'],
      ['remove: its parent knows of it no more', 'remove', { total: 1 }, null],
    ];
  it.each(OPTIONS)(
    'tells a child that failed from one that has not ended, with %s',
    async (_, onFailure, counts, kind) => {
      const at = methodsOf(bench);
      const queue = `flow-on-${onFailure ?? 'none'}`;
      const kids = [tree(`${queue}-kids`, 'fails', [], onFailure ? { onFailure } : {}), tree(`${queue}-later`, 'open')];
      const added = await at.add(tree(queue, 'top', kids), false);
      const id = added.kind === 'done' ? added.id : '';
      await runAll(bench, `${queue}-kids`, 1);
      const whole = await at.level(queue, id, { kind: null, after: null, limit: 10 });
      expect(whole?.children).toEqual({ ...NONE, pending: 1, ...counts });
      const kinds = Object.fromEntries(whole?.items.map((item) => [item.job?.row.name, item.kind]) ?? []);
      expect(kinds).toEqual({ open: 'pending', ...(kind ? { fails: kind } : {}) });
      const namesOf = async (wanted: 'failed' | 'pending' | 'ignored') =>
        (await at.level(queue, id, { kind: wanted, after: null, limit: 10 }))?.items.map((item) => item.job?.row.name);
      expect(await namesOf('pending')).toEqual(['open']);
      expect(await namesOf('failed')).toEqual(kind === 'failed' ? ['fails'] : []);
      expect(await namesOf('ignored')).toEqual(kind === 'ignored' ? ['fails'] : []);
      const held = onFailure === undefined ? [{ id, failed: 1 }] : [];
      const waits = onFailure === undefined || onFailure === 'ignore' || onFailure === 'remove';
      expect(await at.held(queue)).toEqual({ looked: waits ? 1 : 0, held, atLeast: false });
      const standing = await bench.backend.standing?.(queue, id);
      if (onFailure === undefined)
        expect(standing?.job.pending).toMatchObject({
          count: 2,
          failed: 1,
          atLeast: false,
          some: [
            { name: 'fails', state: 'failed' },
            { name: 'open', state: 'waiting' },
          ],
        });
      // Retried, it is awaited like any other.
      if (kind !== 'failed') return;
      const [failed] = whole?.items.filter((item) => item.kind === 'failed') ?? [];
      await bench.backend.retry?.(`${queue}-kids`, failed?.id ?? '');
      const again = await at.level(queue, id, { kind: null, after: null, limit: 10 });
      expect(again?.children).toEqual({ ...NONE, total: 2, pending: 2 });
    },
  );

  it('says at least where a job has more unfinished children than are looked at, and pages through those that failed', async () => {
    const at = methodsOf(bench);
    const kid = (i: number) => ({ name: 'kid', queueName: 'flowheld-kids', opts: { jobId: `kid-${i}` } });
    const children = Array.from({ length: 3_000 }, (_, i) => kid(i));
    const fails = Array.from({ length: 5 }, (_, i) => ({
      name: 'fails',
      queueName: 'flowheld-bad',
      opts: { jobId: `bad-${i}` },
    }));
    const { job } = await bench.broker
      .flows()
      .add({ name: 'big', queueName: 'flowheld', children: [...children, ...fails] });
    await runAll(bench, 'flowheld-bad', 5);
    const met: string[] = [];
    let after: string | null = null;
    do {
      const level = await at.level('flowheld', job.id ?? '', { kind: 'failed', after, limit: 2 });
      expect(level?.children).toMatchObject({ total: 3_005, atLeast: true });
      expect((level?.children?.pending ?? 0) + (level?.children?.failed ?? 0)).toBe(3_005);
      expect(level?.items.length).toBeLessThanOrEqual(2);
      met.push(...(level?.items.map(({ id }) => id) ?? []));
      after = level?.next ?? null;
    } while (after !== null);
    expect(met.sort()).toEqual(fails.map(({ opts }) => opts.jobId).sort());
  }, 60_000);

  it('finds flows in every state, newest first, and no other jobs', async () => {
    const at = methodsOf(bench);
    for (let i = 0; i < 4; i++) {
      await at.add(tree('flowsearch-a', `wait${i}`, [tree('flowsearch-kids', 'kid')]), false);
      await at.add(tree('flowsearch-b', `done${i}`, [tree('flowsearch-done-kids', 'kid')]), false);
      await bench.backend.addJobs('flowsearch-b', [{ name: 'plain', data: {}, options: {} }]);
    }
    await runAll(bench, 'flowsearch-done-kids', 4);
    await runAll(bench, 'flowsearch-b', 8);
    const done = await findAll(bench, 'flowsearch', ['completed'], 3);
    expect([...done].sort()).toEqual(['done0', 'done1', 'done2', 'done3']);
    const waiting = await findAll(bench, 'flowsearch', ['waiting-children'], 3);
    expect(waiting).toEqual(['wait3', 'wait2', 'wait1', 'wait0']);
    const all = await findAll(bench, 'flowsearch', ALL, 3);
    expect([...all].sort()).toEqual([...done, ...waiting].sort());
  });

  it('gets through hundreds of flows of one moment', async () => {
    const names = Array.from({ length: 450 }, (_, i) => `many${i}`);
    await bench.broker
      .flows()
      .addBulk(
        names.map((name) => ({ name, queueName: 'flowmany', children: [{ name: 'kid', queueName: 'flowmany-kids' }] })),
      );
    await until(() => bench.backend.hasQueue('flowmany'), 'the queue');
    const met = await findAll(bench, 'flowmany', ['waiting-children'], 50);
    expect([...met].sort()).toEqual([...names].sort());
  });

  it('pages through ten thousand children', async () => {
    const at = methodsOf(bench);
    const kid = { name: 'kid', queueName: 'flowbig-kids' };
    const { job } = await bench.broker
      .flows()
      .add({ name: 'big', queueName: 'flowbig', children: Array.from({ length: 10_000 }, () => kid) });
    const met = new Set<string>();
    let slowestMs = 0;
    let after: string | null = null;
    do {
      const from = performance.now();
      const level = await at.level('flowbig', job.id ?? '', { kind: null, after, limit: 200 });
      slowestMs = Math.max(slowestMs, performance.now() - from);
      for (const item of level?.items ?? []) met.add(item.id);
      after = level?.next ?? null;
    } while (after !== null && met.size < 2000);
    expect(met.size).toBe(2000);
    expect(slowestMs).toBeLessThan(1000);
  }, 180_000);
}
