import { expect, type Locator, test } from '@playwright/test';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { expectLive } from '@/e2e/pages/support/visit';

const NAMES = ['<script>alert(1)</script>', 'a/b:c%2Fd', 'x'.repeat(400), 'with space & ?#', 'ünï—漢字🙂'];

for (const name of NAMES) {
  test(`a queue called ${JSON.stringify(name).slice(0, 40)} has a list and its job a page`, async ({
    page,
    request,
  }) => {
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    const url = `/api/v1/queues/default/${encodeURIComponent(name)}/jobs`;
    const data = { html: '</script><script>alert(2)</script><img src=x onerror=alert(3)>', long: 'y'.repeat(300_000) };
    const added = await request.post(url, {
      data: {
        name: `<img src=x onerror=alert(4)>${'n'.repeat(200)}`,
        data,
        options: { id: `id/${name.slice(0, 40).replaceAll(':', '')}%` },
      },
    });
    expect(added.ok(), await added.text()).toBe(true);
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`/queues/default/${encodeURIComponent(name)}?state=waiting`);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
      await expectLive(page);
      await page.locator('tr[data-job] a').first().click();
      await expect(page.getByRole('heading', { level: 1 })).toContainText('<img src=x');
      await expect(page.getByRole('link', { name: 'Open the whole job as JSON' })).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    }
    expect(dialogs).toEqual([]);
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('button', { name: 'Remove it' }).click();
    // What is known of it is there as soon as it was recorded.
    await expect(page.getByText(/no longer in the broker|has not got this job any more/).first()).toBeVisible();

    const q = encodeURIComponent(`queue:${JSON.stringify(name)}`);
    const found = async () => (await (await request.get(`/api/v1/jobs?q=${q}`)).json()).items;
    await expect.poll(async () => (await found())[0]?.state, { timeout: 20_000 }).toBe('removed');
    const own = `/queues/default/${encodeURIComponent(name)}`;
    for (const width of [1440, 390])
      for (const path of [`/jobs?q=${q}`, `${own}/search?q=`, `${own}/metrics`]) {
        await page.setViewportSize({ width, height: 900 });
        await page.goto(path);
        await expectLive(page);
        if (!path.endsWith('metrics')) await expect(page.locator('tr[data-job]').first()).toContainText('<img src=x');
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), path).toBeLessThanOrEqual(
          0,
        );
      }
    await page.goto(`/jobs?q=${q}`);
    await page.locator('tr[data-job] a').first().click();
    await expect(page.getByText('The broker has not got this job any more')).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('<img src=x');
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(dialogs).toEqual([]);
  });
}

/** A name of a file that is none, two that look alike, and one that runs the other way. */
const HIDDEN = [
  { hides: 'invoice\u202efdp.exe', shows: 'invoiceU+202Efdp.exe', title: 'invoice⟨U+202E⟩fdp.exe' },
  { hides: 'pay\u200bpal \u2066x', shows: 'payU+200Bpal U+2066x', title: 'pay⟨U+200B⟩pal ⟨U+2066⟩x' },
  { hides: 'תור עברי', shows: 'תור עברי', title: 'תור עברי' },
];
const DATA = { note: 'a\u202eb', lines: 'one\ntwo', family: '👩‍👩‍👧‍👦', persian: 'می‌خواهم' };

for (const { hides, shows, title } of HIDDEN) {
  test(`what ${title} hides is seen on every page`, async ({ page, context, request }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const own = crypto.randomUUID().slice(0, 8);
    const queue = `${own} ${hides}`;
    const job = { name: `name ${hides}`, data: DATA, options: { id: `id ${own} ${hides}`, attempts: 1 } };
    const api = `/api/v1/queues/default/${encodeURIComponent(queue)}/jobs`;
    const added = await request.post(api, { data: job });
    expect(added.ok(), await added.text()).toBe(true);
    const at = `${api}/${encodeURIComponent(job.options.id)}`;
    await request.post(`${at}/logs`, { data: { lines: [`log ${hides}`] } });
    await failAll(queue, `error ${own} ${hides}`);
    await expect.poll(async () => (await (await request.get(at)).json()).state).toBe('failed');

    await page.goto('/queues');
    const link = page.getByRole('link', { name: `${own} ${shows}` });
    await expect(link).toHaveAttribute('title', `${own} ${title}`);
    await expectApart(link);
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`/queues/default/${encodeURIComponent(queue)}?state=failed`);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${own} ${shows}`);
      await expect(page).toHaveTitle(`${own} ${title} · Queuedeck`);
      await expectLive(page);
      await expect(page.locator('tr[data-job]')).toContainText(`id ${own} ${shows}`);
      await page.locator('tr[data-job] a').first().click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(`name ${shows}`);
      await expectApart(page.getByRole('heading', { level: 1 }));
      await expect(page.getByRole('log')).toContainText(`log ${shows}`);
      await expect(page.getByRole('region', { name: 'Error text' })).toContainText(`error ${own} ${shows}`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    }
    const data = page.getByRole('region', { name: 'Data', exact: true });
    await expect(data).toContainText('aU+202Eb');
    await expect(data).toContainText(DATA.family);
    await expect(data).toContainText(DATA.persian);
    await data.getByRole('button', { name: 'Copy' }).click();
    expect(JSON.parse(await page.evaluate(() => navigator.clipboard.readText()))).toEqual(DATA);

    await page.setViewportSize({ width: 1440, height: 900 });
    const q = encodeURIComponent(`id:${JSON.stringify(job.options.id)}`);
    const isRecorded = async () => (await (await request.get(`/api/v1/jobs?q=${q}`)).json()).items[0]?.state;
    await expect.poll(isRecorded, { timeout: 20_000 }).toBe('failed');
    await page.goto(`/jobs?q=${q}`);
    const row = page.locator('tr[data-job]').first();
    for (const part of [`id ${own} ${shows}`, `${own} ${shows}`, `name ${shows}`])
      await expect(row).toContainText(part);
    await page.goto(`/failures?text=${own}`);
    await expect(page.locator('tr[data-job]').first()).toContainText(`${own} ${shows}`);

    // A key that is pressed before the page listens goes nowhere.
    await expectLive(page);
    await page.keyboard.press('/');
    await page.getByRole('combobox', { name: 'Find, go to or do' }).fill(own);
    await expect(page.getByRole('option', { name: `${own} ${shows}` }).first()).toBeVisible();
  });
}

/** In an element that its neighbours are not reordered by, with a mark for each character that hides. */
async function expectApart(where: Locator): Promise<void> {
  await expect(where.locator('bdi')).toHaveCount(1);
  const marks = where.locator('.odd-char');
  for (const mark of await marks.all()) expect(await mark.getAttribute('title')).toMatch(/^U\+[0-9A-F]{4}: \S/);
}

/** Lets every job of the queue fail, by a worker that knows nothing of Queuedeck. */
async function failAll(queue: string, message: string): Promise<void> {
  const [source] = JSON.parse(process.env.QUEUEDECK_TEST_SOURCES ?? '[]');
  const connection = new Redis(source.url, { maxRetriesPerRequest: null });
  const failing = async () => {
    throw new Error(message);
  };
  const worker = new Worker(queue, failing, { connection });
  await new Promise((resolve) => worker.once('failed', resolve));
  await worker.close();
  connection.disconnect();
}
