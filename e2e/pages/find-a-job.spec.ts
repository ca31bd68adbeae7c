import { expect, test } from '@playwright/test';
import { expectLive } from '@/e2e/pages/support/visit';

test('someone finds a job by a field of its data, though the broker has forgotten it', async ({ page, request }) => {
  const order = `SO-${crypto.randomUUID().slice(0, 8)}`;
  const queue = `find-${crypto.randomUUID().slice(0, 8)}`;
  const added = await request.post(`/api/v1/queues/default/${queue}/jobs`, {
    data: { name: 'ship', data: { order: { id: order }, note: 'by hand' } },
  });
  const { id } = (await added.json()).items?.[0] ?? (await added.json());
  const found = async () => (await (await request.get(`/api/v1/jobs?q=data.order.id:${order}`)).json()).items;
  await expect.poll(async () => (await found()).length, { timeout: 20_000 }).toBe(1);
  await request.delete(`/api/v1/queues/default/${queue}/jobs/${id}`);
  await expect.poll(async () => (await found())[0]?.state, { timeout: 20_000 }).toBe('removed');

  await page.goto('/');
  await expectLive(page);
  await page.getByRole('link', { name: 'Jobs', exact: true }).click();
  const box = page.getByRole('combobox', { name: 'Search jobs' });
  await box.fill('stat');
  await expect(page.getByRole('option').first()).toHaveText(/^state/);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(box).toHaveValue('state:');
  await page.keyboard.type('wrong');
  await expect(page.locator('.query-fault')).toContainText('expected one of waiting');
  await box.fill(`data.order.id:${order}`);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  const row = page.locator('tr[data-job]');
  await expect(row).toHaveCount(1);
  await expect(row).toContainText('Removed');
  await expect(row).toContainText('gone');
  await row.getByRole('link', { name: String(id), exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'ship' })).toBeVisible();
  await expect(page.getByText('The broker has not got this job any more')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Data', exact: true })).toContainText(order);
});

test('someone saves a search, finds it again with its count, and forgets it', async ({ page }) => {
  const name = `Failed ${crypto.randomUUID().slice(0, 6)}`;
  const q = `state:failed NOT name:${crypto.randomUUID().slice(0, 6)}`;
  await page.goto(`/jobs?q=${encodeURIComponent(q)}`);
  await expectLive(page);
  await page.getByRole('button', { name: 'Save view' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  await page.goto('/jobs');
  await page.getByRole('link', { name: new RegExp(name) }).click();
  await expect(page.getByRole('combobox', { name: 'Search jobs' })).toHaveValue(q);
});

test("a queue's search opens with its default view, and finds its own jobs only", async ({ page, request }) => {
  const queue = `own-${crypto.randomUUID().slice(0, 8)}`;
  const other = `${queue}-other`;
  for (const name of [queue, other])
    await request.post(`/api/v1/queues/default/${name}/jobs`, { data: { name: 'ship', data: { box: queue } } });
  const found = async (more: string) =>
    (await (await request.get(`/api/v1/jobs?q=data.box:${queue}${more}`)).json()).items.length;
  await expect.poll(() => found(''), { timeout: 20_000 }).toBe(2);
  expect(await found(`&queue=${queue}`)).toBe(1);
  const saved = await request.post('/api/v1/views', {
    data: { name: 'Boxes', q: `data.box:${queue}`, source: 'default', queue, isDefault: true },
  });
  expect(saved.status()).toBe(201);

  await page.goto(`/queues/default/${queue}`);
  await expectLive(page);
  await page.getByRole('navigation', { name: 'Jobs by state' }).getByRole('link', { name: 'Search' }).click();
  await expect(page.getByRole('combobox', { name: 'Search jobs' })).toHaveValue(`data.box:${queue}`);
  await expect(page.locator('tr[data-job]')).toHaveCount(1);
  await expect(page.locator('tr[data-job]')).toContainText(queue);
  const box = page.getByRole('combobox', { name: 'Search jobs' });
  await box.fill('');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/[?&]q=(&|$)/);
  await expect(page.locator('tr[data-job]')).toHaveCount(1);
});

test('someone finds a job from anywhere by its id, an error by a part of it, and all jobs by a text', async ({
  page,
  request,
}) => {
  const id = `order-${crypto.randomUUID().slice(0, 8)}`;
  const body = { name: 'ship', data: { n: 1 }, options: { id } };
  expect((await request.post('/api/v1/queues/default/no-worker/jobs', { data: body })).status()).toBe(201);
  await page.goto('/workers');
  await expectLive(page);
  await page.keyboard.press('/');
  const box = page.getByRole('combobox');
  await expect(box).toBeFocused();
  await page.keyboard.type(id);
  await expect(page.getByRole('option', { name: `${id} ship` })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'ship' })).toBeVisible();

  await page.keyboard.press('/');
  await box.fill('queue:no-worker name:ship');
  await expect(page.getByRole('option', { name: `${id} ship` })).toBeVisible();
  await box.fill(`"${id}" (`);
  await page.getByRole('option', { name: 'Search all jobs for' }).click();
  await expect(page.getByRole('combobox', { name: 'Search jobs' })).toHaveValue(`"\\"${id}\\" ("`);
  await expect(page.locator('.query-fault')).toBeEmpty();

  const { items } = await (await request.get('/api/v1/failures?state=all&limit=1')).json();
  const [group] = items as { id: number; message: string }[];
  if (!group) throw new Error('nothing has failed before this test');
  await page.keyboard.press('Control+k');
  await box.last().fill(group.message.split('\n', 1)[0]?.slice(0, 60) ?? '');
  await page.getByRole('group', { name: 'Failures' }).getByRole('option').first().click();
  await expect(page).toHaveURL(/\/failures\/\d+$/);
});
