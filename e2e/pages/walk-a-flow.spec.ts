import { expect, test } from '@playwright/test';
import { expectLive } from '@/e2e/pages/support/visit';

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
