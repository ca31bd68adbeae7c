import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { expectLive } from '@/e2e/pages/support/visit';
import { OWN_SOURCE, type OwnStack, startOwnStack } from '@/e2e/support/own-stack';

const HOSTILE = ['<script>alert(1)</script>', 'x'.repeat(400), 'rtl-\u202egnp.exe', 'א-עברית'];
const WAITING: Record<string, number> = { alpha: 3, Beta: 120, gamma: 0, 'q-9': 40, 'q-10': 41 };
const MANY = 500;

let stack: OwnStack;
let redis: Redis;
const queues: Queue[] = [];
const queueOf = (name: string) => {
  const queue = new Queue(name, { connection: redis, skipVersionCheck: true });
  queues.push(queue);
  return queue;
};
const jobs = (count: number) => Array.from({ length: count }, (_, i) => ({ name: 'a', data: { i } }));
const rows = (page: Page) => page.locator('.queue-list tbody tr');
const names = (page: Page) => page.locator('.queue-list td.subject').allInnerTexts();
const open = async (page: Page, path: string) => {
  await page.goto(`${stack.url}${path}`);
  await expectLive(page);
};
const apart = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

test.beforeAll(async () => {
  stack = await startOwnStack();
  redis = new Redis(stack.redis.url, { maxRetriesPerRequest: null });
  for (const [name, count] of Object.entries(WAITING)) {
    await queueOf(name).addBulk(jobs(count));
    if (count === 0) await queueOf(name).pause();
  }
  for (const name of HOSTILE) await queueOf(name).add('a', {}, { delay: 3_600_000 });
});
test.afterAll(async () => {
  await Promise.all(queues.map((queue) => queue.close()));
  redis?.disconnect();
  await stack?.stop();
});

test('sorts by each column, both ways, in the address', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 900 });
  await open(page, '/queues?name=q-');
  await expect(rows(page)).toHaveCount(2);
  expect(await names(page)).toEqual(['q-9', 'q-10']);
  await open(page, '/queues');
  await expect(rows(page)).toHaveCount(Object.keys(WAITING).length + HOSTILE.length);
  const heads = page.locator('.queue-list thead th');
  const head = (name: string) => page.getByRole('columnheader', { name, exact: true });
  await head('Waiting').getByRole('link').click();
  await expect(page).toHaveURL(`${stack.url}/queues?sort=waiting`);
  await expect(head('Waiting')).toHaveAttribute('aria-sort', 'descending');
  expect((await names(page)).slice(0, 4)).toEqual(['Beta', 'q-10', 'q-9', 'alpha']);
  await head('Waiting').getByRole('link').click();
  await expect(page).toHaveURL(`${stack.url}/queues?sort=waiting&dir=asc`);
  await expect(head('Waiting')).toHaveAttribute('aria-sort', 'ascending');
  await expect.poll(async () => (await names(page)).slice(-4)).toEqual(['alpha', 'q-9', 'q-10', 'Beta']);
  for (let i = 0; i < (await heads.count()); i += 1) {
    await heads.nth(i).getByRole('link').click();
    await expect(heads.nth(i)).toHaveAttribute('aria-sort', /ascending|descending/);
    await expect(page.locator('.queue-list th[aria-sort]')).toHaveCount(1);
  }
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});

test('filters by name and state, with counts that live', async ({ page }) => {
  await open(page, '/queues');
  const field = page.getByRole('searchbox', { name: 'Filter queues by name' });
  const filter = (name: string) => page.getByRole('navigation', { name: 'Filter queues' }).getByRole('link', { name });
  await field.fill('Q-');
  await expect(page).toHaveURL(`${stack.url}/queues?name=Q-`);
  await expect(rows(page)).toHaveCount(2);
  await expect(filter('All')).toHaveText('All 2');
  await expect(filter('Stuck')).toHaveText('Stuck 2');
  await queueOf('q-11').addBulk(jobs(1));
  await expect(filter('Stuck')).toHaveText('Stuck 3');
  await expect(rows(page)).toHaveCount(3);
  await field.fill('<script>');
  await expect(rows(page)).toHaveCount(1);
  await field.fill('.*');
  await expect(page.getByText('No queue has “.*” in its name')).toBeVisible();
  await field.fill('');
  await filter('Paused').click();
  await expect(page).toHaveURL(`${stack.url}/queues?filter=paused`);
  await expect.poll(() => names(page)).toEqual(['gamma']);
  await page.goBack();
  await expect(rows(page)).toHaveCount(10);
});

test('no row moves under the hand', async ({ page }) => {
  await open(page, '/queues?sort=waiting&name=q-');
  await expect.poll(() => names(page)).toEqual(['q-10', 'q-9', 'q-11']);
  await rows(page).nth(2).hover();
  await queueOf('q-11').addBulk(jobs(60));
  await expect(rows(page).nth(2)).toContainText('61');
  await expect(page.getByRole('button', { name: 'Order has changed: sort again' })).toBeVisible();
  expect(await names(page)).toEqual(['q-10', 'q-9', 'q-11']);
  await page.locator('h1').hover();
  await expect.poll(() => names(page)).toEqual(['q-11', 'q-10', 'q-9']);
});

test('is made of cards where it is narrow, whatever queues are called', async ({ page }) => {
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  for (const width of [1440, 1100, 768, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await open(page, '/queues');
    await expect(rows(page).filter({ hasText: 'U+202E' })).toHaveCount(1);
    expect(await apart(page), `${width} px`).toBeLessThanOrEqual(0);
  }
  const select = page.getByRole('combobox', { name: 'Sort queues by' });
  await select.selectOption('ready');
  await expect(page).toHaveURL(`${stack.url}/queues?sort=ready`);
  await expect.poll(async () => (await names(page))[0]).toBe('Beta');
  await page.getByRole('link', { name: 'Descending: turn round' }).click();
  await expect(page).toHaveURL(`${stack.url}/queues?sort=ready&dir=asc`);
  const cell = (label: string) => rows(page).first().locator(`td[data-label="${label}"]`);
  const label = await cell('Ready').evaluate((td) => getComputedStyle(td, '::before').content);
  expect(label).toBe('"Ready"');
  const [ready, active] = [await cell('Ready').boundingBox(), await cell('Active').boundingBox()];
  expect(ready?.y).toBe(active?.y);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  expect(dialogs).toEqual([]);
});

test(`stays quick with ${MANY} queues`, async ({ page }) => {
  await Promise.all(
    Array.from({ length: MANY }, (_, i) => queueOf(`many-${i}`).add('a', {}, { delay: 3_600_000 + i })),
  );
  const list = async () =>
    (await (await page.request.get(`${stack.url}/api/v1/queues?limit=1&source=${OWN_SOURCE}`)).json()) as {
      items: unknown[];
    };
  await expect.poll(async () => (await list()).items.length).toBe(1);
  await open(page, '/queues');
  await expect(page.getByRole('link', { name: /^Idle/ })).toContainText(String(MANY + HOSTILE.length), {
    timeout: 30_000,
  });
  const took = await page.evaluate(async () => {
    const from = performance.now();
    const link = document.querySelector<HTMLElement>('.queue-list th:nth-child(2) a.sort');
    link?.click();
    while (!document.querySelector('.queue-list th:nth-child(2)[aria-sort]')) await new Promise(requestAnimationFrame);
    return performance.now() - from;
  });
  expect(took).toBeLessThan(1_500);
  await page.getByRole('searchbox', { name: 'Filter queues by name' }).fill('many-49');
  await expect(rows(page)).toHaveCount(11);
});
