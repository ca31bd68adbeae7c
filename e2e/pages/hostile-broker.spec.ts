import { type ConsoleMessage, expect, type Page, test } from '@playwright/test';
import { expectLive } from '@/e2e/pages/support/visit';
import { type Watched, watchHealthy } from '@/e2e/support/hostile/healthy';
import { HEALTHY, NUL, type OddPlace } from '@/e2e/support/hostile/place';
import { type HostileProduct, startHostileProduct } from '@/e2e/support/hostile/product';
import { type Address, pagesOf, pagesOfAll, readsOf, readsOfAll } from '@/e2e/support/hostile/walk/addresses';
import { type Walked, walk } from '@/e2e/support/hostile/walk/walk';
import type { JobList } from '@/lib/contracts/jobs';
import type { QueueAnswer } from '@/lib/contracts/queues';
import { openStore } from '@/lib/store/store';

const MOST_GROWN_BYTES = 300 * 1_048_576;
/** Where many kinds of jobs stand: more of them are looked at, in every way. */
const RICH = new Set([
  'odd-payloads',
  'odd-big',
  'odd-flows',
  'odd-times',
  'odd-ids',
  'odd-beside-jobs',
  'odd-schedulers',
]);

test('a broker full of what is odd harms none of its healthy queues', async ({ page }) => {
  test.setTimeout(900_000);
  const product = await startHostileProduct();
  try {
    // What ordinary jobs cost is no growth: pages of large ones are asked for again and again before.
    const large = await Promise.all(product.traffic.map((one) => one.addLarge()));
    const ordinary = large.flatMap((place) => [...readsOf(place, 3), ...pagesOf(place, 3)]);
    const often = Array.from({ length: 4 }, () => ordinary).flat();
    expect((await walk(product.port(), [...readsOfAll(), ...pagesOfAll(), ...often])).faults).toEqual([]);
    const before = product.memory();
    let watching = product.traffic.map((one) => watchHealthy(product.url(), one));
    const places = await product.seed();
    expectSound(
      await walk(product.port(), [...readsOfAll(), ...places.flatMap((place) => [...readsOf(place, mostOf(place))])]),
    );
    expectSound(
      await walk(product.port(), [
        ...pagesOfAll(),
        ...places.flatMap((place) => [...pagesOf(place, isRich(place) ? 3 : 1)]),
      ]),
    );
    await expectTold(product);
    await expectRecorded(product);
    await expectShown(page, product);
    for (const one of watching) expectHealthy(await one.stop());
    await expectGrown(product, before);

    await product.restart();
    watching = product.traffic.map((one) => watchHealthy(product.url(), one));
    const again: Address[] = [
      ...readsOfAll(),
      ...pagesOfAll(),
      ...places.filter(isRich).flatMap((place) => [...pagesOf(place, 1)]),
    ];
    expectSound(await walk(product.port(), again));
    await expectRecorded(product);
    for (const one of watching) expectHealthy(await one.stop());
    await expectGrown(product, before);
    expect(product.logged).toEqual([]);
  } finally {
    await product.stop();
  }
});

const isRich = ({ queue }: OddPlace) => RICH.has(queue);
/** Of a queue that is odd in one way the first job tells enough. */
const mostOf = (place: OddPlace) => (isRich(place) ? 4 : place.queue.startsWith('odd-') ? 1 : 3);

const tell = (text: string) => process.stdout.write(`hostile broker: ${text}\n`);

function expectSound({ faults, asked, statuses, slowest }: Walked): void {
  tell(`${asked} asked, by status ${JSON.stringify(statuses)}, the slowest ${slowest[0]?.[0]} ms`);
  expect(faults, `of ${asked}, by status ${JSON.stringify(statuses)}, slowest ${JSON.stringify(slowest)}`).toEqual([]);
  expect(statuses[200] ?? 0).toBeGreaterThan(asked / 2);
}

function expectHealthy({ faults, probes, oldestMs, longestMs }: Watched): void {
  tell(`healthy figures ${oldestMs} ms old at most, ${probes} jobs found after ${longestMs} ms at most`);
  expect(
    faults,
    `of ${probes} probes, figures ${oldestMs} ms old at most, found after ${longestMs} ms at most`,
  ).toEqual([]);
  expect(probes).toBeGreaterThan(2);
}

async function expectGrown(product: HostileProduct, before: Record<'web' | 'monitor', number>): Promise<void> {
  const grown = () => {
    const now = product.memory();
    return Math.max(now.web - before.web, now.monitor - before.monitor);
  };
  tell(
    `grown by ${Math.round(grown() / 1_048_576)} MB, from ${Math.round(before.web / 1_048_576)} MB of the web process`,
  );
  await expect.poll(grown, { timeout: 20_000, intervals: [1_000] }).toBeLessThan(MOST_GROWN_BYTES);
}

const read = async <T>(product: HostileProduct, path: string): Promise<T> => {
  const response = await fetch(`${product.url()}/api/v1${path}`);
  expect(response.status, `${path}: ${await response.clone().text()}`).toBe(200);
  return (await response.json()) as T;
};

/** What cannot be read is named, and costs no more than itself. */
async function expectTold(product: HostileProduct): Promise<void> {
  for (const [part, state] of [
    ['wait', 'waiting'],
    ['active', 'active'],
    ['failed', 'failed'],
    ['delayed', 'delayed'],
  ] as const) {
    const queue = await read<QueueAnswer>(product, `/queues/redis/odd-string-${part}`);
    expect(queue.unreadable).toContain(`"${part}"`);
    expect(queue.counts[state]).toBeNull();
    const sound = state === 'failed' ? 'waiting' : 'failed';
    expect(queue.counts[sound]).toBe(1);
  }
  for (const [state, id] of [
    ['waiting', 'job-set'],
    ['failed', 'job-sadd'],
  ] as const) {
    const list = await read<JobList>(product, `/queues/redis/odd-beside-jobs/jobs?state=${state}`);
    expect(list.leftOut).toEqual({ count: 1, some: [{ id, why: expect.stringContaining('something else') }] });
    expect(list.items.length).toBeGreaterThan(0);
  }
  const store = openStore(product.storeUrl());
  try {
    const find = () =>
      store.query<{ queue: string; reason: string }>(
        'SELECT queue, reason FROM queuedeck.set_aside WHERE source = $1',
        ['redis'],
      );
    await expect
      .poll(async () => (await find()).map(({ queue }) => queue), { timeout: 30_000 })
      .toEqual(expect.arrayContaining(['odd-string-events', 'odd-list-events', 'odd-string-failed', 'odd-zset-wait']));
    for (const { queue, reason } of await find())
      expect(reason, queue).toMatch(/something else than BullMQ keeps there/);
  } finally {
    await store.close();
  }
}

/** Sound jobs beside the odd ones, and odd ones that can be read: each with what it is. */
async function expectRecorded(product: HostileProduct): Promise<void> {
  const states: Record<string, string> = {
    'redis odd-events-fields after-the-odd-ones': 'failed',
    'redis odd-string-wait 2': 'failed',
    'redis odd-times failed-nanoseconds': 'failed',
    'redis odd-counts failed-0': 'failed',
    'redis odd-payloads result-nested': 'completed',
    'redis odd-ids a:b': 'waiting',
    [`redis nul${NUL}queue 2`]: 'failed',
    'postgres odd-events after-the-odd-ones': 'failed',
    'postgres odd-times failed-largest': 'failed',
    'postgres odd-payloads result-nested': 'completed',
    "postgres '; DROP TABLE job; -- 1": 'waiting',
  };
  for (const [name, state] of Object.entries(states)) {
    const [source = '', ...rest] = name.split(' ');
    const job = encodeURIComponent(rest.at(-1) ?? '');
    const queue = encodeURIComponent(rest.slice(0, -1).join(' '));
    const find = async () => {
      const response = await fetch(`${product.url()}/api/v1/queues/${source}/${queue}/jobs/${job}/history`);
      return response.status === 200 ? ((await response.json()) as { state: string }).state : response.status;
    };
    await expect.poll(find, { message: name, timeout: 30_000 }).toBe(state);
  }
}

/** A page of each kind: with what it says, without an error, a dialog, or anything that sticks out of it. */
async function expectShown(page: Page, product: HostileProduct): Promise<void> {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('dialog', (dialog) => {
    faults.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message: ConsoleMessage) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) faults.push(message.text());
  });
  for (const [path, says] of SHOWN) {
    await page.goto(product.url() + path);
    await expect(page.locator('main', { hasText: says }), path).toHaveCount(1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), path).toBeLessThanOrEqual(0);
  }
  await page.goto(`${product.url()}/queues/redis/${HEALTHY[0]}`);
  await expectLive(page);
  const completed = page.getByRole('link', { name: /Completed/ }).first();
  const first = await completed.textContent();
  await expect(completed).not.toHaveText(first ?? '', { timeout: 10_000 });
  expect(faults).toEqual([]);
}

const odd = (queue: string, job: string, source = 'redis') =>
  `/queues/${source}/${encodeURIComponent(queue)}/jobs/${encodeURIComponent(job)}`;

const SHOWN: [path: string, says: string | RegExp][] = [
  ['/', /odd-all-strings.{1,60}more queues cannot be read whole[\s\S]*holds something else than BullMQ keeps there/],
  ['/queues', 'odd-all-strings'],
  ['/flows', 'odd-flows'],
  ['/schedulers', 'cron-nonsense'],
  ['/jobs?q=queue%3A%22odd-ids%22', 'constructor'],
  ['/failures', 'boom'],
  ['/sources/redis', 'redis'],
  ['/queues/redis/odd-beside-jobs?state=waiting', 'cannot be read'],
  [odd('odd-big', 'data-20mb'), 'Too large to be shown: it has 20 MB'],
  [odd('odd-big', 'result-20mb', 'postgres'), 'Too large to be shown: it has 20 MB'],
  [odd('odd-big', 'log-5mb'), 'characters; Copy takes all'],
  [odd('odd-big', 'log-5mb', 'postgres'), 'characters; Copy takes all'],
  [odd('odd-payloads', 'data-nested'), '[[[[[['],
  [odd('odd-payloads', 'data-nested', 'postgres'), '[[[[[['],
  [odd('odd-times', 'failed-year-300000'), 'failed-year-300000'],
  [odd('odd-flows', 'own-parent'), 'own-parent'],
  ['/flows/redis/odd-flows/over-ring', 'ring-c'],
  ['/flows/redis/odd-flows/dense-0', 'dense-1'],
  ['/flows/postgres/odd-flows/deep-0', 'deep-1'],
  ['/queues/redis/odd-schedulers/schedulers', 'every-zero'],
  [`/queues/redis/${encodeURIComponent('<script>alert(1)</script>')}`, '<script>alert(1)</script>'],
];
