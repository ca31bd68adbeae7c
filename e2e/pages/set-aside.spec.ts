import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import pg from 'pg';
import { expectLive } from '@/e2e/pages/support/visit';
import { childEnvironment } from '@/lib/env';

/** Names as a broker takes them, what is seen of them, and where they lead. */
const ODD = [
  { queue: 'emails', job: '42', shows: '42', leads: true },
  { queue: '<script>alert(1)</script>', job: 'x'.repeat(400), shows: 'x'.repeat(400), leads: true },
  { queue: 'invoice\u202efdp.exe', job: 'id\u200b7', shows: 'idU+200B7', leads: true },
  { queue: 'long', job: `beginning…${'0123456789abcdef'.repeat(2)}`, shows: 'beginning…0123', leads: false },
  { queue: 'events', job: null, shows: 'its events', leads: false },
];
const REASON = 'new row violates <img src=x onerror=alert(2)> \u202e check constraint';

let store: pg.Client;
test.beforeAll(async () => {
  store = new pg.Client({ connectionString: childEnvironment({}).QUEUEDECK_TEST_DATABASE_URL });
  await store.connect();
});
test.beforeEach(() => store.query("DELETE FROM queuedeck.set_aside WHERE source = 'default'"));
test.afterAll(async () => {
  await store.query("DELETE FROM queuedeck.set_aside WHERE source = 'default'");
  await store.end();
});

const write = () =>
  store.query(
    `INSERT INTO queuedeck.set_aside (source, queue, job, reason, sample, times)
     SELECT 'default', queue, job, $3, 'secret of the sample', 7 FROM unnest($1::text[], $2::text[]) AS s(queue, job)`,
    [ODD.map(({ queue }) => queue), ODD.map(({ job }) => job), REASON],
  );

test('the overview names a source of which something was set aside, and leads to what it was', async ({
  page,
  request,
}) => {
  await write();
  const told = async () => (await (await request.get('/api/v1/recorders')).json()).items[0];
  await expect.poll(told).toMatchObject({ source: 'default', setAside: ODD.length });
  expect(await (await request.get('/api/v1/readyz')).json()).toMatchObject({ status: 'degraded' });
  await page.goto('/');
  const warning = page.getByRole('region', { name: 'Broker' }).locator('.item').first();
  await expect(warning).toContainText('5 set aside');
  await warning.getByRole('link', { name: 'default' }).click();
  await expect(page.getByRole('region', { name: 'Set aside' })).toBeVisible();
});

test('a source lists what was set aside, whatever it is called, and never what it held', async ({ page, request }) => {
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await write();
  const told = async () => (await request.get('/api/v1/sources/default/recorder')).text();
  await expect.poll(async () => JSON.parse(await told()).setAside.count).toBe(ODD.length);
  expect(await told()).not.toContain('secret of the sample');
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto('/sources/default');
    await expectLive(page);
    const card = page.getByRole('region', { name: 'Set aside' });
    await expect(card.getByRole('listitem')).toHaveCount(ODD.length);
    for (const { shows, leads } of ODD) {
      await expect(card.getByText(shows).first()).toBeVisible();
      await expect(card.getByRole('link', { name: shows })).toHaveCount(leads ? 1 : 0);
    }
    await expect(card).toContainText('7 times');
    await expect(card).toContainText('<img src=x onerror=alert(2)> U+202E check constraint');
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  const [, odd] = ODD;
  await page.getByRole('region', { name: 'Set aside' }).getByRole('link', { name: odd?.shows }).click();
  await expect(page).toHaveURL(new RegExp(`/jobs/${odd?.job}$`));
  expect(dialogs).toEqual([]);
});

test('of many the newest are shown, and how many there are', async ({ page }) => {
  await store.query(
    `INSERT INTO queuedeck.set_aside (source, queue, job, reason, at)
     SELECT 'default', 'emails', n::text, 'no', now() - n * interval '1 minute' FROM generate_series(1, 10000) n`,
  );
  await page.goto('/sources/default');
  const card = page.getByRole('region', { name: 'Set aside' });
  await expect(card.getByRole('listitem')).toHaveCount(5);
  await card.getByRole('button', { name: 'Show 20' }).click();
  await expect(card.getByRole('listitem')).toHaveCount(20);
  await expect(card.getByRole('listitem').first().getByRole('link', { name: '1', exact: true })).toBeVisible();
  await expect(card).toContainText('10,000, 1,439 of them within 24 h');
  await expect(card).toContainText('9,980 more, met before these.');
});

test('where nothing was set aside the history says so; round trips, commands and all that the broker runs stand apart', async ({
  page,
}) => {
  await page.goto('/sources/default');
  const history = page.getByRole('region', { name: 'History' });
  const fact = (name: string) => history.locator('dl > div').filter({ has: page.getByText(name, { exact: true }) });
  await expect(fact('Set aside')).toHaveText('Set asidenothing');
  await expect(page.getByRole('region', { name: 'Set aside' })).toHaveCount(0);
  await expect(fact('Recording costs')).toContainText(/[\d.,]+ round trips\/s, [\d.,]+ commands\/s/);
  await expect(fact('Broker runs')).toContainText(/[\d.,]+ commands\/s of all its clients|not counted/);
});
