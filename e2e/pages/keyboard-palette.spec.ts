import { type APIRequestContext, expect, type Page, type Route, test } from '@playwright/test';
import { newQueue } from '@/e2e/pages/support/queues';
import { type Receiver, startReceiver } from '@/e2e/pages/support/receiver';
import { expectLive } from '@/e2e/pages/support/visit';

let receiver: Receiver;
test.beforeAll(async () => {
  receiver = await startReceiver(410);
});
test.afterAll(() => receiver.close());

const palette = (page: Page) => page.getByRole('combobox', { name: 'Find, go to or do' });
const SCRIPTS = '**/_next/static/**/*.js*';

/** Holds every script that is asked for from now on. */
async function holdScripts(page: Page): Promise<() => Promise<void>> {
  const held: Route[] = [];
  let isOpen = false;
  await page.route(SCRIPTS, async (route) => {
    if (isOpen) await route.continue();
    else held.push(route);
  });
  return async () => {
    isOpen = true;
    for (const route of held) await route.continue();
  };
}

async function failJobs(request: APIRequestContext, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const input = { url: receiver.url, event: 'keys', payload: { n } };
    const added = await request.post('/api/v1/tasks/deliver-webhook', { data: { input, options: { attempts: 1 } } });
    ids.push((await added.json()).id);
  }
  for (const id of ids)
    await expect.poll(async () => (await jobOf(request, id)).state, { timeout: 20_000 }).toBe('failed');
  return ids;
}
const jobOf = async (request: APIRequestContext, id: string) =>
  (await request.get(`/api/v1/queues/default/webhooks/jobs/${id}`)).json();
/** Attempts of each: a retry would have made one more, or put it into another state. */
const standings = (request: APIRequestContext, ids: string[]) =>
  Promise.all(
    ids.map(async (id) => {
      const { state, attemptsStarted, finishedAt } = await jobOf(request, id);
      return { state, attemptsStarted, finishedAt };
    }),
  );
/** Nothing of the kind is on its way to the server. */
const watchRetries = (page: Page) => {
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/retry')) asked.push(request.url());
  });
  return asked;
};

for (const opener of ['Control+k', 'Meta+k', '/'])
  test(`what is typed after ${opener} belongs to the palette while its list is still to come`, async ({
    page,
    request,
  }) => {
    const ids = await failJobs(request, 2);
    const before = await standings(request, ids);
    await page.goto('/queues/default/webhooks?state=failed');
    await expectLive(page);
    const retries = watchRetries(page);
    await page.keyboard.press('j');
    const focused = page.locator('tr[data-job] a:focus');
    await expect(focused).toHaveCount(1);
    const row = await focused.getAttribute('href');
    const release = await holdScripts(page);
    await page.keyboard.press(opener);
    await page.keyboard.type('retrx');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('y');
    await expect(palette(page)).toBeFocused();
    await expect(palette(page)).toHaveValue('retry');
    await expect(page.getByRole('dialog')).toContainText('Loading');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toContainText('press Enter again');
    await release();
    await expect(page.getByRole('option', { name: 'Search all jobs for retry' })).toBeVisible();
    await expect(palette(page)).toHaveValue('retry');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(focused).toHaveAttribute('href', row ?? '');
    expect(retries).toEqual([]);
    expect(await standings(request, ids)).toEqual(before);
    await page.keyboard.press(opener);
    await expect(palette(page)).toHaveValue('');
  });

test('the palette opens before the page is alive, and keeps what was typed', async ({ page }) => {
  const release = await holdScripts(page);
  await page.goto('/queues', { waitUntil: 'commit' });
  await expect(page.locator('#palette')).toBeAttached();
  await page.keyboard.press('Control+k');
  await expect(palette(page)).toBeFocused();
  await page.keyboard.type('work');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('/');
  await page.keyboard.type('go to tasks');
  await expect(palette(page)).toHaveValue('go to tasks');
  await release();
  await expect(page.getByRole('option', { name: /^Tasks/ })).toBeVisible();
  await expect(palette(page)).toHaveValue('go to tasks');
  await expect(palette(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Tasks');
});

test('the list moves by the arrows, and tells which item is marked', async ({ page }) => {
  await page.goto('/');
  await expectLive(page);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('option', { selected: true })).toHaveCount(1);
  const marked = async () => ({
    said: await palette(page).getAttribute('aria-activedescendant'),
    shown: await page.getByRole('option', { selected: true }).getAttribute('id'),
  });
  await expect.poll(async () => (await marked()).said === (await marked()).shown).toBe(true);
  const first = await marked();
  await page.keyboard.press('ArrowDown');
  await expect.poll(async () => (await marked()).said).not.toBe(first.said);
  await expect.poll(async () => (await marked()).said === (await marked()).shown).toBe(true);
  await page.keyboard.press('ArrowUp');
  await expect.poll(async () => (await marked()).said).toBe(first.said);
});

test('a g before the palette is forgotten', async ({ page }) => {
  await page.goto('/');
  await expectLive(page);
  await page.keyboard.press('g');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('q');
  await expect(palette(page)).toHaveValue('q');
  await page.keyboard.press('Escape');
  await page.keyboard.press('q');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(new URL(page.url()).pathname).toBe('/');
});

test('no key reaches the page below a dialog that is still to come', async ({ page, request }) => {
  const { page: path } = await newQueue(request, 'coming', [{ name: 'wait', options: { id: 'one' } }]);
  await page.goto(`${path}?state=waiting`);
  await expectLive(page);
  const release = await holdScripts(page);
  await page.keyboard.press('?');
  await page.keyboard.type('gqj/');
  await expect(page.getByRole('dialog', { name: 'Loading' })).toBeVisible();
  await expect(page.locator('tr[data-job] a:focus')).toHaveCount(0);
  await release();
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe(path);
});

test('typing "retry" right after a load, in a list and on a job, retries nothing', async ({ page, request }) => {
  const ids = await failJobs(request, 2);
  const before = await standings(request, ids);
  const retries = watchRetries(page);
  for (const address of ['/queues/default/webhooks?state=failed', `/queues/default/webhooks/jobs/${ids[0]}`])
    for (const opener of [null, 'Control+k']) {
      await page.goto(address, { waitUntil: 'commit' });
      await expect(page.locator('#palette')).toBeAttached();
      if (opener) await page.keyboard.press(opener);
      await page.keyboard.type('retry');
      if (opener) await expect(palette(page)).toHaveValue('retry');
      await expectLive(page);
      if (opener) await page.keyboard.press('Escape');
      await page.keyboard.type('retry');
      await expect(page.getByRole('dialog')).toHaveCount(0);
    }
  expect(retries).toEqual([]);
  expect(await standings(request, ids)).toEqual(before);
});

test('r asks, for the row that was chosen alone, and once however long it is held', async ({ page, request }) => {
  const ids = await failJobs(request, 2);
  await page.goto('/queues/default/webhooks?state=failed');
  await expectLive(page);
  const retries = watchRetries(page);
  const dialog = page.getByRole('dialog', { name: 'Retry this job?' });
  // Focus that no hand put there marks nothing.
  await page
    .locator('tr[data-job] a')
    .first()
    .evaluate((link) => (link as HTMLElement).focus());
  await page.keyboard.press('r');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page
    .locator('tr[data-job] a')
    .first()
    .evaluate((link) => (link as HTMLElement).blur());
  await page.keyboard.press('j');
  const chosen = await page.locator('tr[data-job]:focus-within').getAttribute('data-job');
  await page.keyboard.down('r');
  await page.keyboard.down('r');
  await page.keyboard.down('r');
  await page.keyboard.up('r');
  await expect(dialog).toContainText(chosen ?? '');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(retries).toEqual([]);
  await page.keyboard.press('r');
  await expect(dialog.getByRole('button', { name: 'Retry it' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Messages' })).toContainText(`Put back: ${chosen}`);
  expect(retries).toHaveLength(1);
  expect(ids).toHaveLength(2);
});

test('a completed job is retried only with the word that it happens again', async ({ page, request }) => {
  const added = await request.post('/api/v1/tasks/send-welcome-email', {
    data: { input: { to: 'ada@example.com', name: 'Ada' } },
  });
  const { id, queue } = await added.json();
  const api = `/api/v1/queues/default/${queue}/jobs/${id}`;
  await expect.poll(async () => (await (await request.get(api)).json()).state).toBe('completed');
  await page.goto(`/queues/default/${queue}/jobs/${id}`);
  await expectLive(page);
  const retries = watchRetries(page);
  await page.getByRole('button', { name: 'Retry', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Retry this job?' });
  await expect(dialog).toContainText('happens again');
  await page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await page.goto(`/queues/default/${queue}?state=completed`);
  await expectLive(page);
  await page.getByRole('button', { name: `Retry ${id}`, exact: true }).click();
  await expect(dialog).toContainText('happens again');
  await page.keyboard.press('Escape');
  expect(retries).toEqual([]);
});
