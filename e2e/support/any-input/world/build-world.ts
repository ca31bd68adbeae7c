import { startGuard } from '@/lib/embedded/guard';
import { openPostgresBroker, openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { type Stack, startStack } from '@/lib/testing/stack';
import { until } from '@/lib/testing/until';
import { startWeb } from '../../start-web';
import type { Api } from '../operations';
import { harvestCursors } from './harvest';
import type { Place, World } from './world';

/**
 * A whole product of its own on two brokers of its own: nothing that is asked of it can disturb another spec. A second web process beside
 * that of the launcher, so that two cores have something to do.
 */
export interface Product {
  world: World;
  url: string;
  /** What it logged as an error. */
  logged: string[];
  stop(): Promise<void>;
}

const NUL = '\u0000';
const HOUR_MS = 3_600_000;
const ODD_IDS = ['%/..', 'a b?c#d', '\u202eevil', 'ünï—漢字🙂', `long-${'i'.repeat(600)}`];
/** Only Redis holds these. */
const REDIS_IDS = [`nul${NUL}id`, `longer-${'j'.repeat(8_000)}`, `${'é'.repeat(2_000)}`];
const ODD_QUEUES = ['a/b%c d', 'rtl-\u202e\u2066', '<b>&amp;"\''];
const REDIS_QUEUES = [`nul${NUL}queue`, 'q'.repeat(3_000)];

export async function startProduct(readApi: (url: string) => Promise<Api>): Promise<Product> {
  const [redis, postgres] = await Promise.all([openRedisBroker(), openPostgresBroker()]);
  const sources = [
    // The worker gives the tasks; of the brokers it may have the first.
    { name: 'redis', url: redis.config.url, worker: true },
    { name: 'postgres', url: postgres.config.url },
  ];
  const logged: string[] = [];
  const env = { QUEUEDECK_SOURCES: JSON.stringify(sources) };
  const stack = await startStack({ env, onOutput: (text) => logged.push(...errorsIn(text)) });
  const places = [
    ...(await fillBroker(redis, 'redis', [...ODD_IDS, ...REDIS_IDS], [...ODD_QUEUES, ...REDIS_QUEUES])),
    ...(await fillBroker(postgres, 'postgres', ODD_IDS, ODD_QUEUES)),
  ];
  const guard = startGuard(1_000);
  const web = await startWeb({ sources, databaseUrl: stack.told.DATABASE_URL ?? '', home: stack.home, guard });
  const world = await describeWorld(stack, places, await readApi(stack.url));
  world.ports.push(web.port);
  return {
    ...{ world, url: stack.url, logged },
    async stop() {
      await web.stop();
      guard.close();
      await stack.stop();
      await Promise.all([redis.close(), postgres.close()]);
    },
  };
}

const errorsIn = (text: string) => text.split('\n').filter((line) => /"level":(50|60)|Unhandled|FATAL/.test(line));

/** Jobs in every state, by BullMQ itself. */
async function fillBroker(broker: TestBroker, source: string, ids: string[], queues: string[]): Promise<Place[]> {
  const main = broker.queue('any');
  const ended = await add(main, 'done', 60, {});
  const failed = await add(main, 'fail', 60, { attempts: 2 });
  await runAll(broker, 'any', 120);
  const jobs = [
    ...ended,
    ...failed,
    ...(await add(main, 'mail', 100, {})),
    ...(await add(main, 'mail', 60, { delay: HOUR_MS })),
    ...(await add(main, 'mail', 40, { priority: 3 })),
  ];
  for (const id of ids) await main.add('odd', { [`key ${id.slice(0, 20)}`]: 'x\u202ey' }, { jobId: id });
  const parents = [];
  for (let i = 0; i < 6; i += 1) parents.push(await addFlow(broker));
  const busy = await add(broker.queue('any-busy'), 'hang', 8, {});
  broker.worker('any-busy', () => new Promise(() => undefined), { concurrency: 4 });
  for (const name of queues) await add(broker.queue(name), 'odd', 3, {});
  for (const name of ['any-scrap', 'any-scrap-2']) await add(broker.queue(name), 'mail', 150, {});
  const place = (queue: string, some: string[]): Place => ({ source, queue, jobs: some, schedulers: [] });
  return [
    { ...place('any', [...jobs, ...ids, ...parents]), schedulers: ['hourly', 'daily', 'paused'] },
    place('any-busy', busy),
    ...queues.map((name) => place(name, ['1', '2', '3'])),
    place('any-scrap', ['1', '2', '3']),
    place('any-scrap-2', ['1', '2', '3']),
  ];
}

async function add(
  queue: ReturnType<TestBroker['queue']>,
  name: string,
  count: number,
  opts: object,
): Promise<string[]> {
  const data = { to: 'ada@example.com', n: 1, nested: { list: [1, 'two', null] } };
  const added = [];
  for (let i = 0; i < count; i += 1) added.push(await queue.add(name, data, opts));
  return added.map(({ id }) => id ?? '');
}

async function runAll(broker: TestBroker, queue: string, count: number): Promise<void> {
  let ended = 0;
  const worker = broker.worker(
    queue,
    async ({ name }) => {
      if (name === 'fail') throw new Error('421 4.7.0 Try again later, ada@example.com');
      return { sent: true };
    },
    { concurrency: 20 },
  );
  worker.on('completed', () => {
    ended += 1;
  });
  worker.on('failed', (job) => {
    if (job && job.attemptsMade >= 2) ended += 1;
  });
  await until(() => ended >= count, 'the jobs of the fixture ended');
  await worker.close();
}

async function addFlow(broker: TestBroker): Promise<string> {
  const children = [1, 2, 3].map((n) => ({ name: 'child', queueName: 'any-children', data: { n } }));
  const { job } = await broker.flows().add({ name: 'parent', queueName: 'any', data: {}, children });
  return job.id ?? '';
}

/** What only the product itself can make: schedulers, operations, views, deploys; and what it has recorded by then. */
async function describeWorld({ url }: Stack, all: Place[], api: Api): Promise<World> {
  const send = async (method: string, path: string, body?: unknown) => {
    const init =
      body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${url}/api/v1${path}`, { method, ...init });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
  for (const { source, queue, schedulers } of all)
    for (const id of schedulers)
      await send('PUT', `/queues/${source}/${queue}/schedulers/${id}`, {
        everyMs: HOUR_MS,
        template: { name: 'planned' },
      });
  for (const source of ['redis', 'postgres']) await send('POST', `/queues/${source}/any/schedulers/paused/pause`);
  const operations = [];
  for (const source of ['redis', 'postgres'])
    for (const queue of ['any-scrap', 'any-scrap-2']) {
      const filter = { source, queue, ids: ['1', '2', '3'] };
      operations.push(
        (await send('POST', '/operations', { filter, action: { kind: 'remove' }, reason: 'fixture' })).id,
      );
    }
  const views = [];
  for (const name of ['a', 'b', 'c']) views.push((await send('POST', '/views', { name, q: 'state:failed' })).id);
  for (const version of ['1.0.0', '1.0.1', '1.0.2']) await send('POST', '/deploys', { version });
  await until(async () => (await send('GET', '/bin?limit=2')).items.length === 2, 'operations filled the bin');
  await until(async () => (await send('GET', '/failures')).items.length > 0, 'failures were grouped');
  await until(async () => (await send('GET', '/tasks')).items.length > 0, 'the worker registered its tasks');
  await until(async () => (await send('GET', '/workers')).items.length > 0, 'a worker was seen');
  const isScrap = ({ queue }: Place) => queue.startsWith('any-scrap');
  const world: World = {
    ports: [Number(new URL(url).port)],
    places: all.filter((place) => !isScrap(place)),
    scraps: all.filter(isScrap),
    tasks: ['send-welcome-email'],
    ...{ operations, views },
    groups: (await send('GET', '/failures')).items.map(({ id }: { id: number }) => String(id)),
    binEntries: (await send('GET', '/bin')).items.map(({ id }: { id: string }) => id),
    workers: (await send('GET', '/workers')).items,
    cursors: [],
    files: [...(await (await fetch(url)).text()).matchAll(/\/_next\/static\/[^"\\ ]+\.(?:js|css)/g)]
      .slice(0, 5)
      .map(([file]) => file),
  };
  world.cursors = await harvestCursors(url, world, api);
  return world;
}
