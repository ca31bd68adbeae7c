import { expect, test } from '@playwright/test';
import { expectLive } from '@/e2e/pages/support/visit';
import { OWN_SOURCE, type OwnStack, startOwnStack } from '@/e2e/support/own-stack';
import { openBackend } from '@/lib/backends/registry';
import { LONGEST_WAIT_MS } from '@/lib/client/live/backoff';
import { SourceConfig } from '@/lib/env';
import { openStore } from '@/lib/store/store';
import { recordHistory } from '@/worker/monitor/record-history';

let stack: OwnStack;
test.beforeAll(async () => {
  stack = await startOwnStack();
});
test.afterAll(() => stack?.stop());

/** The stack has no monitor of its own. */
function startRecording(): () => Promise<void> {
  const stopping = new AbortController();
  const backend = openBackend(SourceConfig.parse({ name: OWN_SOURCE, url: stack.redis.url }), { role: 'web' });
  const store = openStore(stack.postgres.url);
  const ended = recordHistory({ store, backend, owner: 'test', keepMs: 86_400_000, signal: stopping.signal });
  return async () => {
    stopping.abort();
    await ended;
    await backend.close();
    await store.close();
  };
}

test('the broker goes away: the last figures stay and say so; it comes back: all goes on by itself', async ({
  page,
  request,
}) => {
  const jobs = `${stack.url}/api/v1/queues/${OWN_SOURCE}/orders/jobs`;
  await request.post(jobs, { data: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] });
  await page.goto(`${stack.url}/queues/${OWN_SOURCE}/orders?state=waiting`);
  await expectLive(page);
  await expect(page.locator('tr[data-job]')).toHaveCount(3);
  const job = (await page.locator('tr[data-job]').first().getAttribute('data-job')) ?? '';
  const stopRecording = startRecording();
  await expect.poll(async () => (await request.get(`${jobs}/${job}/history`)).status(), { timeout: 30_000 }).toBe(200);
  await stopRecording();

  await stack.redis.kill();
  const banner = page.getByText(`The broker "${OWN_SOURCE}" is away`);
  await expect(banner).toBeVisible();
  await expect(page.locator('.top .live')).toHaveText('Broker away');
  await expect(page.locator('tr[data-job]')).toHaveCount(3);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Pause it' }).click();
  await expect(page.getByRole('dialog')).toContainText('The broker is away');
  await page.keyboard.press('Escape');
  await expect(page.locator('.head .pill')).toHaveText('Broker away');

  await page.goto(`${stack.url}/queues/${OWN_SOURCE}/orders/jobs/${job}`);
  await expect(page.getByText('Whether the broker still has this job is not known.')).toBeVisible();
  await expect(page.getByText(/was removed/)).toHaveCount(0);

  await page.goto(`${stack.url}/sources/${OWN_SOURCE}`);
  await expect(page.getByText('Connected since')).toHaveCount(0);
  await expect(banner.locator('..')).toContainText('The broker refuses connections.');
  const history = page.getByRole('region', { name: 'History' });
  await expect(history).toContainText('Waits for the broker');
  await expect(history).not.toContainText('No monitor process');

  await page.goto(`${stack.url}/queues/${OWN_SOURCE}/orders?state=delayed`);
  await expect(page.getByRole('heading', { name: 'orders' })).toBeVisible();
  await expect(banner).toBeVisible();

  await stack.redis.restart();
  await expect(banner).toBeHidden({ timeout: 20_000 });
  await expectLive(page);
  await request.post(jobs, { data: { name: 'later', options: { delayMs: 3_600_000 } } });
  await expect(page.locator('.tabs [data-state="delayed"] .n')).toHaveText('1');
});

test('Queuedeck itself goes away: the page keeps what it knew, with its age, and goes on when it is back', async ({
  page,
  request,
}) => {
  const jobs = `${stack.url}/api/v1/queues/${OWN_SOURCE}/orders/jobs`;
  await request.post(jobs, { data: [{ name: 'a' }, { name: 'b' }] });
  await page.goto(`${stack.url}/`);
  await expectLive(page);
  const restart = stack.restartWeb();
  await expect(page.locator('.top .live')).toContainText('Reconnecting');
  await expect(page.getByRole('table').getByRole('link', { name: 'orders', exact: true })).toBeVisible();
  await restart;
  await expect(page.locator('.top .live')).toHaveText('Live', { timeout: LONGEST_WAIT_MS + 10_000 });
  const waiting = page
    .getByRole('row', { name: /orders/ })
    .locator('td.num')
    .first();
  const queue = await (await request.get(`${stack.url}/api/v1/queues/${OWN_SOURCE}/orders`)).json();
  await expect(waiting).toHaveText(String(queue.counts.waiting));
  await request.post(jobs, { data: { name: 'd' } });
  await expect(waiting).toHaveText(String(queue.counts.waiting + 1));
});
