import { randomBytes } from 'node:crypto';
import { expect, type Page, test } from '@playwright/test';
import { expectLive, toast } from '@/e2e/pages/support/visit';

let queue = '';
test.beforeEach(async ({ request }) => {
  queue = `paged-${randomBytes(4).toString('hex')}`;
  const jobs = Array.from({ length: 120 }, (_, i) => ({ name: 'n', data: { i } }));
  expect((await request.post(`/api/v1/queues/default/${queue}/jobs`, { data: jobs })).ok()).toBe(true);
});

const ids = (page: Page) =>
  page.locator('tr[data-job]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-job') ?? ''));
const next = (page: Page) => page.getByRole('link', { name: 'Next page' });
const previous = (page: Page) => page.getByRole('link', { name: 'Previous page' });

test('pages go forward and back, each is an address, and none leaves a job out', async ({ page }) => {
  await page.goto(`/queues/default/${queue}?state=waiting`);
  await expectLive(page);
  const first = await ids(page);
  await next(page).click();
  await expect(page).toHaveURL(/at=/);
  await expect.poll(() => ids(page)).not.toEqual(first);
  const second = await ids(page);
  await page.reload();
  expect(await ids(page)).toEqual(second);
  await next(page).click();
  await expect(page.locator('tr[data-job]')).toHaveCount(20);
  const third = await ids(page);
  await expect(next(page)).toHaveCount(0);
  expect(new Set([...first, ...second, ...third]).size).toBe(120);
  await previous(page).click();
  await expect.poll(() => ids(page)).toEqual(second);
  await previous(page).click();
  await expect.poll(() => ids(page)).toEqual(first);
  await expect(previous(page)).toHaveCount(0);
  await page.goBack();
  await expect.poll(() => ids(page)).toEqual(second);
});

test('a selection is a fixed set: it survives pages and news, and asks before it removes', async ({
  page,
  request,
}) => {
  await page.goto(`/queues/default/${queue}?state=waiting`);
  await expectLive(page);
  await page.getByLabel('Select all on this page').check();
  await next(page).click();
  await expect(page.getByRole('region', { name: 'Selection' })).toContainText('50 selected, 50 on other pages');
  await page.locator('tr[data-job]').first().getByRole('checkbox').check();
  await request.post(`/api/v1/queues/default/${queue}/jobs`, { data: { name: 'late' } });
  await expect(page.getByRole('button', { name: '1 new' })).toBeVisible();
  await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Remove' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('region', { name: 'Dry run' })).toContainText('51 will be removed');
  await dialog.getByLabel('Reason').fill('They are obsolete');
  await dialog.getByRole('button', { name: 'Remove 51 jobs' }).click();
  await expect(toast(page)).toContainText('Started: Remove 51 jobs');
  await expect(page.locator('.tabs [data-state="waiting"] .n')).toHaveText('70');
  await expect(page.getByRole('region', { name: 'Selection' })).toHaveCount(0);
});

test('someone adds a job by raw JSON, is told where it is wrong, and duplicates it', async ({ page }) => {
  await page.goto(`/queues/default/${queue}?state=prioritized`);
  await expectLive(page);
  await page.getByRole('button', { name: 'Add job' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('by-hand');
  await dialog.getByLabel('Data').fill('{\n  "a": 1,\n}');
  await expect(page.getByText('Line 3, column 1: expected a name in double quotes')).toBeVisible();
  await dialog.getByLabel('Data').fill('{"text":"it\'s","n":1.50}');
  await dialog.getByLabel('Priority').fill('7');
  await dialog.getByRole('button', { name: 'Add job' }).click();
  await toast(page).getByRole('link', { name: 'Open job' }).click();
  await expect(page.getByRole('region', { name: 'Data, as JSON' })).toContainText('"text": "it\'s"');
  await page.getByRole('button', { name: 'More for this job' }).click();
  await page.getByRole('menuitem', { name: 'Add a job like this…' }).click();
  await expect(dialog.getByLabel('Priority')).toHaveValue('7');
  await dialog.getByRole('button', { name: 'Add job' }).click();
  await expect(toast(page)).toContainText('Added by-hand');
});
