import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { expectLive } from '@/e2e/pages/support/visit';
import { OWN_SOURCE, type OwnStack, startOwnStack } from '@/e2e/support/own-stack';
import { normaliseError } from '@/lib/failures/naming/normalise';
import { recordFailures } from '@/lib/store/failures/record-failures';
import { Buckets } from '@/lib/store/figures/buckets';
import { Scopes } from '@/lib/store/history/scopes';
import { openStore, type Store } from '@/lib/store/store';

let stack: OwnStack;
let redis: Redis;
let store: Store;
const opened: { close(force?: boolean): Promise<void> }[] = [];

const queueOf = (name: string) => {
  const queue = new Queue(name, { connection: redis, skipVersionCheck: true });
  opened.push(queue);
  return queue;
};
const jobs = (count: number) => Array.from({ length: count }, (_, i) => ({ name: 'a', data: { i } }));
const lane = (page: Page, name: string) =>
  page.getByRole('region', { name: 'Needs attention' }).getByRole('region', { name });
const pills = (page: Page) => page.locator('.head .pill');
const open = async (page: Page, path: string) => {
  await page.goto(`${stack.url}${path}`);
  await expectLive(page);
};

test.beforeAll(async () => {
  stack = await startOwnStack();
  redis = new Redis(stack.redis.url, { maxRetriesPerRequest: null });
  store = openStore(stack.postgres.url);
  await queueOf('erp-export').addBulk(jobs(2_500));
  await queueOf('marketing').pause();
  for (const name of ['p-one', 'p-two', 'p-three', 'p-four']) {
    await queueOf(name).addBulk(jobs(3));
    await queueOf(name).pause();
  }
  await queueOf('later').add('a', {}, { delay: 3_600_000 });
  await queueOf('odd').add('a', {}, { delay: 3_600_000 });
  await redis.set('bull:odd:wait', 'not a list');
  await queueOf('old').add('a', {}, { delay: 3_600_000 });
});
test.afterAll(async () => {
  await Promise.all(opened.map((one) => one.close(true)));
  redis?.disconnect();
  await store?.close();
  await stack?.stop();
});

test('each kind of trouble has its lane, and none hides another', async ({ page }) => {
  await open(page, '/');
  await queueOf('mail').addBulk(jobs(60));
  const worker = new Worker(
    'mail',
    async ({ id }) => {
      throw new Error(Number(id) % 10 === 0 ? 'the last one' : `535 5.7.8 authentication of ${id} failed`);
    },
    { connection: redis, concurrency: 5 },
  );
  opened.push(worker);
  await expect(lane(page, 'Failing').locator('.item')).toContainText('100% of 60 finished jobs failed');
  await expect(lane(page, 'Failing').locator('.item')).toContainText(/authentication.*· 18 of newest 20/);
  await expect(lane(page, 'Stuck').getByRole('heading')).toContainText(/Stuck\s*1/);
  await expect(lane(page, 'Stuck').locator('.item')).toContainText('2,500 wait and no worker is connected');
  await expect(lane(page, 'Paused').getByRole('heading')).toContainText(/Paused\s*5/);
  await expect(lane(page, 'Broker').getByText('Not recorded')).toBeVisible();
  await expect(lane(page, 'Broker').locator('.item', { hasText: 'odd' })).toContainText('Cannot be read whole');

  await queueOf('mail').pause();
  await expect(lane(page, 'Paused').getByRole('heading')).toContainText(/Paused\s*6/);
  await expect(lane(page, 'Failing').locator('.item')).toContainText('mail');
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);

  await lane(page, 'Failing').getByRole('link', { name: 'mail' }).click();
  await expect(pills(page)).toHaveText(['Paused', /^Failing/]);
  await open(page, '/');
  await lane(page, 'Paused').getByRole('link', { name: '3 more paused queues' }).click();
  await expect(page).toHaveURL(`${stack.url}/queues?filter=paused`);
  await expect(page.locator('.queue-list tbody tr')).toHaveCount(6);
});

test('the badge of a queue tells how it fares', async ({ page }) => {
  for (const [queue, says] of [
    ['erp-export', /^Stuck/],
    ['marketing', /^Paused$/],
    ['later', /^Idle$/],
    ['odd', /^Unclear$/],
  ] as const) {
    await open(page, `/queues/${OWN_SOURCE}/${queue}`);
    await expect(pills(page)).toHaveText(says);
  }
  const answer = await page.request.get(`${stack.url}/api/v1/queues?limit=200`);
  const { items } = await answer.json();
  const health = Object.fromEntries(items.map((one: { name: string; health: string }) => [one.name, one.health]));
  expect(health).toMatchObject({ 'erp-export': 'stuck', marketing: 'paused', later: 'idle', odd: 'unclear' });
});

test('the badge in the rail counts open causes, as the page of failures does', async ({ page }) => {
  const scopes = new Scopes(store, OWN_SOURCE);
  await scopes.prepare([{ queue: 'mail', name: 'a' }]);
  const { kind } = scopes.of('mail', 'a');
  const buckets = new Buckets(store);
  const causes = ['no route', 'no card', 'no stock', 'was muted', 'is over'].map((message) => ({
    error: normaliseError(message, null),
    message,
  }));
  const at = Date.now() - 2 * 3_600_000;
  const failures = causes.flatMap((cause) =>
    Array.from({ length: 400 }, () => ({ ...cause, kindId: kind, version: '', at, isFinal: true })),
  );
  const ids = await store.transaction(async (client) => {
    const groups = await recordFailures(client, OWN_SOURCE, failures);
    await buckets.add(
      [...groups.values()].map(({ scopeId }) => ({ scopes: [scopeId], at, metric: 'failedAttempts', times: 400 })),
    );
    await buckets.write(client);
    return groups;
  });
  const idOf = (i: number) => ids.get(causes[i]?.error.fingerprint.toString('hex') ?? '')?.groupId ?? 0;
  const badge = page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('link', { name: /^Failures/ })
    .locator('.n');
  await open(page, '/failures');
  await expect(badge).toHaveText('5');
  await expect(page.locator('.page .head')).toContainText('2,000 failures in 5 groups');
  const url = `${stack.url}/api/v1/failures`;
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await page.request.post(`${url}/${idOf(3)}/mute`, { data: { until } });
  await page.request.post(`${url}/${idOf(4)}/resolve`, { data: {} });
  await open(page, '/failures');
  await expect(badge).toHaveText('3');
  await expect(badge).toHaveAttribute('title', '3 open causes of failures within 24 hours');
  await expect(page.locator('tr[data-job]')).toHaveCount(3);
  await page.locator('tr[data-job]').first().getByRole('button', { name: /^More/ }).click();
  await page.getByRole('menuitem', { name: /resolved/i }).click();
  await expect(badge).toHaveText('2');
});
