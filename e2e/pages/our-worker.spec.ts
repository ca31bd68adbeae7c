import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { expectLive } from '@/e2e/pages/support/visit';
import { openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { type Stack, startStack } from '@/lib/testing/stack';

/** One broker that is only watched, and one where our worker was asked for; there one of its queues is somebody else's. */
let broker: TestBroker;
let stack: Stack;
test.beforeAll(async () => {
  test.setTimeout(120_000);
  broker = await openRedisBroker();
  await broker.queue('emails').add('their-newsletter', { shape: 'of their own' });
  const { url } = broker.config;
  const sources = [
    { name: 'asked', url },
    { name: 'watched', url, prefix: 'other' },
  ];
  stack = await startStack({ env: { QUEUEDECK_SOURCES: JSON.stringify(sources), QUEUEDECK_WORKER: 'asked' } });
});
test.afterAll(async () => {
  await stack?.stop();
  await broker?.close();
});

const REASON = 'It holds jobs named "their-newsletter", and no task of ours is called that.';

test('a source says which queues our worker works on, which it leaves alone and why, or that it is only watched', async ({
  page,
}) => {
  await page.goto(`${stack.url}/sources/asked`);
  const card = page.getByRole('region', { name: 'Our worker' });
  await expect(card).toContainText('1 process');
  await expect(card.locator('[data-queue="webhooks"]')).toContainText('Works');
  await expect(card.locator('[data-queue="emails"]')).toContainText('Left alone');
  await expect(card.locator('[data-queue="emails"]')).toContainText(REASON);
  await expectNoFaults(page);

  await page.goto(`${stack.url}/sources/watched`);
  await expect(card).toContainText('this broker is only watched. No job is taken from it.');
  await expect(card).toContainText('QUEUEDECK_WORKER=watched');
  await expectNoFaults(page);
});

test('a task says where it runs; one whose queue is left alone has the reason in place of its button', async ({
  page,
  request,
}) => {
  await page.goto(`${stack.url}/tasks`);
  const row = (title: string) => page.getByRole('row').filter({ hasText: title });
  await expect(row('Export orders')).toContainText('asked');
  await expect(row('Export orders').getByRole('link', { name: 'Enqueue Export orders' })).toBeVisible();
  await expect(row('Send welcome e-mail')).toContainText('Left alone');
  await expect(page.getByRole('link', { name: 'Enqueue Send welcome e-mail' })).toHaveCount(0);
  await expect(page.locator('[data-left-alone="send-welcome-email"]')).toHaveText(
    `Our worker leaves the queue emails of asked alone. ${REASON}`,
  );
  await expectNoFaults(page);

  await page.goto(`${stack.url}/tasks/send-welcome-email`);
  await expect(page.getByText('Our worker leaves the queue emails alone.')).toBeVisible();
  const enqueue = page.getByRole('button', { name: 'Enqueue' });
  await expect(enqueue).toHaveAttribute('aria-disabled', 'true');
  await expect(enqueue).toHaveAccessibleDescription(REASON);
  await expectNoFaults(page);
  // Neither way of sending the form sends it.
  await enqueue.click({ force: true });
  await page.getByLabel('Name', { exact: true }).press('Enter');

  const input = { to: 'ada@example.com', name: 'Ada' };
  const refused = await request.post(`${stack.url}/api/v1/tasks/send-welcome-email`, { data: { input } });
  expect(refused.status()).toBe(409);
  expect(await refused.json()).toMatchObject({ code: 'queue_state', detail: expect.stringContaining(REASON) });
  const counts = (await broker.backend.snapshot()).queues.find(({ name }) => name === 'emails')?.counts;
  expect(counts).toMatchObject({ waiting: 1, active: 0, completed: 0, failed: 0 });
});

test('an overview of what is only watched tells how a job is added, not of tasks that nobody runs', async ({
  page,
}) => {
  test.setTimeout(120_000);
  const empty = await openRedisBroker();
  const other = await startStack({ env: { REDIS_URL: empty.config.url } });
  try {
    await page.goto(`${other.url}/tasks`);
    await expect(page.getByText('Queuedeck only watches here')).toBeVisible();
    await page.goto(`${other.url}/queues`);
    await expectLive(page);
    await expect(page.locator('.empty')).toContainText('/api/v1/queues/default/emails/jobs');
    await expect(page.locator('.empty')).not.toContainText('/tasks/');
  } finally {
    await other.stop();
    await empty.close();
  }
});

async function expectNoFaults(page: Parameters<typeof expectLive>[0]): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
}
