import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlWorker } from '@/lib/backends/bullmq/control';
import { openBackend } from '@/lib/backends/registry';
import type { WhyCode } from '@/lib/contracts/why';
import {
  openPostgresBroker,
  openRedisBroker,
  type TestBroker,
  type TestProcess,
  type TestWorkerOptions,
} from '@/lib/testing/brokers';
import { startSlowProxy } from '@/lib/testing/slow-proxy';
import { decideJob } from './decide-job';
import { decideQueue } from './decide-queue';
import { type Found, staffOf } from './facts';
import { sharedHeld } from './shared-held';

/** Each cause, made for real by BullMQ's own queues and workers. */
describe.each([
  ['Redis', openRedisBroker],
  ['PostgreSQL', openPostgresBroker],
] as const)('why on %s', (name, open) => {
  let broker: TestBroker;
  const releases: (() => void)[] = [];
  beforeAll(async () => {
    broker = await open();
  });
  afterAll(async () => {
    for (const release of releases) release();
    await broker.close();
  });

  const factsOf = async (queue: string) => {
    const [motion, workers] = await Promise.all([broker.backend.motion?.(queue), broker.backend.listWorkers()]);
    if (!motion) throw new Error('no motion');
    const held =
      motion.waitingChildren > 0 ? await sharedHeld(broker.backend, queue, new AbortController().signal) : null;
    return { motion, staff: staffOf(queue, workers), held };
  };
  const whyQueue = async (queue: string) => decideQueue(await factsOf(queue));
  const whyJob = async (queue: string, id: string) => {
    const found = await broker.backend.standing?.(queue, id);
    if (!found) throw new Error('no such job');
    return decideJob({ motion: found.motion, staff: staffOf(queue, await broker.backend.listWorkers()) }, found.job);
  };
  const untilCode = async (ask: () => Promise<Found[]>, code: WhyCode): Promise<[Found, ...Found[]]> => {
    let last: Found[] = [];
    for (const end = Date.now() + 12_000; Date.now() < end; await sleep(60)) {
      last = await ask();
      if (last[0]?.code === code) return last as [Found, ...Found[]];
    }
    throw new Error(`never "${code}": ${JSON.stringify(last)}`);
  };
  /** Processors that wait until the end of the test. */
  const hold: TestProcess = () => new Promise((resolve) => releases.push(() => resolve('held')));
  const beating = (queue: string, run: TestProcess, options?: TestWorkerOptions) => {
    const worker = broker.worker(queue, run, options);
    controlWorker(worker, { connection: broker.config.url, beatEveryMs: 200 });
    return worker;
  };

  it('no worker', async () => {
    const { id = '' } = await broker.queue('nobody').add('a', {});
    const [answer] = await untilCode(() => whyQueue('nobody'), 'no-worker');
    expect(answer.sentence).toBe('No worker is connected to this queue; 1 waits.');
    expect((await whyJob('nobody', id))[0]).toMatchObject({ code: 'no-worker', figures: { ready: 1, workers: 0 } });
  });

  it('paused, since when, and what would come after', async () => {
    const queue = broker.queue('paused');
    const { id = '' } = await queue.add('a', {});
    await queue.pause();
    const found = await whyQueue('paused');
    expect(found[0]).toMatchObject({ code: 'paused', figures: { ready: 1 } });
    expect(Date.now() - Date.parse(found[0]?.since ?? '')).toBeLessThan(5_000);
    expect(found.map(({ code }) => code)).toContain('no-worker');
    expect((await whyJob('paused', id))[0]?.code).toBe('paused');
  });

  it('all slots busy, since when', async () => {
    const queue = broker.queue('busy');
    beating('busy', hold, { concurrency: 2 });
    await queue.add('a', {});
    await queue.add('b', {});
    const { id = '' } = await queue.add('c', {});
    await sleep(300);
    await broker.queue('busy').add('d', {});
    const [answer] = await untilCode(() => whyQueue('busy'), 'slots-busy');
    expect(answer).toMatchObject({ figures: { slots: 2, active: 2, ready: 2 } });
    expect(answer.sentence).toMatch(/^All 2 slots of 1 worker have been busy for /);
    const sinceMs = Date.now() - Date.parse(answer.since ?? '');
    expect(sinceMs).toBeGreaterThanOrEqual(300);
    expect(sinceMs).toBeLessThan(20_000);
    const [own] = await whyJob('busy', id);
    expect(['slots-busy', 'moving']).toContain(own?.code);
  });

  it('rate limited, and until when', async () => {
    const queue = broker.queue('limited');
    await queue.setGlobalRateLimit(1, 60_000);
    broker.worker('limited', async () => 'done');
    await queue.add('a', {});
    const { id = '' } = await queue.add('b', {});
    const [answer] = await untilCode(() => whyQueue('limited'), 'rate-limited');
    expect(answer).toMatchObject({ figures: { max: 1, durationMs: 60_000 } });
    expect(Date.parse(answer.until ?? '') - Date.now()).toBeGreaterThan(30_000);
    expect((await whyJob('limited', id))[0]?.code).toBe('rate-limited');
  });

  it("the workers' own limiter, as probable", async () => {
    const queue = broker.queue('own-limit');
    beating('own-limit', async () => 'done', { limiter: { max: 1, duration: 30_000 }, concurrency: 3 });
    await queue.add('a', {});
    await queue.add('b', {});
    const [answer] = await untilCode(() => whyQueue('own-limit'), 'rate-limited');
    expect(answer.sentence).toContain('probably');
  });

  it('global concurrency reached', async () => {
    const queue = broker.queue('global');
    await queue.setGlobalConcurrency(1);
    beating('global', hold, { concurrency: 5 });
    await queue.add('a', {});
    await queue.add('b', {});
    const [answer] = await untilCode(() => whyQueue('global'), 'global-concurrency');
    expect(answer).toMatchObject({ figures: { concurrency: 1, active: 1 } });
  });

  it('delayed, and until when', async () => {
    const { id = '' } = await broker.queue('later').add('a', {}, { delay: 90_000 });
    const [answer] = await whyQueue('later');
    expect(answer).toMatchObject({ code: 'delayed', figures: { delayed: 1 } });
    const [own] = await whyJob('later', id);
    expect(own?.code).toBe('delayed');
    expect(Math.abs(Date.parse(own?.until ?? '') - Date.now() - 90_000)).toBeLessThan(5_000);
    expect(own?.sentence).toMatch(/^It is delayed: due in 1 min /);
  });

  it('waits for its children, by name', async () => {
    const { job } = await broker.flows().add({
      name: 'parent',
      queueName: 'family',
      children: [
        { name: 'resize', queueName: 'family-kids' },
        { name: 'upload', queueName: 'family-kids' },
      ],
    });
    // Children's keys are split by the queues that are known.
    await broker.backend.queueNames();
    const [own] = await whyJob('family', job.id ?? '');
    expect(own).toMatchObject({ code: 'waiting-children', figures: { children: 2 } });
    expect(own?.sentence).toMatch(/resize|upload/);
    expect((await whyQueue('family'))[0]?.code).toBe('waiting-children');
  });

  it('waits for children that failed: says so, names them, and what frees it', async () => {
    const kid = (kind: string, i: number) => ({ name: `${kind}-${i}`, queueName: `orphaned-${kind}` });
    const flow = (name: string, kinds: string[]) =>
      broker.flows().add({ name, queueName: 'orphaned', children: kinds.map((kind, i) => kid(kind, i)) });
    const some = await flow('some', ['bad', 'bad', 'bad', 'bad', 'open', 'open']);
    const all = await flow('all', ['bad', 'bad']);
    const fine = await flow('fine', ['open']);
    broker.worker('orphaned-bad', async () => {
      throw new Error('no');
    });
    const failed = async () =>
      (await broker.backend.snapshot()).queues.find((one) => one.name === 'orphaned-bad')?.counts.failed;
    await expect.poll(failed, { timeout: 30_000 }).toBe(6);
    await broker.backend.queueNames();
    const [own] = await whyJob('orphaned', some.job.id ?? '');
    expect(own).toMatchObject({ code: 'children-failed', figures: { children: 6, failed: 4, atLeast: false } });
    expect(own?.sentence).toMatch(
      /^It waits for 6 children: 4 failed and hold it, 2 have not ended\. Only retrying or removing what failed frees it: (bad-\d \(orphaned-bad\)(, )?){3} and 1 more\.$/,
    );
    const [other] = await whyJob('orphaned', all.job.id ?? '');
    expect(other?.sentence).toMatch(/^It waits for 2 children: all failed and hold it\. Only retrying or removing/);
    expect((await whyJob('orphaned', fine.job.id ?? ''))[0]).toMatchObject({ code: 'waiting-children' });
    expect((await whyQueue('orphaned'))[0]).toMatchObject({
      code: 'children-failed',
      sentence:
        'Nothing is ready: 3 jobs wait for children, 2 of them for 6 that failed: only retrying or removing these frees them.',
      figures: { waitingChildren: 3, held: 2, failedChildren: 6, atLeast: false },
    });
    // Beside what else is said of the queue.
    await broker.queue('orphaned').add('plain', {});
    const codes = (await whyQueue('orphaned')).map(({ code }) => code);
    expect(codes[0]).toBe('no-worker');
    expect(codes).toContain('children-failed');
  });

  it('behind prioritized jobs, and behind waiting ones', async () => {
    const queue = broker.queue('order');
    beating('order', hold);
    await queue.add('running', {});
    await untilCode(() => whyQueue('order'), 'moving');
    const active = async () => (await broker.backend.listJobs('order', 'active', null, 5)).items.length;
    await expect.poll(active, { timeout: 10_000 }).toBe(1);
    const ids: string[] = [];
    for (const priority of [5, 5, 9]) ids.push((await queue.add('p', {}, { priority })).id ?? '');
    const last = ids[2] ?? '';
    expect((await findCode(last, 'behind-prioritized'))?.figures).toMatchObject({
      prioritizedAhead: 2,
      waitingAhead: 0,
    });
    await queue.add('w', {});
    const second = (await queue.add('w', {})).id ?? '';
    expect((await findCode(second, 'behind-waiting'))?.figures).toMatchObject({ waitingAhead: 1, prioritizedAhead: 0 });
    expect((await findCode(last, 'behind-prioritized'))?.figures).toMatchObject({
      prioritizedAhead: 2,
      waitingAhead: 2,
    });
  });
  const findCode = async (id: string, code: WhyCode) => (await whyJob('order', id)).find((one) => one.code === code);

  it('stalled, and when it is handed out again', async () => {
    const queue = broker.queue('lost');
    const settings = { lockDuration: 500, skipLockRenewal: true, stalledInterval: 4_000, maxStalledCount: 5 };
    broker.worker('lost', hold, settings);
    const { id = '' } = await queue.add('a', {});
    // The list of clients is read every other second.
    const seen = async () => ((await factsOf('lost')).staff.workers === 1 ? whyJob('lost', id) : []);
    const [own] = await untilCode(seen, 'stalled');
    expect(own.sentence).toMatch(/^Its lock is lost: the worker.* died or hangs; /);
    const [answer] = await untilCode(() => whyQueue('lost'), 'stalled');
    expect(answer.figures).toMatchObject({ lost: 1 });
    const until = Date.parse(own.until ?? '');
    expect(until).toBeGreaterThan(Date.now() - 1_000);
    expect(until - Date.now()).toBeLessThan(62_000);
  });

  it('a job that runs, and one that has ended', async () => {
    const queue = broker.queue('plain');
    broker.worker('plain', (job, ...rest) => (job.name === 'held' ? hold(job, ...rest) : Promise.resolve('done')), {
      name: 'worker-7',
      concurrency: 2,
    });
    const held = (await queue.add('held', {}, { attempts: 3 })).id ?? '';
    const [own] = await untilCode(() => whyJob('plain', held), 'running');
    expect(own.sentence).toMatch(/^It has been running for .* on worker-7, attempt 1 of 3\.$/);
    const quick = (await queue.add('quick', {})).id ?? '';
    await untilCode(() => whyJob('plain', quick), 'ended');
  });

  it('moving, with its rates and when it drains', async () => {
    const queue = broker.queue('moving');
    await queue.addBulk(Array.from({ length: 400 }, () => ({ name: 'a', data: {} })));
    beating('moving', () => sleep(60), { concurrency: 2 });
    await sleep(800);
    // As long as more came than was taken, that all slots are busy is said first.
    const told = async () => (await whyQueue('moving')).find(({ code }) => code === 'moving');
    await expect.poll(async () => (await told())?.figures.finishPerMinute, { timeout: 12_000 }).toBeGreaterThan(0);
    expect((await told())?.sentence).toMatch(/^Moving: arrival ≈ .*\/min, finish ≈ .*\/min/);
  });

  it('idle', async () => {
    const queue = broker.queue('empty');
    await queue.add('a', {});
    beating('empty', async () => 'done');
    await untilCode(() => whyQueue('empty'), 'idle');
  });

  if (name === 'Redis')
    describe('where a key holds something else', () => {
      const spoil = async (queue: string, key: string) => {
        const redis = new Redis(broker.config.url);
        await redis.set(`bull:${queue}:${key}`, 'text').finally(() => redis.disconnect());
      };

      it.each(['wait', 'paused', 'prioritized'])('it is not known whether any waits: %s', async (key) => {
        const queue = `hidden-${key}`;
        await broker.queue(queue).add('later', {}, { delay: 3_600_000 });
        await spoil(queue, key);
        const found = await whyQueue(queue);
        expect(found[0]).toMatchObject({ code: 'unclear', figures: { ready: null } });
        expect(found.map(({ sentence }) => sentence).join()).not.toMatch(/nothing|empty/i);
        const noWorker = found.find(({ code }) => code === 'no-worker');
        expect(noWorker?.sentence).toContain('whether any waits cannot be read');

        const { motion, staff } = await factsOf(queue);
        const [moves] = decideQueue({ motion: { ...motion, active: 1 }, staff }).slice(-1);
        expect(moves?.sentence).toContain('1 runs, whether any waits cannot be read');
      });

      it.each(['active', 'delayed', 'waiting-children'])('it is not called empty: %s', async (key) => {
        expect((await whyQueue(`part-${key}`))[0]?.code).toBe('idle');
        await spoil(`part-${key}`, key);
        const found = await whyQueue(`part-${key}`);
        expect(found[0]).toMatchObject({ code: 'unclear', figures: { active: null } });
        expect(found.map(({ code }) => code)).not.toContain('idle');
        // What can be counted still is, and exactly.
        await broker.queue(`part-${key}`).add('a', {});
        expect((await whyQueue(`part-${key}`))[0]?.sentence).toBe('No worker is connected to this queue; 1 waits.');
      });
    });

  it('quiet workers', async () => {
    const queue = broker.queue('quiet');
    const worker = beating('quiet', async () => 'done');
    await worker.waitUntilReady();
    await worker.pause(true);
    // A fetch that was under way still brings one.
    for (const name of ['a', 'b']) await queue.add(name, {});
    const found = await untilCode(() => whyQueue('quiet'), 'workers-quiet');
    expect(found[0].figures).toMatchObject({ workers: 1, quiet: 1 });
  });

  it('a slow broker', async () => {
    const { id = '' } = await broker.queue('slow').add('a', {});
    beating('slow', hold);
    await untilCode(() => whyJob('slow', id), 'running');
    await broker.queue('slow').add('b', {});
    const far = await startSlowProxy(broker.config.url);
    const backend = openBackend({ ...broker.config, url: far.url }, { role: 'web' });
    try {
      await backend.motion?.('slow');
      far.setDelay(60);
      const motion = await backend.motion?.('slow');
      if (!motion) throw new Error('no motion');
      const [answer] = decideQueue({ motion, staff: staffOf('slow', await broker.backend.listWorkers()) });
      expect(answer?.code).toBe('broker-slow');
      expect(answer?.figures.latencyMs).toBeGreaterThanOrEqual(115);
    } finally {
      await backend.close();
      await far.close();
    }
  });
});
