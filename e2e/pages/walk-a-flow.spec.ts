import { expect, test } from '@playwright/test';
import { startReceiver } from '@/e2e/pages/support/receiver';
import { expectLive, toast } from '@/e2e/pages/support/visit';

test('someone finds a flow, opens it level by level with the keyboard, and pages through its children', async ({
  page,
  request,
}) => {
  const queue = `flow-${crypto.randomUUID().slice(0, 8)}`;
  const children = Array.from({ length: 197 }, (_, at) => ({ queue, name: `leaf-${at}` }));
  const added = await request.post('/api/v1/flows', {
    data: {
      source: 'default',
      flow: {
        queue,
        name: `root-of-${queue}`,
        children: [{ queue, name: 'branch', children: [{ queue, name: 'twig' }] }, ...children],
      },
    },
  });
  expect(added.status(), await added.text()).toBe(201);
  await page.goto('/flows?state=waiting-children');
  await expectLive(page);
  await page.getByRole('link', { name: `root-of-${queue}` }).click();
  const tree = page.getByRole('tree', { name: 'Flow' });
  await expect(tree.getByRole('treeitem', { level: 2 })).toHaveCount(100);
  await page.getByRole('button', { name: /more of 198/ }).click();
  await expect(tree.getByRole('treeitem', { level: 2 })).toHaveCount(198);

  const branch = tree.getByRole('treeitem', { name: /^branch/ });
  await branch.focus();
  await page.keyboard.press('ArrowRight');
  await expect(branch).toHaveAttribute('aria-expanded', 'true');
  await expect(tree.getByRole('treeitem', { name: /^twig/ })).toHaveAttribute('aria-level', '3');
  await page.keyboard.press('ArrowRight');
  await expect(tree.getByRole('treeitem', { name: /^twig/ })).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(branch).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(branch).toHaveAttribute('aria-expanded', 'false');
  await page.getByRole('link', { name: /^Failed/ }).click();
  await expect(tree.getByRole('treeitem', { level: 2 })).toHaveCount(0);
});

test('someone finds a flow in which jobs failed, reads what holds it, retries them, and it leaves the list', async ({
  page,
  request,
}) => {
  const receiver = await startReceiver(410);
  const queue = `flow-${crypto.randomUUID().slice(0, 8)}`;
  const deliver = (event: string) => ({
    ...{ queue: 'webhooks', name: 'deliver-webhook', options: { attempts: 1 } },
    data: { url: receiver.url, event, payload: {} },
  });
  const name = `root-of-${queue}`;
  const branch = { queue, name: 'branch', children: [deliver('order.paid')] };
  const flow = { queue, name, children: [branch, deliver('order.sent')] };
  const added = await request.post('/api/v1/flows', { data: { source: 'default', flow } });
  expect(added.status(), await added.text()).toBe(201);
  const { id } = await added.json();
  const failures = `/api/v1/queues/default/${queue}/jobs/${id}/flow/failures`;
  await expect.poll(async () => (await (await request.get(failures)).json()).jobs, { timeout: 30_000 }).toBe(2);

  const row = page.getByRole('row', { name });
  await expect(async () => {
    await page.goto('/flows?state=failed');
    await expect(row).toContainText('deliver-webhook, deliver-webhook', { timeout: 3_000 });
  }).toPass({ timeout: 60_000 });
  await expect(page.getByRole('link', { name: /^Failed \d+/ })).toBeVisible();
  await expectLive(page);
  await row.getByRole('link', { name }).click();
  await expect(page.getByText('It waits for 2 children: 1 failed and holds it, 1 has not ended.')).toBeVisible();
  await page.getByRole('link', { name: 'Failed 1' }).click();
  await expect(page.getByRole('tree', { name: 'Flow' }).getByRole('treeitem', { level: 2 })).toHaveCount(1);

  receiver.answerWith(200);
  await page.getByRole('button', { name: 'Retry 2 failed children' }).click();
  const dialog = page.getByRole('dialog', { name: 'Retry what failed in this flow' });
  await expect(dialog.getByRole('list', { name: 'Failed jobs' }).getByRole('listitem')).toHaveCount(2);
  await dialog.getByRole('button', { name: 'Retry 2' }).click();
  await expect(toast(page)).toContainText('Started: retry 2 jobs');
  await expect(page.getByRole('button', { name: /failed child/ })).toHaveCount(0, { timeout: 30_000 });
  await expect(page.getByText(/It waits for 1 child: branch/)).toBeVisible({ timeout: 30_000 });
  await expect(async () => {
    await page.goto('/flows?state=failed');
    await expect(page.getByText(/flows? shown of/)).toBeVisible({ timeout: 3_000 });
    await expect(row).toHaveCount(0, { timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await receiver.close();
});
