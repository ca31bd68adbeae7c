import { expect, type Page, test } from '@playwright/test';
import { countJobs, many, newQueue } from '@/e2e/pages/support/queues';
import { expectLive, toast } from '@/e2e/pages/support/visit';

const bar = (page: Page) => page.getByRole('region', { name: 'Selection' });
const rowIds = (page: Page) =>
  page.locator('tr[data-job]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-job') ?? ''));
const checkedIds = (page: Page) =>
  page
    .locator('tr[data-job]:has(input:checked)')
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-job') ?? ''));

test('someone removes all that match a filter, follows it to its end, and puts them back', async ({
  page,
  request,
}) => {
  const { queue, api, page: path } = await newQueue(request, 'bulk', [...many(1_200, 'old'), ...many(30, 'new')]);
  await page.goto(`${path}?state=waiting`);
  await expectLive(page);
  await page.getByRole('textbox', { name: 'Name is' }).fill('old');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/name=old/);
  await page.getByLabel('Select all on this page').check();
  await expect(bar(page)).toContainText('50 selected');
  await bar(page).getByRole('button', { name: 'Select all that match' }).click();
  await expect(bar(page)).toContainText('1,200 selected: all that match as of');
  await bar(page).getByRole('button', { name: 'Remove' }).click();

  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('list', { name: 'Which jobs' })).toContainText(queue);
  await expect(dialog.getByRole('list', { name: 'Which jobs' })).toContainText('old');
  await expect(dialog.getByRole('region', { name: 'Dry run' })).toContainText('1,200 will be removed');
  const go = dialog.getByRole('button', { name: 'Remove 1,200 jobs' });
  await go.click();
  await expect(dialog).toContainText('Say why');
  await dialog.getByLabel('Reason').fill('They are obsolete');
  await go.click();
  await expect(dialog).toContainText('Type 1200 to confirm');
  expect(await countJobs(request, api, 'waiting')).toBe(1_230);
  await dialog.getByLabel(/^Type/).fill('1,200');
  await go.click();
  await toast(page).getByRole('link', { name: 'Follow it' }).click();

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Remove 1,200 jobs');
  await expect(page.locator('.head .pill')).toHaveText('Done', { timeout: 30_000 });
  await expect(page.getByRole('region', { name: 'Facts' })).toContainText('They are obsolete');
  await expect(page.getByRole('link', { name: /^Done/ })).toContainText('1,200');
  await expect.poll(() => countJobs(request, api, 'waiting')).toBe(30);
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
  expect(file.suggestedFilename()).toMatch(/^operation-.*\.csv$/);

  await page.goto('/operations?view=bin');
  await expect(page.getByRole('row', { name: new RegExp(queue) })).toContainText('1,200');
  await page
    .getByRole('row', { name: new RegExp(queue) })
    .getByRole('button', { name: /Put back/ })
    .click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Restore 1,200 jobs');
  await expect(page.locator('.head .pill')).toHaveText('Done', { timeout: 30_000 });
  await expect.poll(() => countJobs(request, api, 'waiting')).toBe(1_230);
});

test('a selection survives paging and live updates, and says how it drifted', async ({ page, request }) => {
  const { api, page: path } = await newQueue(request, 'drift', many(120, 'wait'));
  await page.goto(`${path}?state=waiting`);
  await expectLive(page);
  const first = await rowIds(page);
  for (const id of first.slice(0, 2)) await page.getByLabel(`Select ${id}`, { exact: true }).check();
  await page.getByRole('link', { name: 'Next page' }).click();
  await expect(bar(page)).toContainText('2 selected, 2 on other pages');
  await expect.poll(async () => (await rowIds(page))[0]).not.toBe(first[0]);
  const [third = ''] = await rowIds(page);
  await page.getByLabel(`Select ${third}`, { exact: true }).check();
  await page.getByRole('link', { name: 'Previous page' }).click();
  await expect(page.getByLabel(`Select ${first[0]}`, { exact: true })).toBeChecked();

  expect((await request.delete(`${api}/jobs/${first[0]}`)).status()).toBe(204);
  await expect(bar(page)).toContainText('1 of 3 has moved on since: 1 removed');
  await expect(bar(page)).toContainText('3 selected');
  await expect(page.getByLabel(`Select ${first[0]}`, { exact: true })).toBeChecked();
});

test('live updates never move, uncheck or re-target anything under an open dialog', async ({ page, request }) => {
  const { api, page: path } = await newQueue(request, 'still', many(60, 'wait'));
  await page.goto(`${path}?state=waiting`);
  await expectLive(page);
  const before = await rowIds(page);
  const chosen = [before[1], before[3], before[5]].map(String);
  for (const id of chosen) await page.getByLabel(`Select ${id}`, { exact: true }).check();
  await bar(page).getByRole('button', { name: 'Remove' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('region', { name: 'Dry run' })).toContainText('3 will be removed');
  const asked = await dialog.getByRole('list', { name: 'Which jobs' }).textContent();

  // Some leave, chosen ones and others; new ones come before all; the list is read anew behind the dialog.
  for (const id of [before[0], before[1], before[2]]) await request.delete(`${api}/jobs/${id}`);
  await request.post(`${api}/jobs`, { data: many(5, 'later', { lifo: true }) });
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expect(page.locator(`tr[data-job="${before[0]}"]`)).toContainText('Removed');
  expect(await rowIds(page)).toEqual(before);
  expect(await checkedIds(page)).toEqual(chosen);
  expect(await dialog.getByRole('list', { name: 'Which jobs' }).textContent()).toBe(asked);
  await expect(dialog.getByRole('region', { name: 'Dry run' })).toContainText('3 will be removed');

  await dialog.getByRole('button', { name: 'Count again' }).click();
  await expect(dialog.getByRole('region', { name: 'Dry run' })).toContainText('2 will be removed');
  await expect(dialog.getByRole('region', { name: 'Dry run' })).toContainText('1 not: they are gone');
  await dialog.getByLabel('Reason').fill('A test');
  await dialog.getByRole('button', { name: 'Remove 2 jobs' }).click();
  await expect(dialog).toHaveCount(0);
  await expect.poll(() => countJobs(request, api, 'waiting')).toBe(60 - 3 + 5 - 2);
  for (const id of chosen) expect((await request.get(`${api}/jobs/${id}`)).status()).toBe(404);
  expect((await request.get(`${api}/jobs/${before[4]}`)).status()).toBe(200);
});

test('what comes after "all" was chosen is not in the set', async ({ page, request }) => {
  const { api, page: path } = await newQueue(request, 'fixed', many(70, 'wait'));
  await page.goto(`${path}?state=waiting`);
  await expectLive(page);
  await page.getByLabel('Select all on this page').check();
  await bar(page).getByRole('button', { name: 'Select all in this state' }).click();
  await expect(bar(page)).toContainText('70 selected: all waiting ones as of');
  await request.post(`${api}/jobs`, { data: many(4, 'later') });
  await bar(page).getByRole('button', { name: 'More for the selection' }).click();
  await page.getByRole('menuitem', { name: 'Duplicate' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('region', { name: 'Dry run' })).toContainText('70 will be duplicated');
  await dialog.getByLabel('Reason').fill('Twice is better');
  await dialog.getByRole('button', { name: 'Duplicate 70 jobs' }).click();
  await expect.poll(() => countJobs(request, api, 'waiting')).toBe(144);
});

test('an operation can be stopped and go on', async ({ page, request }) => {
  const { api, page: path } = await newQueue(request, 'halt', many(300, 'wait'));
  await page.goto(`${path}?state=waiting`);
  await expectLive(page);
  await page.getByLabel('Select all on this page').check();
  await bar(page).getByRole('button', { name: 'Select all in this state' }).click();
  await expect(bar(page)).toContainText('300 selected');
  await bar(page).getByRole('button', { name: 'Remove' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('Slowly');
  await dialog.getByLabel('At most, jobs per second').fill('20');
  await dialog.getByRole('button', { name: 'Remove 300 jobs' }).click();
  await toast(page).getByRole('link', { name: 'Follow it' }).click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.locator('.head .pill')).toHaveText('Stopped');
  const left = await countJobs(request, api, 'waiting');
  expect(left).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.locator('.head .pill')).toHaveText('Done', { timeout: 40_000 });
  await expect.poll(() => countJobs(request, api, 'waiting')).toBe(0);
});
