import { expect, test } from '@playwright/test';
import { type Receiver, startReceiver } from '@/e2e/pages/support/receiver';
import { expectLive, jobState, toast } from '@/e2e/pages/support/visit';

let receiver: Receiver;
test.beforeEach(async () => {
  receiver = await startReceiver(410);
});
test.afterEach(() => receiver.close());

const deliver = (event: string) => ({ input: { url: receiver.url, event, payload: {} }, options: { attempts: 1 } });

test('a delivery fails, its cause is put right, someone retries it from the overview on, and it is done', async ({
  page,
  request,
}) => {
  const added = await request.post('/api/v1/tasks/deliver-webhook', { data: deliver('order.paid') });
  const { id } = await added.json();
  await page.goto('/');
  await page
    .getByRole('row', { name: /^webhooks/ })
    .locator('td[data-label="Failed"] a')
    .click();
  const row = page.locator(`tr[data-job="${id}"]`);
  await expect(row).toContainText('410');
  await row.getByRole('link', { name: id, exact: true }).click();
  await expect(jobState(page)).toHaveText('Failed');
  await expect(page.getByRole('heading', { name: 'Error' })).toBeVisible();

  receiver.answerWith(200);
  await expectLive(page);
  await page.getByRole('button', { name: 'Retry', exact: true }).click();
  await expect(jobState(page)).toHaveText('Completed');
  await expect(page.getByRole('heading', { name: 'Error' })).toHaveCount(0);
});

test('someone selects several failed jobs by the keyboard, retries them, and the rows stay where they are', async ({
  page,
  request,
}) => {
  const ids: string[] = [];
  for (const event of ['a', 'b', 'c'])
    ids.push((await (await request.post('/api/v1/tasks/deliver-webhook', { data: deliver(event) })).json()).id);
  const last = `/api/v1/queues/default/webhooks/jobs/${ids.at(-1)}`;
  await expect.poll(async () => (await (await request.get(last)).json()).state).toBe('failed');
  receiver.answerWith(200);
  await page.goto('/queues/default/webhooks?state=failed');
  await expectLive(page);
  const order = () =>
    page.locator('tr[data-job]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-job')));
  const before = await order();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  const bar = page.getByRole('region', { name: 'Selection' });
  await expect(bar).toContainText('3 selected');
  await bar.getByRole('button', { name: 'Retry', exact: true }).click();
  await expect(toast(page)).toContainText('3 jobs put back');
  for (const id of before.slice(0, 3)) await expect(page.locator(`tr[data-job="${id}"]`)).toContainText('Completed');
  expect(await order()).toEqual(before);
});

test('what comes while someone looks waits behind a button', async ({ page, request }) => {
  await request.post('/api/v1/tasks/deliver-webhook', { data: deliver('first') });
  await page.goto('/queues/default/webhooks?state=failed');
  await expectLive(page);
  await expect(page.locator('tr[data-job]').first()).toBeVisible();
  const { id } = await (await request.post('/api/v1/tasks/deliver-webhook', { data: deliver('second') })).json();
  await page.getByRole('button', { name: /^\d+ new$/ }).click();
  await expect(page.locator(`tr[data-job="${id}"]`)).toBeVisible();
});
