import { expect, test } from '@playwright/test';
import { expectLive } from '@/e2e/pages/support/visit';

test('someone pauses a queue, nothing runs, resumes it, and the job is done', async ({ page, request }) => {
  await page.goto('/queues/default/emails?state=waiting');
  await expectLive(page);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.locator('.head .pill')).toHaveText('Paused');
  const added = await request.post('/api/v1/tasks/send-welcome-email', {
    data: { input: { to: 'ada@example.com', name: 'Ada' } },
  });
  const { id } = await added.json();
  await page.getByRole('button', { name: '1 new' }).click();
  await expect(page.locator(`tr[data-job="${id}"]`)).toContainText('Waiting');
  await page.goto('/queues?filter=paused');
  await expect(page.getByRole('row', { name: /emails/ })).toContainText('Paused');
  await page.getByRole('link', { name: 'emails', exact: true }).click();
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.locator('.head .pill')).toHaveText(/^(Moving|Idle|Empty)$/);
  await expect
    .poll(async () => (await (await request.get(`/api/v1/queues/default/emails/jobs/${id}`)).json()).state)
    .toBe('completed');
});
