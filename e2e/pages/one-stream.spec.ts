import { expect, test } from '@playwright/test';
import { expectLive } from '@/e2e/pages/support/visit';

test('several tabs of one browser share one stream, and the next tab takes over when its leader closes', async ({
  context,
  request,
}) => {
  const open = new Set<string>();
  context.on('request', (asked) => {
    if (asked.url().includes('/api/v1/live')) open.add(asked.url());
  });
  const tabs = [];
  for (const path of ['/', '/queues', '/workers', '/queues/default/emails?state=delayed']) {
    const tab = await context.newPage();
    await tab.goto(path);
    await expectLive(tab);
    tabs.push(tab);
  }
  // Two addresses: the first tab's topics, then, once its leader knows, those of the queue's tab as well; no tab has one of its own.
  await expect
    .poll(() => [...open].map((url) => new URL(url).searchParams.get('topics')))
    .toEqual(['overview', 'overview,queue:default/emails']);
  const [leader, ...others] = tabs;
  await leader?.close();
  for (const tab of others) await expectLive(tab);
  const count = others.at(-1)?.locator('.tabs [data-state="delayed"] .n');
  const before = Number(await count?.textContent());
  await request.post('/api/v1/queues/default/emails/jobs', {
    data: { name: 'send-welcome-email', data: { to: 'ada@example.com', name: 'Ada' }, options: { delayMs: 3_600_000 } },
  });
  if (count) await expect(count).toHaveText(String(before + 1));
});
