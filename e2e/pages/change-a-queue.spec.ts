import { expect, type Page, test } from '@playwright/test';
import { countJobs, many, newQueue } from '@/e2e/pages/support/queues';
import { expectLive, toast } from '@/e2e/pages/support/visit';

const choose = async (page: Page, item: string) => {
  await page.getByRole('button', { name: 'More for this queue' }).click();
  await page.getByRole('menuitem', { name: item }).click();
};
const why = (page: Page) => page.locator('[data-why]').first();

test('a queue says why it does not move', async ({ page, request }) => {
  const { api, page: path } = await newQueue(request, 'why', many(3, 'wait'));
  await page.goto(path);
  await expect(why(page)).toContainText('No worker is connected');
  await request.post(`${api}/pause`);
  await expect(why(page)).toContainText('paused', { timeout: 15_000 });
});

test('someone bounds a queue and frees it again', async ({ page, request }) => {
  const { api, page: path } = await newQueue(request, 'limits', many(1, 'wait'));
  await page.goto(path);
  await expectLive(page);
  await page.getByRole('button', { name: 'Limits' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Jobs at once').fill('3');
  await dialog.getByRole('button', { name: 'Set concurrency' }).click();
  await expect(dialog).toContainText('At most 3 run at once');
  await dialog.getByLabel('Jobs', { exact: true }).fill('50');
  await dialog.getByLabel('In which time').selectOption('60000');
  await dialog.getByRole('button', { name: 'Set rate limit' }).click();
  await expect(dialog).toContainText('At most 50 begin per 1 min');
  await dialog.getByRole('button', { name: 'Clear it' }).first().click();
  await expect(dialog).toContainText('only the slots of its workers');
  const { concurrency, rateLimit } = await (await request.get(api)).json();
  expect([concurrency, rateLimit]).toEqual([null, { max: 50, durationMs: 60_000 }]);
});

test('drain and clean ask for what they take, and obliterate for the name', async ({ page, request }) => {
  const {
    queue,
    api,
    page: path,
  } = await newQueue(request, 'sweep', [...many(1_100, 'wait'), ...many(5, 'due', { delayMs: 3_600_000 })]);
  await page.goto(path);
  await expectLive(page);
  await choose(page, 'Drain');
  const dialog = page.getByRole('dialog');
  const drain = dialog.getByRole('button', { name: 'Drain it' });
  await expect(drain).toHaveAttribute('aria-disabled', 'true');
  await dialog.getByLabel(/to confirm/).fill('1100');
  await drain.click();
  await expect(toast(page)).toContainText('1,100 jobs removed');
  await expect.poll(() => countJobs(request, api, 'waiting')).toBe(0);

  await choose(page, 'Clean');
  await dialog.getByLabel('Which').selectOption('delayed');
  await dialog.getByLabel('Age').selectOption('0');
  await dialog.getByRole('button', { name: 'Remove delayed jobs' }).click();
  await expect(toast(page)).toContainText('5 jobs removed');
  await expect.poll(() => countJobs(request, api, 'delayed')).toBe(0);

  await page.getByRole('button', { name: 'More for this queue' }).click();
  await expect(page.getByRole('menuitem', { name: 'Obliterate' })).toContainText('Pause it first');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await dialog.getByRole('button', { name: 'Pause it' }).click();
  await expect(page.locator('.head .pill')).toHaveText('Paused');
  await choose(page, 'Obliterate');
  const obliterate = dialog.getByRole('button', { name: 'Obliterate it' });
  await expect(obliterate).toHaveAttribute('aria-disabled', 'true');
  await dialog.getByLabel(/to confirm/).fill(queue);
  await obliterate.click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Queues');
});

test("a queue's settings can be taken away as a file", async ({ page, request }) => {
  const { queue, page: path } = await newQueue(request, 'export', many(2, 'wait'));
  await page.goto(path);
  await expectLive(page);
  const [file] = await Promise.all([page.waitForEvent('download'), choose(page, 'Export settings')]);
  expect(file.suggestedFilename()).toBe(`${queue}.json`);
});
