import { expect, test } from '@playwright/test';
import { startReceiver } from '@/e2e/pages/support/receiver';
import { expectLive, toast } from '@/e2e/pages/support/visit';

test('someone opens a group of failures, retries all of it, and watches it drain', async ({ page, request }) => {
  const receiver = await startReceiver(418);
  for (let n = 0; n < 5; n += 1)
    await request.post('/api/v1/tasks/deliver-webhook', {
      data: { input: { url: receiver.url, event: 'order.paid', payload: { n } }, options: { attempts: 1 } },
    });
  await page.goto('/failures');
  await expectLive(page);
  const row = page.getByRole('row').filter({ hasText: 'answered' }).first();
  await expect(row).toBeVisible({ timeout: 20_000 });
  await expect
    .poll(
      async () =>
        (await (await request.get('/api/v1/failures?text=418')).json()).items.find((group: { message: string }) =>
          group.message.includes('418'),
        )?.jobsNow ?? 0,
      { timeout: 20_000 },
    )
    .toBeGreaterThanOrEqual(5);
  const [group] = (await (await request.get('/api/v1/failures?text=418')).json()).items;
  await page.goto(`/failures/${group.id}`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('answered');
  await expect(page.getByRole('region', { name: 'Newest jobs' }).getByRole('row')).not.toHaveCount(0);
  receiver.answerWith(200);
  await page.getByRole('button', { name: /^Retry \d/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('The receiver is well again');
  await dialog.getByRole('button', { name: /^Retry/ }).click();
  await expect(dialog).toBeHidden();
  // The notice goes by itself after a while, and draining may take longer.
  const operation = await page.getByRole('link', { name: 'Follow it' }).getAttribute('href');
  await expect(page.getByRole('button', { name: 'Retry 0' })).toBeVisible({ timeout: 30_000 });
  await page.goto(operation ?? '');
  await expect(page.getByText('The receiver is well again').first()).toBeVisible();
  await receiver.close();
});

test('someone sees when each attempt of a failed job ran, and goes to its cause', async ({ page, request }) => {
  const receiver = await startReceiver(503);
  const added = await request.post('/api/v1/tasks/deliver-webhook', {
    data: { input: { url: receiver.url, event: 'order.lost', payload: {} }, options: { attempts: 3 } },
  });
  const { source, queue, id } = await added.json();
  const address = `/queues/${source}/${queue}/jobs/${id}`;
  await page.goto(address);
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await expect(page.getByRole('link', { name: 'Open its cause' })).toBeVisible({ timeout: 40_000 });
  for (const attempt of [1, 2, 3])
    await expect(timeline.getByText(`Attempt ${attempt}`, { exact: true })).toBeVisible();
  await expect(timeline.getByText(/^failed /)).toHaveCount(3);
  await expect(timeline).not.toContainText('times not kept');
  await page.reload();
  await expect(timeline.getByText(/^failed /)).toHaveCount(3);
  await page.getByRole('link', { name: 'Open its cause' }).click();
  await expect(page).toHaveURL(/\/failures\/\d+/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('answered 503');
  await receiver.close();
});

test('someone marks a group as resolved, and it leaves the open ones', async ({ page, request }) => {
  await expect
    .poll(async () => (await (await request.get('/api/v1/failures')).json()).items.length, { timeout: 20_000 })
    .toBeGreaterThan(0);
  const [group] = (await (await request.get('/api/v1/failures?sort=first')).json()).items;
  await page.goto('/failures?sort=first');
  await expectLive(page);
  const row = page.locator(`tr[data-job="${group.id}"]`);
  await row.getByRole('button', { name: /^More/ }).click();
  await page.getByRole('menuitem', { name: /resolved/i }).click();
  await expect(row).toBeHidden();
  await page.getByRole('link', { name: 'Resolved', exact: true }).click();
  await expect(row).toBeVisible();
  await request.post(`/api/v1/failures/${group.id}/reopen`, {});
});

test('someone goes from a queue to the causes of its failures, and from there to those of all queues', async ({
  page,
}) => {
  await page.goto('/queues/default/webhooks?state=failed');
  await expectLive(page);
  await page.getByRole('link', { name: 'Causes' }).click();
  await expect(page).toHaveURL('/failures?source=default&queue=webhooks&range=24h');
  await expect(page.locator('.page .head')).toContainText(/of\s*webhooks/);
  await page.getByRole('link', { name: 'All', exact: true }).click();
  const rows = page.locator('tr[data-job]');
  await expect(rows).not.toHaveCount(0);
  for (const row of await rows.all()) await expect(row).toContainText('webhooks');
  await page.getByRole('link', { name: 'Failures of all queues' }).click();
  await expect(page).toHaveURL('/failures?range=24h&state=all');
});

test('someone merges two causes, is led from the old one to the whole, splits it off, and undoes a merge', async ({
  page,
  request,
}) => {
  const receivers = await Promise.all([startReceiver(409), startReceiver(411)]);
  for (const { url } of receivers)
    await request.post('/api/v1/tasks/deliver-webhook', {
      data: { input: { url, event: 'order.paid', payload: {} }, options: { attempts: 1 } },
    });
  const find = async (code: number) =>
    (await (await request.get(`/api/v1/failures?text=answered%20${code}`)).json()).items[0];
  for (const code of [409, 411])
    await expect.poll(async () => (await find(code))?.id, { timeout: 20_000 }).toBeDefined();
  const [head, part] = [await find(409), await find(411)];
  await page.goto('/failures?text=answered');
  await expectLive(page);
  const merge = async () => {
    for (const { id } of [head, part]) await page.locator(`tr[data-job="${id}"]`).getByRole('checkbox').check();
    const bar = page.getByRole('region', { name: 'Selection' });
    await expect(bar).toContainText('2 selected');
    await bar.getByRole('button', { name: 'Merge…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: /answered 409/ }).check();
    await dialog.getByRole('button', { name: 'Merge', exact: true }).click();
    await expect(dialog).toBeHidden();
    await expect(page.locator(`tr[data-job="${part.id}"]`)).toBeHidden();
    await expect(page.locator(`tr[data-job="${head.id}"]`)).toContainText('2 merged');
  };
  await merge();
  await page.goto(`/failures/${part.id}?range=24h`);
  await expect(page).toHaveURL(`/failures/${head.id}?range=24h`);
  const madeOf = page.getByRole('region', { name: 'Made of' });
  await expect(madeOf).toContainText('411');
  await madeOf.getByRole('button', { name: /^Split off/ }).click();
  await expect(madeOf).toBeHidden();
  await page.goto('/failures?text=answered');
  await expectLive(page);
  await merge();
  await toast(page).getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator(`tr[data-job="${part.id}"]`)).toBeVisible();
  await Promise.all(receivers.map((receiver) => receiver.close()));
});
