import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestBroker } from '@/lib/testing/brokers';
import { until } from '@/lib/testing/until';
import { readWholeBroker, type WholeBroker } from '@/lib/testing/whole-broker';
import { type CarefulWorker, knownTask, openForeignBroker, startCarefulWorker } from '@/worker/testing/careful-worker';

/** Adds jobs that are none of ours; each kind has a queue of its own. */
const KINDS: Record<string, (broker: TestBroker, queue: string) => Promise<unknown>> = {
  waiting: (broker, queue) => broker.queue(queue).add('theirs', { n: 1 }, { attempts: 3 }),
  several: (broker, queue) =>
    broker.queue(queue).addBulk(Array.from({ length: 9 }, (_, n) => ({ name: `theirs-${n}`, data: { n } }))),
  prioritized: async (broker, queue) => {
    for (const priority of [5, 1, 3]) await broker.queue(queue).add('theirs', {}, { priority });
  },
  lifo: async (broker, queue) => {
    for (const lifo of [false, true, true]) await broker.queue(queue).add('theirs', {}, { lifo });
  },
  due: (broker, queue) => broker.queue(queue).add('theirs', {}, { delay: 300 }),
  'due-with-priority': (broker, queue) => broker.queue(queue).add('theirs', {}, { delay: 300, priority: 2 }),
  'due-behind-ours': async (broker, queue) => {
    await broker.queue(queue).add('known', {});
    await broker.queue(queue).add('theirs', {}, { delay: 100 });
    // Due before the queue goes on.
    await sleep(150);
  },
  child: (broker, queue) =>
    broker.flows().add({ name: 'known', queueName: queue, children: [{ name: 'theirs', queueName: queue, data: 1 }] }),
  scheduler: (broker, queue) =>
    (broker.queue(queue) as unknown as SchedulerQueue).upsertJobScheduler('t', { every: 60_000 }, { name: 'theirs' }),
  once: (broker, queue) => broker.queue(queue).add('theirs', {}, { deduplication: { id: 'once', ttl: 60_000 } }),
  ran: async (broker, queue) => {
    // One that a worker of theirs has had before: it has attempts, a reason and times that must stay.
    const { id = '' } = await broker.queue(queue).add('theirs', {}, { attempts: 3 });
    if (broker.config.url.startsWith('redis')) {
      const redis = new Redis(broker.config.url);
      const past = { ats: 2, atm: 1, stc: 1, processedOn: 1_700_000_000_000, pb: 'theirs', failedReason: 'x' };
      await redis.hset(`bull:${queue}:${id}`, { ...past, stacktrace: '["at theirs"]' });
      redis.disconnect();
    } else {
      const client = new pg.Client({ connectionString: broker.config.url });
      await client.connect();
      await client.query(
        `UPDATE bullmq.job SET attempts_started = 2, attempts_made = 1, stalled_count = 1, processed_by = 'theirs',
           processed_at_ms = 1700000000000, failed_reason = 'x', stacktrace = '["at theirs"]' WHERE queue = $1`,
        [queue],
      );
      await client.end();
    }
  },
};

interface SchedulerQueue {
  upsertJobScheduler(id: string, repeat: object, template: object): Promise<unknown>;
}

/** What our worker may leave in a queue that it has worked on: the marker is the wake-up of whoever waits. */
const PASSING = /:(meta|events|marker|stalled-check)$|^queuedeck|^bullmq\.(meta|event|migration)|^schemas$/;

/** All that is kept of jobs: their fields, places, schedulers, parents, locks, logs, counters. */
function keptOf(whole: WholeBroker, queue: string): WholeBroker {
  return Object.fromEntries(
    Object.entries(whole).filter(([name]) => !PASSING.test(name) && (name.includes(queue) || name.includes('_seq'))),
  );
}

describe.each(['redis', 'postgres'] as const)('a name that our worker does not know, on %s', (kind) => {
  const ran: string[] = [];
  const queues = [...Object.keys(KINDS), 'parent', 'mixed', 'slow', 'shared'].map((name) => `q-${name}`);
  let broker: TestBroker;
  let ours: CarefulWorker;
  let finish: () => void = () => undefined;
  beforeAll(async () => {
    broker = await openForeignBroker(kind);
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const tasks = queues.map((queue) =>
      knownTask(queue, ran, async () => {
        if (queue === 'q-slow') await held;
      }),
    );
    ours = await startCarefulWorker(broker, { tasks });
    await ours.untilWorks(...queues);
  });
  afterAll(async () => {
    finish();
    await ours?.close();
    await broker?.close();
  });

  const isGone = async (queue: string) =>
    (await broker.backend.listWorkers()).every((worker) => worker.status === 'lost' || !worker.queues.includes(queue));
  const untilGone = (queue: string) => until(() => isGone(queue), `no worker on ${queue}`);

  it.each(Object.keys(KINDS))('%s: is not touched, and our worker leaves the queue', async (name) => {
    const queue = `q-${name}`;
    await broker.queue(queue).pause();
    await KINDS[name]?.(broker, queue);
    const before = keptOf(await readWholeBroker(broker.config.url), queue);
    await broker.backend.resume?.(queue);
    expect(await ours.untilLeft(queue)).toMatch(
      /^It holds jobs named "theirs(-0)?", and no task of ours is called that\.$/,
    );
    await untilGone(queue);
    expect(keptOf(await readWholeBroker(broker.config.url), queue)).toEqual(before);
    expect(Object.keys(before).length).toBeGreaterThan(1);
  });

  it('a parent, which waits when its children are done, is not touched either', async () => {
    const queue = 'q-parent';
    const children = [1, 2].map((data) => ({ name: 'known', queueName: queue, data: { data } }));
    const flow = await broker.flows().add({ name: 'theirs', queueName: queue, children });
    const stateOf = async (id = '') => (await broker.backend.getJob(queue, id, 1_000))?.state;
    expect(await ours.untilLeft(queue)).toContain('"theirs"');
    await untilGone(queue);
    const parent = await broker.backend.getJob(queue, flow.job.id ?? '', 1_000);
    expect(parent).toMatchObject({ state: 'waiting', attemptsMade: 0, startedAt: null, worker: null });
    expect(await Promise.all((flow.children ?? []).map(({ job }) => stateOf(job.id)))).toEqual([
      'completed',
      'completed',
    ]);
  });

  it('lets those that run finish, and takes no more', async () => {
    const queue = 'q-slow';
    const [first, second] = [await broker.queue(queue).add('known', {}), await broker.queue(queue).add('known', {})];
    const both = [first.id ?? '', second.id ?? ''];
    await until(() => both.every((id) => ran.includes(id)), 'both running');
    await broker.queue(queue).add('theirs', {});
    const { id: behind = '' } = await broker.queue(queue).add('known', {});
    expect(await ours.untilLeft(queue)).toContain('"theirs"');
    const stateOf = async (id: string) => (await broker.backend.getJob(queue, id, 100))?.state;
    expect(await Promise.all(both.map(stateOf))).toEqual(['active', 'active']);
    expect(await isGone(queue)).toBe(false);
    finish();
    await untilGone(queue);
    expect(await Promise.all(both.map(stateOf))).toEqual(['completed', 'completed']);
    expect(await stateOf(behind)).toBe('waiting');
  });

  it('wakes a worker of theirs that waits for it', async () => {
    const queue = 'q-shared';
    const got: string[] = [];
    // Both wait on the same marker, and ours has waited longer.
    const theirs = broker.worker(queue, async ({ name }) => got.push(name), { name: 'theirs' });
    await theirs.waitUntilReady();
    for (let n = 0; n < 5; n += 1) {
      const startedAt = Date.now();
      await broker.queue(queue).add(`theirs-${n}`, {});
      await until(() => got.includes(`theirs-${n}`), 'their own worker');
      // A worker that was not woken looks after 5 s.
      expect(Date.now() - startedAt).toBeLessThan(4_000);
    }
    await theirs.close();
  });

  it('stays in its place among 1,000 mixed ones, with its very fields', async () => {
    const queue = 'q-mixed';
    const isTheirs = (n: number) => n >= 40 && n % 3 !== 0;
    await broker.queue(queue).pause();
    await broker.queue(queue).addBulk(
      Array.from({ length: 1_000 }, (_, n) => ({
        name: isTheirs(n) ? `theirs-${n % 7}` : 'known',
        data: { n },
        opts: { jobId: `job-${n}`, attempts: 1 + (n % 4), ...(n % 11 === 0 ? { priority: 1 + (n % 5) } : {}) },
      })),
    );
    const before = await readTheirs(broker, queue);
    const ranBefore = ran.length;
    await broker.backend.resume?.(queue);
    await ours.untilLeft(queue);
    await untilGone(queue);
    const after = await readTheirs(broker, queue);
    expect(Object.keys(before.jobs)).toHaveLength(Array.from({ length: 1_000 }, (_, n) => n).filter(isTheirs).length);
    expect(after).toEqual(before);
    // The jobs without a priority come first: those of ours up to the first that is none.
    const expected = Array.from({ length: 40 }, (_, n) => `job-${n}`).filter((_, n) => n % 11 !== 0);
    expect(ran.slice(ranBefore).sort()).toEqual(expected.sort());
    const { counts } = (await broker.backend.snapshot()).queues.find((one) => one.name === queue) ?? {};
    expect(counts).toMatchObject({ active: 0, failed: 0, completed: expected.length });
  });
});

/** The jobs that are none of ours: each with all its fields, and their order. */
async function readTheirs({ config }: TestBroker, queue: string) {
  const whole = await readWholeBroker(config.url);
  if (!config.url.startsWith('redis')) {
    const rows = Object.keys(whole)
      .filter((name) => name.startsWith('bullmq.job {'))
      .map((name) => JSON.parse(name.slice('bullmq.job '.length)) as Record<string, unknown>)
      .filter((row) => row.queue === queue && String(row.name).startsWith('theirs'));
    const order = rows.toSorted((a, b) => Number(a.priority) - Number(b.priority) || Number(a.seq) - Number(b.seq));
    return { jobs: Object.fromEntries(rows.map((row) => [row.id, row])), order: order.map(({ id }) => id), locks: [] };
  }
  const redis = new Redis(config.url);
  const base = `bull:${queue}:`;
  const jobs = Object.fromEntries(
    Object.entries(whole).filter(([key, text]) => key.startsWith(`${base}job-`) && text.includes('"theirs-')),
  );
  const [waiting, prioritized] = [
    await redis.lrange(`${base}wait`, 0, -1),
    await redis.zrange(`${base}prioritized`, '0', '-1', 'WITHSCORES'),
  ];
  redis.disconnect();
  const ofTheirs = (id: string) => Object.hasOwn(jobs, base + id);
  return {
    jobs,
    order: [waiting.filter(ofTheirs), prioritized.filter((id, i) => ofTheirs(prioritized[i - (i % 2)] ?? id))],
    locks: Object.keys(whole).filter((key) => key.startsWith(base) && key.endsWith(':lock')),
  };
}
