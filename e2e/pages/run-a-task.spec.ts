import { expect, test } from '@playwright/test';
import { fillShop } from '@/e2e/pages/support/shop';
import { expectLive, jobState, toast } from '@/e2e/pages/support/visit';

test.beforeAll(fillShop);

test('someone enqueues an export by its form, watches the progress, and downloads what it made', async ({ page }) => {
  await page.goto('/tasks');
  await page.getByRole('link', { name: 'Enqueue Export orders' }).click();
  await page.getByLabel('From', { exact: true }).fill('2020-01-01');
  await page.getByLabel('To', { exact: true }).fill('2030-12-31');
  await expect(page.getByRole('region', { name: 'curl command' })).toContainText('"from": "2020-01-01"');
  await page.getByRole('button', { name: 'Enqueue' }).click();
  await toast(page).getByRole('link', { name: 'Open job' }).click();

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('export-orders');
  await expectLive(page);
  const progress = page.getByRole('progressbar', { name: 'Progress' });
  const seen = new Set<string>();
  await expect
    .poll(
      async () => {
        seen.add((await progress.getAttribute('aria-valuenow').catch(() => null)) ?? '');
        return jobState(page).textContent();
      },
      { timeout: 40_000, intervals: [60] },
    )
    .toContain('Completed');
  expect(seen.size, `progress moved: ${[...seen].join(', ')}`).toBeGreaterThan(2);
  await expect(page.getByRole('log')).toContainText('Wrote');

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: /^Download/ }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^orders-.*\.xlsx$/);
});

test('a form says at each field what does not fit', async ({ page }) => {
  await page.goto('/tasks/send-welcome-email');
  await page.getByLabel('To', { exact: true }).fill('nobody');
  await page.getByLabel('Name', { exact: true }).fill('');
  await page.getByRole('button', { name: 'Enqueue' }).click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveAccessibleDescription(/is needed/);
  await page.getByLabel('Name', { exact: true }).fill('Ada');
  await page.getByRole('button', { name: 'Enqueue' }).click();
  await expect(page.getByLabel('To', { exact: true })).toHaveAccessibleDescription(/email/i);
  await expect(page.getByLabel('To', { exact: true })).toHaveAttribute('aria-invalid', 'true');
});

test('someone cancels an export that runs: it ends as cancelled and leaves no file', async ({ page, request }) => {
  const added = await request.post('/api/v1/tasks/export-orders', {
    data: { input: { from: '2020-01-01', to: '2030-12-31' } },
  });
  const { source, queue, id } = await added.json();
  await page.goto(`/queues/${source}/${queue}/jobs/${id}`);
  await expect(jobState(page)).toContainText('Active');
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Cancel it' }).click();
  await expect(jobState(page)).toHaveText('Failed');
  await expect(page.getByRole('heading', { name: 'Error' }).locator('..')).toContainText('cancelled');
  await expect(page.getByRole('link', { name: /^Download/ })).toHaveCount(0);
  const { can, attemptsMade, file } = await (await request.get(`/api/v1/queues/${source}/${queue}/jobs/${id}`)).json();
  expect(can).toContain('job.retry');
  expect(attemptsMade).toBeLessThan(3);
  expect(file).toBeNull();
});
