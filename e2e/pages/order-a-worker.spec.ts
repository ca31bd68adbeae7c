import { expect, test } from '@playwright/test';
import { expectLive } from '@/e2e/pages/support/visit';

test('someone quiets a worker, changes how many it runs at once, and lets it work again', async ({ page }) => {
  await page.goto('/workers');
  await expectLive(page);
  const row = page.locator('tbody tr').first();
  await row.getByRole('button', { name: /^Quiet/ }).click();
  await expect(row.locator('.pill')).toHaveText('Quiet');
  await row.getByRole('button', { name: /^More for/ }).click();
  await page.getByRole('menuitem', { name: 'Change how many' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Of queue').selectOption('emails');
  const before = await dialog.getByLabel('Jobs at once').inputValue();
  await dialog.getByLabel('Jobs at once').fill(String(Number(before) + 1));
  await dialog.getByRole('button', { name: 'Change it' }).click();
  await expect(page.getByRole('region', { name: 'Messages' })).toContainText(
    `runs ${Number(before) + 1} of emails at once`,
  );
  await row.getByRole('button', { name: /^Resume/ }).click();
  await expect(row.locator('.pill')).toHaveCount(0);
});
