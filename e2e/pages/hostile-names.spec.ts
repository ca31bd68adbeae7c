import { expect, test } from '@playwright/test';
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
