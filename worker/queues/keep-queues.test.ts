import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlWorker } from '@/lib/backends/bullmq/control';
import type { TestBroker } from '@/lib/testing/brokers';
import { until } from '@/lib/testing/until';
import { readStillBroker, readWholeBroker } from '@/lib/testing/whole-broker';
import { type CarefulWorker, knownTask, openForeignBroker, startCarefulWorker } from '@/worker/testing/careful-worker';

const NO_TASK = 'and no task of ours is called that.';
const LOOK = { lookEveryMs: 250 };

interface SchedulerQueue {
  upsertJobScheduler(id: string, repeat: object, template: object): Promise<unknown>;
}

/** Leaves a queue with a job or scheduler that is none of ours, in each place where one can be. */
const PLACES: Record<string, (broker: TestBroker, queue: string) => Promise<unknown>> = {
  waiting: (broker, queue) => broker.queue(queue).add('theirs', {}),
  delayed: (broker, queue) => broker.queue(queue).add('theirs', {}, { delay: 3_600_000 }),
  prioritized: (broker, queue) => broker.queue(queue).add('theirs', {}, { priority: 7 }),
  completed: (broker, queue) => runOne(broker, queue, async () => 'done'),
  failed: (broker, queue) => runOne(broker, queue, async () => Promise.reject(new Error('no'))),
  parent: (broker, queue) =>
    broker.flows().add({ name: 'theirs', queueName: queue, children: [{ name: 'known', queueName: 'elsewhere' }] }),
  paused: async (broker, queue) => {
    await broker.queue(queue).add('theirs', {});
    await broker.queue(queue).pause();
  },
  // Far from both ends there may be ours.
  'among-ours': (broker, queue) =>
    broker
      .queue(queue)
      .addBulk(
        Array.from({ length: 700 }, (_, n) => ({ name: n === 250 || n === 450 ? 'theirs' : 'known', data: {} })),
      ),
};

async function runOne(broker: TestBroker, queue: string, run: () => Promise<unknown>): Promise<void> {
  const worker = broker.worker(queue, run);
  const { id = '' } = await broker.queue(queue).add('theirs', {});
  await until(async () => {
    const state = (await broker.backend.getJob(queue, id, 10))?.state;
    return state === 'completed' || state === 'failed';
  }, 'a job that has ended');
  await worker.close();
}

describe.each(['redis', 'postgres'] as const)('a broker on %s that is somebody else’s', (kind) => {
  let broker: TestBroker;
  let open: CarefulWorker[] = [];
  beforeAll(async () => {
    broker = await openForeignBroker(kind);
  });
  afterAll(async () => {
    await broker?.close();
  });
  const start = async (queues: string[], ran: string[] = [], run?: () => Promise<unknown>) => {
    const ours = await startCarefulWorker(broker, {
      tasks: queues.map((queue) => knownTask(queue, ran, run)),
      ...LOOK,
    });
    open.push(ours);
    return ours;
  };
  const stopAll = async () => {
    for (const ours of open.splice(0)) await ours.close();
  };
  const stateOf = async (queue: string, id = '') => (await broker.backend.getJob(queue, id, 10))?.state;

  it('keeps all that it has while our worker leaves it alone: nothing is added, not even a beat', async () => {
    const queues = [...Object.keys(PLACES), 'scheduled'];
    for (const [queue, place] of Object.entries(PLACES)) await place(broker, queue);
    await (broker.queue('scheduled') as unknown as SchedulerQueue).upsertJobScheduler(
      'nightly',
      { pattern: '0 3 * * *' },
      { name: 'clean' },
    );
    // A flow's parent is added without its queue.
    const before = await readStillBroker(
      broker.config.url,
      queues.filter((queue) => queue !== 'parent'),
    );
    const ours = await start(queues);
    for (const queue of Object.keys(PLACES))
      expect(await ours.untilLeft(queue), queue).toBe(`It holds jobs named "theirs", ${NO_TASK}`);
    expect(await ours.untilLeft('scheduled')).toBe(`Its scheduler "nightly" makes jobs named "clean", ${NO_TASK}`);
    // A few looks later.
    await sleep(1_000);
    await stopAll();
    expect(await readWholeBroker(broker.config.url)).toEqual(before);
    expect(Object.keys(before).length).toBeGreaterThan(20);
  });

  it('has a queue worked on as soon as the reason is gone, and left when it comes back', async () => {
    const queue = 'waiting';
    const ran: string[] = [];
    const { id } = await broker.queue(queue).add('known', {});
    const ours = await start([queue], ran);
    await ours.untilLeft(queue);
    await broker.backend.drain?.(queue, true, { maxRemoved: 1_000, maxMs: 5_000 });
    const { id: again } = await broker.queue(queue).add('known', {});
    await ours.untilWorks(queue);
    await until(() => ran.includes(again ?? ''), 'our job');
    expect(ran).not.toContain(id);
    await broker.queue(queue).add('theirs', {}, { delay: 3_600_000 });
    expect(await ours.untilLeft(queue)).toContain('"theirs"');
    await stopAll();
  });

  it.each([
    ['without a name', {}, 'theirs-plain'],
    ['with a name', { name: 'crew-1' }, 'theirs-named'],
    ['on a long queue', { name: 'crew-1' }, `theirs-${'x'.repeat(60)}`],
  ])('leaves a queue to workers %s, until they are gone', async (_what, options, queue) => {
    const ran: string[] = [];
    const theirs = broker.worker(queue, async () => 'theirs', options);
    await theirs.waitUntilReady();
    const ours = await start([queue], ran);
    const reason = await ours.untilLeft(queue);
    expect(reason).toMatch(/^Another worker takes its jobs: .+\.$/);
    const { id = '' } = await broker.queue(queue).add('known', {});
    await until(async () => (await stateOf(queue, id)) === 'completed', 'their run');
    expect(ran).toEqual([]);
    await theirs.close();
    await ours.untilWorks(queue);
    await stopAll();
  });

  it('leaves a queue to workers that come later: what runs ends, nothing new begins', async () => {
    const queue = 'later';
    const ran: string[] = [];
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const ours = await start([queue], ran, () => held);
    await ours.untilWorks(queue);
    const { id: first = '' } = await broker.queue(queue).add('known', {});
    await until(() => ran.includes(first), 'a running job');
    const theirs = broker.worker(queue, async () => 'theirs');
    controlWorker(theirs, { connection: controlTargetOf(broker) });
    await ours.untilLeft(queue);
    const { id: second = '' } = await broker.queue(queue).add('known', {});
    await until(async () => (await stateOf(queue, second)) === 'completed', 'their run');
    expect(await stateOf(queue, first)).toBe('active');
    finish();
    await until(async () => (await stateOf(queue, first)) === 'completed', 'our run');
    expect(ran).toEqual([first]);
    await theirs.close();
    await ours.untilWorks(queue);
    await stopAll();
  });

  it('does not take itself for another worker, however long the name of the queue', async () => {
    const queues = ['itself', `itself-${'x'.repeat(35)}`, `itself-${'x'.repeat(60)}`];
    const ours = await start(queues);
    await ours.untilWorks(...queues);
    for (let look = 0; look < 5; look += 1) {
      await sleep(LOOK.lookEveryMs);
      for (const queue of queues) expect(await ours.standing(queue), queue).toMatchObject({ state: 'works' });
    }
    // Nor is it one on the Workers page.
    const seen = () => broker.backend.listWorkers().then((all) => all.map(({ beats, queues: on }) => [beats, on]));
    await until(async () => JSON.stringify(await seen()) === JSON.stringify([[true, queues]]), 'one worker');
    await stopAll();
  });

  it('has its queues shared with another Queuedeck', async () => {
    const queue = 'both';
    const ran: string[] = [];
    const [one, two] = [await start([queue], ran), await start([queue], ran)];
    await one.untilWorks(queue);
    await two.untilWorks(queue);
    for (let look = 0; look < 5; look += 1) {
      await sleep(LOOK.lookEveryMs);
      expect([await one.standing(queue), await two.standing(queue)]).toMatchObject([
        { state: 'works' },
        { state: 'works' },
      ]);
    }
    const { id = '' } = await broker.queue(queue).add('known', {});
    await until(() => ran.includes(id), 'our run');
    await stopAll();
  });

  it('keeps a dashboard’s orders over the leaving of a queue', async () => {
    const queue = 'ordered';
    const ran: string[] = [];
    const ours = await start([queue], ran);
    await ours.untilWorks(queue);
    const beat = () => until(async () => (await broker.backend.listWorkers()).find(({ beats }) => beats), 'a beat');
    const { id } = await beat();
    await broker.backend.orderWorker?.(id, { kind: 'concurrency', concurrency: 2, queue, by: 'anna' });
    await broker.backend.orderWorker?.(id, { kind: 'quiet', by: 'anna' });
    const theirs = broker.worker(queue, async () => 'theirs');
    await theirs.waitUntilReady();
    await ours.untilLeft(queue);
    await theirs.close();
    await ours.untilWorks(queue);
    const { id: job = '' } = await broker.queue(queue).add('known', {});
    expect(await until(async () => ((await beat()).slots === 2 ? beat() : null), 'its slots')).toMatchObject({
      status: 'quiet',
    });
    await sleep(500);
    expect(ran).toEqual([]);
    await broker.backend.orderWorker?.((await beat()).id, { kind: 'resume', by: 'anna' });
    await until(() => ran.includes(job), 'our run');
    await stopAll();
  });

  it('tells what it does no more when it has stopped', async () => {
    const ours = await start(['stopped']);
    await ours.untilWorks('stopped');
    await ours.worker.stop(0);
    expect(await ours.standing('stopped')).toBeNull();
    open = open.filter((one) => one !== ours);
    await ours.store.close();
  });

  it('waits for a broker that is away, and goes on after an outage', { timeout: 60_000 }, async () => {
    const ran: string[] = [];
    await broker.server.kill();
    const ours = await start(['away'], ran);
    expect(await ours.untilLeft('away')).toMatch(/^It could not be looked into: /);
    await broker.server.restart();
    await ours.untilWorks('away');
    const add = () =>
      until(
        () =>
          broker
            .queue('away')
            .add('known', {})
            .catch(() => null),
        'the broker',
      );
    const { id: before = '' } = await add();
    await until(() => ran.includes(before), 'our run');
    await broker.server.kill();
    await sleep(1_000);
    expect(await ours.standing('away')).toMatchObject({ state: 'works' });
    await broker.server.restart();
    const { id: after = '' } = await add();
    await until(() => ran.includes(after), 'our run');
    await stopAll();
  });
});

const controlTargetOf = (broker: TestBroker) => broker.config.url;

describe('a Redis that tells little', () => {
  let broker: TestBroker;
  beforeAll(async () => {
    broker = await openForeignBroker('redis');
  });
  afterAll(() => broker?.close());

  it('is left alone where it does not list its clients', async () => {
    const redis = new Redis(broker.config.url);
    await redis.call('ACL', 'SETUSER', 'kept', 'on', '>word', '~*', '&*', '+@all', '-client|list');
    redis.disconnect();
    const config = { ...broker.config, url: broker.config.url.replace('redis://', 'redis://kept:word@') };
    const ours = await startCarefulWorker({ ...broker, config }, { tasks: [knownTask('any', [])], ...LOOK });
    expect(await ours.untilLeft('any')).toContain('does not list its clients (CLIENT LIST)');
    await ours.close();
  });

  it('is left alone while it refuses to give jobs, and worked on when it does', async () => {
    const redis = new Redis(broker.config.url);
    await redis.call('ACL', 'SETUSER', 'taker', 'on', '>word', '~*', '&*', '+@all');
    const config = { ...broker.config, url: broker.config.url.replace('redis://', 'redis://taker:word@') };
    const ran: string[] = [];
    const ours = await startCarefulWorker(
      { ...broker, config },
      { tasks: [knownTask('refused', ran)], lookEveryMs: 1_000 },
    );
    await ours.untilWorks('refused');
    await redis.call('ACL', 'SETUSER', 'taker', '-rpoplpush');
    const { id = '' } = await broker.queue('refused').add('known', {});
    // Not one error after the other: it leaves, and says why.
    expect(await ours.untilLeft('refused')).toMatch(/^It could not be looked into: /);
    await redis.call('ACL', 'SETUSER', 'taker', '+rpoplpush');
    await until(() => ran.includes(id), 'our run');
    redis.disconnect();
    await ours.close();
  });

  it('has only the odd queue left alone', async () => {
    const redis = new Redis(broker.config.url);
    await redis.set('bull:odd-wait:wait', 'a string');
    await redis.set('bull:odd-repeat:repeat', 'a string');
    await redis.rpush('bull:odd-job:wait', '17');
    await redis.set('bull:odd-job:17', 'a string');
    await redis.rpush('bull:orphan:wait', '18');
    const odd = ['odd-wait', 'odd-repeat', 'odd-job', 'orphan'];
    const readOdd = async () => {
      const whole = Object.entries(await readWholeBroker(broker.config.url));
      return whole.filter(([key]) => odd.some((queue) => key.startsWith(`bull:${queue}:`)));
    };
    const before = await readOdd();
    const tasks = [...odd, 'sound'].map((queue) => knownTask(queue, []));
    const ours = await startCarefulWorker(broker, { tasks, ...LOOK });
    await ours.untilWorks('sound');
    const reasons = await Promise.all(odd.map((queue) => ours.untilLeft(queue)));
    expect(reasons).toEqual([
      expect.stringContaining('bull:odd-wait:wait is a string'),
      expect.stringContaining('bull:odd-repeat:repeat is a string'),
      'It holds a job without a name ("17").',
      'It holds a job without a name ("18").',
    ]);
    // One that turns odd while it is worked on is left as well.
    await redis.set('bull:sound:prioritized', 'a string');
    expect(await ours.untilLeft('sound')).toMatch(/could not be looked into/);
    await ours.close();
    expect(await readOdd()).toEqual(before);
    expect(before).toHaveLength(5);
    redis.disconnect();
  });
});
