import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgresBroker, openRedisBroker, type TestBroker, type TestWorkerOptions } from '@/lib/testing/brokers';
import { until } from '@/lib/testing/until';
import { controlWorker } from './control';

const LONG = `a-very-long-name-of-a-worker-${'x'.repeat(80)}`;

/** BullMQ's own workers with and without the control module, as the broker and their beats tell them. */
describe.each([
  ['Redis', openRedisBroker],
  ['PostgreSQL', openPostgresBroker],
] as const)('workers on %s', (kind, open) => {
  let broker: TestBroker;
  beforeAll(async () => {
    broker = await open();
  });
  afterAll(() => broker.close());

  const work = (queue: string, options: TestWorkerOptions, controlled: boolean) => {
    const worker = broker.worker(queue, async () => undefined, options);
    if (controlled) controlWorker(worker, { connection: broker.config.url, beatEveryMs: 200 });
    return worker;
  };
  const listed = async (queue: string) =>
    (await broker.backend.listWorkers()).filter((worker) => worker.queues.includes(queue));
  /** Once all of them are there: a beat, and as many others. */
  const untilListed = async (queue: string, others: number) => {
    await broker.queue(queue).add('x', {});
    await until(async () => {
      const workers = await listed(queue);
      const [known] = workers.filter(({ beats }) => beats);
      return known?.address && workers.length === others + 1;
    }, `a beat and ${others} others`);
    return listed(queue);
  };

  // Redis takes no other letters as the name of a connection.
  const other = kind === 'Redis' ? [] : ([['with a name of other letters', 'größe-メール']] as const);
  it.each([
    ['without a name', undefined],
    ['with a name', 'mailer'],
    ['with a name that is cut', LONG],
    ...other,
  ] as const)('lists one that carries the control module once: %s', async (what, name) => {
    const queue = `once ${what}`.replaceAll(' ', '-');
    const worker = work(queue, { ...(name === undefined ? {} : { name }), concurrency: 3 }, true);
    const [only] = await untilListed(queue, 0);
    expect(only).toMatchObject({ beats: true, slots: 3, lanes: [{ queue, slots: 3, busy: 0 }] });
    expect(only?.lanes?.[0]).not.toHaveProperty('workers');
    await worker.close();
  });

  it('keeps two of one name on one host two, each with its own address', async () => {
    const queue = 'two';
    const plain = work(queue, { name: 'twin' }, false);
    await until(async () => (await listed(queue)).length === 1, 'the plain one');
    const [before] = await listed(queue);
    const controlled = work(queue, { name: 'twin' }, true);
    // Before its connection stands there is only its name to go by.
    const workers = await until(async () => {
      const both = await listed(queue);
      return both.length === 2 && both[1]?.address === before?.address ? both : null;
    }, 'each with its own address');
    expect(workers.map(({ beats }) => beats)).toEqual([true, false]);
    expect(workers[0]?.address).toMatch(/^\S+:\d+$/);
    expect(workers[0]?.address).not.toBe(before?.address);
    await Promise.all([plain.close(), controlled.close()]);
  });

  it('lists a process with several workers once, with one lane for each queue', async () => {
    const workers = [
      work('lanes-a', { name: 'first', concurrency: 2 }, true),
      work('lanes-a', { name: 'second', concurrency: 3 }, true),
      work('lanes-b', { name: 'first' }, true),
    ];
    await broker.queue('lanes-b').add('x', {});
    const [only] = await untilListed('lanes-a', 0);
    await until(async () => (await listed('lanes-b')).length === 1, 'the other queue');
    const lanes = only?.lanes?.filter(({ queue }) => queue.startsWith('lanes-'));
    expect(lanes).toMatchObject([
      { queue: 'lanes-a', slots: 5 },
      { queue: 'lanes-b', slots: 1 },
    ]);
    await Promise.all(workers.map((worker) => worker.close()));
  });
});
