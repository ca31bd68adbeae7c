import { expect, test } from '@playwright/test';
import { expectLive } from '@/e2e/pages/support/visit';

test('everything can be reached by the keyboard', async ({ page }) => {
  await page.goto('/');
  await expectLive(page);
  await page.keyboard.press('g');
  await page.keyboard.press('w');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Workers');
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Tasks');
  await page.keyboard.press('/');
  await expect(page.getByRole('combobox')).toBeFocused();
  await page.keyboard.type('exports');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('exports');
});

test('the field to fill has the focus when a dialog opens', async ({ page }) => {
  await page.goto('/schedulers');
  await expectLive(page);
  await page.getByRole('button', { name: 'New scheduler' }).click();
  await expect(page.getByRole('dialog').getByLabel('Id')).toBeFocused();
});

test('Enter alone destroys nothing', async ({ page, request }) => {
  const { id } = await (await request.post('/api/v1/queues/default/no-worker/jobs', { data: { name: 'keep' } })).json();
  await page.goto(`/queues/default/no-worker/jobs/${id}`);
  await expectLive(page);
  await page.getByRole('button', { name: 'Remove' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Remove this job?' })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Remove' })).toBeFocused();
  expect((await request.get(`/api/v1/queues/default/no-worker/jobs/${id}`)).status()).toBe(200);
});

test('the theme that was chosen stays', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('/');
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.getByRole('button', { name: 'Theme' }).click();
  const dark = await paper();
  expect(dark).not.toBe(light);
  await page.reload();
  expect(await paper()).toBe(dark);
});
