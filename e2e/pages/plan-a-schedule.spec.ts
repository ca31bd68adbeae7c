import { expect, test } from '@playwright/test';
import { many, newQueue } from '@/e2e/pages/support/queues';
import { expectLive, toast } from '@/e2e/pages/support/visit';

test('someone plans a job, sees the next runs while typing, pauses, runs and removes it', async ({ page, request }) => {
  const { queue, page: path } = await newQueue(request, 'plan', many(1, 'wait'));
  await page.goto(`${path}/schedulers`);
  await expectLive(page);
  await expect(page.getByText('Nothing runs by itself')).toBeVisible();
  await page.getByRole('button', { name: 'New scheduler' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Id').fill('nightly');
  await dialog.getByLabel('Name of the jobs').fill('clean-up');
  const runs = dialog.getByRole('region', { name: 'Next runs' });
  await dialog.getByLabel('Pattern').fill('0 25 * * *');
  await expect(runs).toContainText('hour');
  await expect(runs.locator('mark')).toHaveText('25');
  await dialog.getByLabel('Pattern').fill('30 3 * * *');
  await dialog.getByLabel('Time zone').fill('UTC');
  await expect(runs).toContainText('03:30');
  await expect(runs.getByRole('listitem')).toHaveCount(10);
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(dialog).toHaveCount(0);

  const row = page.locator('tr[data-scheduler="nightly"]');
  await expect(row).toContainText('At 03:30');
  await row.getByRole('button', { name: 'Run nightly now' }).click();
  await expect(toast(page)).toContainText('Added clean-up');
  await row.getByRole('button', { name: 'More for nightly' }).click();
  await page.getByRole('menuitem', { name: 'Pause' }).click();
  await expect(row).toContainText('Paused');
  await row.getByRole('button', { name: 'More for nightly' }).click();
  await page.getByRole('menuitem', { name: 'Resume' }).click();
  await expect(row).not.toContainText('Paused');

  await row.getByRole('button', { name: 'More for nightly' }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  await expect(dialog.getByLabel('Name of the jobs')).toHaveValue('clean-up');
  await dialog.getByLabel('Rhythm').selectOption('every');
  await dialog.getByLabel('Every').fill('90');
  await dialog.getByLabel('Unit').selectOption('60000');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(row).toContainText(/90 min|1 h 30 min|1.5 h/);

  await page.goto('/schedulers');
  await expect(page.getByRole('row', { name: /nightly/ }).filter({ hasText: queue })).toBeVisible();
  await page
    .getByRole('row', { name: /nightly/ })
    .filter({ hasText: queue })
    .getByRole('button', { name: 'More for nightly' })
    .click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Remove it' }).click();
  await expect(page.getByRole('row', { name: /nightly/ }).filter({ hasText: queue })).toHaveCount(0);
});
