import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgresBroker, openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { until } from '@/lib/testing/until';
import { type OperationsBench, openOperationsBench } from './testing/operations-bench';

describe.each([
  ['Redis', openRedisBroker],
  ['PostgreSQL', openPostgresBroker],
] as const)('retrying what failed in a flow on %s', (_name, open) => {
  let broker: TestBroker;
  let bench: OperationsBench;
  beforeAll(async () => {
    broker = await open();
    bench = openOperationsBench(broker.config, await createTestDatabase());
    bench.startMonitor();
  });
  afterAll(async () => {
    await bench.close();
    await broker.close();
  });

  let isBroken = true;
  const work = (queue: string) =>
    broker.worker(queue, async ({ name }) => {
      if (isBroken && name.startsWith('fails')) throw new Error(`no ${name}`);
      return name;
    });
  const kid = (name: string, queueName: string, opts: object = {}, children: object[] = []) => ({
    ...{ name, queueName, opts },
    ...(children.length > 0 ? { children } : {}),
  });
  const stateOf = async (queue: string, id: string) => (await bench.entry.backend.getJob(queue, id, 10))?.state;
  const standsAs = (queue: string, states: Record<string, string>) =>
    until(
      async () => {
        for (const [id, state] of Object.entries(states)) if ((await stateOf(queue, id)) !== state) return false;
        return true;
      },
      `${queue} to be ${JSON.stringify(states)}`,
    );

  it('takes what failed at its ends, in all queues; leaves what waits for these, and what was to be ignored', async () => {
    isBroken = true;
    const { job } = await broker.flows().add({
      ...kid('top', 'r-top', { jobId: 'top' }),
      children: [
        kid('fails-a', 'r-a', { jobId: 'a' }),
        kid('fails-ignored', 'r-a', { jobId: 'ignored', ignoreDependencyOnFailure: true }),
        kid('fine', 'r-a', { jobId: 'fine' }),
        kid('mid', 'r-b', { jobId: 'mid' }, [kid('fails-leaf', 'r-c', { jobId: 'leaf' })]),
        kid('dies', 'r-b', { jobId: 'dies' }, [kid('fails-hard', 'r-c', { jobId: 'hard', failParentOnFailure: true })]),
      ],
    } as never);
    const address = { source: 'test', queue: 'r-top', job: job.id ?? '' };
    await expect(bench.call('flow.retry', { ...address, body: {} })).rejects.toMatchObject({ code: 'nothing_matches' });
    for (const queue of ['r-top', 'r-a', 'r-b', 'r-c']) work(queue);
    await standsAs('r-a', { a: 'failed', ignored: 'failed', fine: 'completed' });
    await standsAs('r-b', { mid: 'waiting-children', dies: 'failed' });
    const before = await bench.call('flow.failures', address);
    expect(before).toMatchObject({
      ...{ jobs: 3, blocked: 1, ignored: 1, exact: true, can: ['flow.retry'] },
      queues: [
        { queue: 'r-a', jobs: 1 },
        { queue: 'r-c', jobs: 2 },
      ],
    });
    expect(before.sample.map(({ id, name, error }) => [id, name, error]).sort()).toEqual([
      ['a', 'fails-a', 'no fails-a'],
      ['hard', 'fails-hard', 'no fails-hard'],
      ['leaf', 'fails-leaf', 'no fails-leaf'],
    ]);
    // Only what is below is taken.
    const part = await bench.call('flow.failures', { ...address, queue: 'r-b', job: 'mid' });
    expect(part).toMatchObject({ jobs: 1, sample: [{ id: 'leaf' }] });

    isBroken = false;
    const started = await bench.call('flow.retry', { ...address, body: { reason: 'mended' } });
    expect(started).toMatchObject({ jobs: 3, blocked: 1, ignored: 1, exact: true, leftOut: [] });
    for (const { id, queue } of started.operations) {
      const ended = await bench.waitFor(id, 'done');
      expect(ended).toMatchObject({
        done: queue === 'r-a' ? 1 : 2,
        failed: 0,
        skipped: 0,
        reason: 'mended',
        kind: 'retry',
      });
      expect(ended.chosen).toBe('failed jobs of the flow below r-top:top');
    }
    await standsAs('r-b', { mid: 'completed', dies: 'failed' });
    // What had failed with its child is ready now; it was the last that held the flow.
    expect(await stateOf('r-top', 'top')).toBe('waiting-children');
    const again = await bench.call('flow.retry', { ...address, body: { reason: 'the rest' } });
    expect(again).toMatchObject({ jobs: 1, blocked: 0, operations: [{ queue: 'r-b' }] });
    await standsAs('r-top', { top: 'completed' });
    const after = await bench.call('flow.failures', address);
    expect(after).toMatchObject({ jobs: 0, can: [], cannot: { 'flow.retry': expect.stringContaining('No job') } });
    const audit = await bench.store.query<{ outcome: string; summary: unknown }>(
      `SELECT outcome FROM queuedeck.audit WHERE action = 'flow.retry' ORDER BY id`,
    );
    expect(audit.map(({ outcome }) => outcome)).toEqual(['nothing_matches', 'done', 'done']);
  }, 120_000);

  it('walks a flow that leads back into itself once', async () => {
    const ids = ['x', 'y', 'z'];
    for (const [i, id] of ids.entries())
      await broker.flows().add({
        ...kid('ring', 'r-ring', { jobId: id }),
        children: [
          kid('ring', 'r-ring', { jobId: ids[(i + 1) % 3] }),
          kid('fails-in-ring', 'r-ring-kids', { jobId: `bad-${id}` }),
        ],
      } as never);
    isBroken = true;
    work('r-ring-kids');
    await standsAs('r-ring-kids', { 'bad-x': 'failed', 'bad-y': 'failed', 'bad-z': 'failed' });
    const found = await bench.call('flow.failures', { source: 'test', queue: 'r-ring', job: 'x' });
    expect(found.sample.map(({ id }) => id).sort()).toEqual(['bad-x', 'bad-y', 'bad-z']);
  }, 120_000);
});
