import { expect, test } from '@playwright/test';
import { expectLive } from '@/e2e/pages/support/visit';

test('someone enqueues a file of inputs after seeing which lines fit', async ({ page, request }) => {
  await request.post('/api/v1/queues/default/emails/pause');
  try {
    await page.goto('/tasks/send-welcome-email');
    await expectLive(page);
    const lines = [
      '{"to":"ada@example.com","name":"Ada"}',
      '{"to":"nobody","name":"No"}',
      '{"to":"bob@example.com","name":"Bob"}',
    ];
    await page.getByLabel('File of inputs').setInputFiles({
      name: 'people.ndjson',
      mimeType: 'application/x-ndjson',
      buffer: Buffer.from(lines.join('\n')),
    });
    const card = page.locator('section', { has: page.getByRole('heading', { name: 'From a file' }) });
    await expect(card).toContainText('2 lines can be enqueued of 3');
    await expect(card.getByRole('region', { name: 'Refused lines' })).toContainText('2');
    await card.getByRole('button', { name: 'Enqueue 2 jobs' }).click();
    await expect(card).toContainText('2 lines enqueued of 3');
    await card.getByRole('link').first().click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('send-welcome-email');
  } finally {
    await request.delete('/api/v1/queues/default/emails/pause');
  }
});

test('a CSV file works as well, and one of another shape says what is wrong', async ({ page }) => {
  await page.goto('/tasks/send-welcome-email');
  await expectLive(page);
  const card = page.locator('section', { has: page.getByRole('heading', { name: 'From a file' }) });
  const choose = (text: string) =>
    page
      .getByLabel('File of inputs')
      .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await choose('to,name\nada@example.com,Ada\n');
  await expect(card).toContainText('1 line can be enqueued of 1');
  await choose('colour\nred\n');
  await expect(card.getByRole('button', { name: 'Enqueue 0 jobs' }).or(card.getByRole('alert'))).toBeVisible();
});
