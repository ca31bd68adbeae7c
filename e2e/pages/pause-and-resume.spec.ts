import { expect, test } from '@playwright/test';
import { newQueue } from '@/e2e/pages/support/queues';
import { expectLive, toast } from '@/e2e/pages/support/visit';

test('someone pauses a queue, nothing runs, resumes it, and the job is done', async ({ page, request }) => {
  await page.goto('/queues/default/emails?state=waiting');
  await expectLive(page);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect(page.getByRole('dialog').getByLabel('Reason')).toBeFocused();
  await page.keyboard.type('The mail provider is down');
  await page.keyboard.press('Enter');
  await expect(page.locator('.head .pill')).toHaveText('Paused');
  await expect(page.locator('.head')).toContainText('by local');
  await expect(page.locator('.whyline')).toContainText('The mail provider is down');
  const added = await request.post('/api/v1/tasks/send-welcome-email', {
    data: { input: { to: 'ada@example.com', name: 'Ada' } },
  });
  const { id } = await added.json();
  await page.getByRole('button', { name: '1 new' }).click();
  await expect(page.locator(`tr[data-job="${id}"]`)).toContainText('Waiting');
  await page.goto('/queues?filter=paused');
  await expect(page.getByRole('row', { name: /emails/ })).toContainText('Paused');
  await expect(page.getByRole('row', { name: /emails/ })).toContainText('The mail provider is down');
  await page.getByRole('link', { name: 'emails', exact: true }).click();
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.locator('.head .pill')).toHaveText(/^(Moving|Idle|Empty)$/);
  await expect
    .poll(async () => (await (await request.get(`/api/v1/queues/default/emails/jobs/${id}`)).json()).state)
    .toBe('completed');
});

test('a pause is taken back from its message, and a resume too, with the reason that it had', async ({
  page,
  request,
}) => {
  const { api, page: path } = await newQueue(request, 'undo-pause', [{ name: 'wait' }]);
  await page.goto(path);
  await expectLive(page);
  const state = page.locator('.head .pill').first();
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('A deploy');
  await page.getByRole('dialog').getByRole('button', { name: 'Pause it' }).click();
  await expect(state).toHaveText('Paused');
  await expect(page.locator('.whyline')).toContainText('by local (“A deploy”)');
  await toast(page).getByRole('button', { name: 'Undo' }).click();
  await expect(state).toHaveText(/^(Moving|Stuck)/);
  await toast(page).getByRole('button', { name: 'Pause again' }).click();
  await expect(state).toHaveText('Paused');
  await expect(page.locator('.whyline')).toContainText('by local (“A deploy”)');
  await expect
    .poll(async () => (await (await request.get(api)).json()).pause)
    .toMatchObject({ by: 'local', reason: 'A deploy' });
});
