import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlWorker } from '@/lib/backends/bullmq/control';
import type { QueueFigures } from '@/lib/contracts/queues';
import { SourceWatch } from '@/lib/live/watch/watch-source';
import { openPostgresBroker, openRedisBroker, type TestBroker, type TestProcess } from '@/lib/testing/brokers';
import { until } from '@/lib/testing/until';

/** Each state, made for real by BullMQ's own queues and workers; nothing is recorded. */
describe.each([
  ['Redis', openRedisBroker],
  ['PostgreSQL', openPostgresBroker],
] as const)('health on %s', (name, open) => {
  let broker: TestBroker;
  let watch: SourceWatch;
  const releases: (() => void)[] = [];
  beforeAll(async () => {
    broker = await open();
    const nothing = () => undefined;
    watch = new SourceWatch(broker.backend, {
      ...{ onStanding: nothing, onEvents: nothing, onFigures: nothing, onWorkers: nothing },
    });
    watch.retain({ figures: true, workers: true });
    await watch.waitStanding();
  });
  afterAll(async () => {
    for (const release of releases) release();
    watch.stop();
    await broker.close();
  });

  const look = async (queue: string): Promise<QueueFigures | undefined> => {
    await watch.snapshot.workers();
    const { queues } = await watch.snapshot.figures();
    return queues.find((one) => one.name === queue);
  };
  const untilHealth = async (queue: string, health: QueueFigures['health']): Promise<QueueFigures> => {
    let last: QueueFigures | undefined;
    const isSo = async () => {
      last = await look(queue);
      return last?.health === health;
    };
    await until(isSo, `${queue} to be ${health}`).catch((error: Error) => {
      throw new Error(`${error.message}: ${JSON.stringify(last)}`);
    });
    return last as QueueFigures;
  };
  const lanes = ({ attention }: QueueFigures) => attention.map(({ lane }) => lane);
  const hold: TestProcess = () => new Promise((resolve) => releases.push(() => resolve('held')));
  const fails: TestProcess = async ({ id }) => {
    throw new Error(Number(id) % 10 === 0 ? 'rare' : `Order ${id} not found`);
  };
  const jobs = (count: number) => Array.from({ length: count }, (_, i) => ({ name: 'a', data: { i } }));

  it('2,500 waiting and no worker is stuck, and moves when one comes', async () => {
    await broker.queue('nobody').addBulk(jobs(2_500));
    const stuck = await untilHealth('nobody', 'stuck');
    expect(stuck.attention).toMatchObject([
      { lane: 'stuck', sentence: '2,500 wait and no worker is connected', weight: 2_500, cause: null },
    ]);
    broker.worker('nobody', hold);
    expect((await untilHealth('nobody', 'moving')).attention).toEqual([]);
  });

  it('of jobs that nearly all fail it is failing, of the cause that most of them have', async () => {
    await broker.queue('fails').addBulk(jobs(40));
    broker.worker('fails', fails);
    const failing = await untilHealth('fails', 'failing');
    await until(async () => (await look('fails'))?.attention[0]?.sentence.startsWith('100% of 40 '), 'all 40');
    expect((await look('fails'))?.attention[0]).toMatchObject({
      cause: { group: null, message: 'Order <n> not found', jobs: 18, sample: 20 },
    });
    expect(lanes(failing)).toEqual(['failing']);
    await broker.queue('fails').pause();
    expect(lanes(await untilHealth('fails', 'paused'))).toEqual(['failing', 'paused']);
  });

  it('one failed job makes no queue failing', async () => {
    await broker.queue('one').add('a', {});
    broker.worker('one', fails);
    await until(async () => (await look('one'))?.counts.failed === 1, 'the failed job');
    expect(await untilHealth('one', 'empty')).toMatchObject({ attention: [] });
  });

  it('is paused although nothing waits, and idle with jobs for later', async () => {
    const queue = broker.queue('later');
    await queue.add('a', {}, { delay: 3_600_000 });
    await untilHealth('later', 'idle');
    await queue.pause();
    expect((await untilHealth('later', 'paused')).attention).toMatchObject([{ sentence: 'Nothing waits in it' }]);
  });

  it('with quiet workers only it is stuck', async () => {
    await broker.queue('quiet').add('a', {});
    const worker = broker.worker('quiet', hold);
    controlWorker(worker, { connection: broker.config.url, beatEveryMs: 200 });
    await untilHealth('quiet', 'moving');
    const findOwn = async () =>
      (await broker.backend.listWorkers()).find(({ queues, beats }) => beats && queues.includes('quiet'));
    const { id } = await until(findOwn, 'its worker to beat');
    await broker.backend.orderWorker?.(id, { kind: 'quiet', by: 'test' });
    await broker.queue('quiet').add('b', {});
    const { attention } = await untilHealth('quiet', 'stuck');
    expect(attention[0]?.sentence).toBe('1 waits and its one worker takes no jobs (quiet or stopping)');
  });

  // PostgreSQL holds the shape of what it keeps.
  if (name === 'Redis')
    it('what cannot be read is unclear, and never moving', async () => {
      await broker.queue('odd').add('a', {}, { delay: 3_600_000 });
      const redis = new Redis(broker.config.url ?? '');
      try {
        await redis.set('bull:odd:wait', 'not a list');
        expect(await untilHealth('odd', 'unclear')).toMatchObject({ attention: [], counts: { waiting: null } });
      } finally {
        redis.disconnect();
      }
    });
});
