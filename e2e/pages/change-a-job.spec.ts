import { expect, type Page, test } from '@playwright/test';
import { newQueue } from '@/e2e/pages/support/queues';
import { type Receiver, startReceiver } from '@/e2e/pages/support/receiver';
import { expectLive, jobState, toast } from '@/e2e/pages/support/visit';

let receiver: Receiver;
test.beforeAll(async () => {
  receiver = await startReceiver(410);
});
test.afterAll(() => receiver.close());

const choose = async (page: Page, item: RegExp | string) => {
  await page.getByRole('button', { name: 'More for this job' }).click();
  await page.getByRole('menuitem', { name: item }).click();
};

test('someone puts the data of a failed job right and retries it, in one step', async ({ page, request }) => {
  const { id } = await (
    await request.post('/api/v1/tasks/deliver-webhook', {
      data: { input: { url: receiver.url, event: 'order.paid', payload: { order: 'SO-1' } }, options: { attempts: 1 } },
    })
  ).json();
  const job = `/queues/default/webhooks/jobs/${id}`;
  await expect.poll(async () => (await (await request.get(`/api/v1${job}`)).json()).state).toBe('failed');
  const other = await startReceiver(200);
  try {
    await page.goto(job);
    await expectLive(page);
    await choose(page, 'Edit data and retry');
    const dialog = page.getByRole('dialog');
    const field = dialog.getByLabel('Data');
    await field.fill('{"url": }');
    await expect(field).toHaveAccessibleDescription(/Line 1, column 9/);
    await expect(dialog.getByRole('button', { name: 'Save and retry' })).toHaveAttribute('aria-disabled', 'true');
    await field.fill(`{"url":"${other.url}","event":"order.paid","payload":{"order":"SO-1"}}`);
    await dialog.getByRole('button', { name: 'Save and retry' }).click();
    await expect(dialog).toHaveCount(0);
    await expect(jobState(page)).toHaveText('Completed');
  } finally {
    await other.close();
  }
});

test('data keeps each digit when it is edited', async ({ page, request }) => {
  const { api, page: path } = await newQueue(request, 'digits', [{ name: 'big', options: { id: 'the-one' } }]);
  const text = '{"id":12345678901234567890,"n":1.0}';
  expect((await request.put(`${api}/jobs/the-one/data`, { data: { text } })).ok()).toBe(true);
  await page.goto(`${path}/jobs/the-one`);
  await expectLive(page);
  await choose(page, 'Edit data…');
  const field = page.getByRole('dialog').getByLabel('Data');
  await field.fill((await field.inputValue()).replace('1.0', '2.0'));
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Data, as JSON' })).toContainText('2.0');
  await expect(page.getByRole('region', { name: 'Data, as JSON' })).toContainText('12345678901234567890');
});

test('priority, time, log, progress and a copy', async ({ page, request }) => {
  const { page: path } = await newQueue(request, 'order', [
    { name: 'later', data: { a: 1 }, options: { id: 'due', delayMs: 3_600_000 } },
  ]);
  await page.goto(`${path}/jobs/due`);
  await expectLive(page);
  const facts = page.getByRole('region', { name: 'Facts' });
  await choose(page, 'Change priority');
  await page.getByRole('dialog').getByLabel('Priority', { exact: true }).fill('7');
  await page.getByRole('button', { name: 'Change it' }).click();
  await expect(facts).toContainText('Priority7');

  await choose(page, 'Change when it runs');
  await page.getByRole('dialog').getByLabel('When').selectOption('in');
  await page.getByRole('dialog').getByLabel('Amount').fill('2');
  await page.getByRole('dialog').getByLabel('Unit').selectOption('86400000');
  await page.getByRole('button', { name: 'Change it' }).click();
  await expect(facts).toContainText(/Due.*in 1 d|Due.*in 2 d/);

  await choose(page, 'Add to the log');
  await page.getByRole('dialog').getByLabel('Lines').fill('first\nsecond');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('log')).toContainText('second');
  await choose(page, 'Clear the log');
  await page.getByRole('dialog').getByLabel('Keep the newest lines').fill('1');
  await page.getByRole('button', { name: 'Clear it' }).click();
  await expect(page.getByRole('log')).not.toContainText('first');

  await choose(page, 'Set progress');
  await page.getByRole('dialog').getByLabel('Progress').fill('{"done":3,"total":4}');
  await page.getByRole('button', { name: 'Set it' }).click();
  await expect(page.getByRole('progressbar', { name: 'Progress' })).toHaveAttribute('aria-valuenow', '75');

  await choose(page, 'Duplicate');
  await toast(page).getByRole('link', { name: 'Open job' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('later');
  await expect(page.getByRole('region', { name: 'Data, as JSON' })).toContainText('"a": 1');
});

test('what cannot be done now stays in the menu and says why; the keyboard reaches it', async ({ page, request }) => {
  const { page: path } = await newQueue(request, 'menu', [{ name: 'wait', options: { id: 'here' } }]);
  await page.goto(`${path}/jobs/here`);
  await expectLive(page);
  const button = page.getByRole('button', { name: 'More for this job' });
  await button.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Edit data' })).toBeFocused();
  await expect(page.getByRole('menuitem', { name: /Change when it runs/ })).toContainText('Only a delayed job');
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitem', { name: 'Edit data' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);
  await expect(button).toBeFocused();
});

test('a job that is removed is put back from the message, as it was', async ({ page, request }) => {
  const { api, page: path } = await newQueue(request, 'undo-remove', [
    { name: 'wait', data: { n: 1 }, options: { id: 'stays', priority: 2 } },
  ]);
  await page.goto(`${path}/jobs/stays`);
  await expectLive(page);
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByRole('dialog')).toContainText('it can be put back');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click();
  await expect(
    page.getByText('This job is no longer in the broker').or(page.getByText('Removed').first()).first(),
  ).toBeVisible();
  expect((await request.get(`${api}/jobs/stays`)).status()).toBe(404);
  await toast(page).getByRole('button', { name: 'Undo' }).click();
  await expect(toast(page)).toContainText('Put back: stays');
  await expect(jobState(page)).toHaveText('Prioritized');
  expect(await (await request.get(`${api}/jobs/stays`)).json()).toMatchObject({ priority: 2, state: 'prioritized' });
});

test('what cannot be put back is told before it is removed; what is cancelled comes back', async ({
  page,
  request,
}) => {
  const { queue, api, page: path } = await newQueue(request, 'undo-cancel', [{ name: 'wait', options: { id: 'one' } }]);
  const child = { name: 'child', queue, options: { id: 'child' } };
  const flow = { name: 'parent', queue, options: { id: 'parent' }, children: [child] };
  expect((await request.post('/api/v1/flows', { data: { source: 'default', flow } })).ok()).toBe(true);
  await page.goto(`${path}/jobs/parent`);
  await expectLive(page);
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('This cannot be undone');
  await dialog.getByLabel('Its 1 child too, and theirs').uncheck();
  await expect(dialog).toContainText('it can be put back');
  await page.keyboard.press('Escape');

  await page.goto(`${path}?state=waiting`);
  await expectLive(page);
  await page.getByRole('button', { name: 'Cancel one', exact: true }).click();
  await dialog.getByRole('button', { name: 'Cancel it' }).click();
  await expect(page.locator('tr[data-job="one"]')).toContainText('Removed');
  await toast(page).getByRole('button', { name: 'Undo' }).click();
  await expect(toast(page)).toContainText('Put back: one');
  await expect(page.locator('tr[data-job="one"]')).toContainText('Waiting');
  expect((await (await request.get(`${api}/jobs/one`)).json()).state).toBe('waiting');
});
