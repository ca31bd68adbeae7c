import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { type Receiver, startReceiver } from '@/e2e/pages/support/receiver';

let receiver: Receiver;
let job = '';
let operation = '';
let flow = '';
let group = '';
test.beforeAll(async ({ request }) => {
  receiver = await startReceiver(410);
  const input = { url: receiver.url, event: 'order.paid', payload: { order: 'SO-1' } };
  const { id } = await (
    await request.post('/api/v1/tasks/deliver-webhook', { data: { input, options: { attempts: 1 } } })
  ).json();
  job = `/queues/default/webhooks/jobs/${id}`;
  await expect.poll(async () => (await (await request.get(`/api/v1${job}`)).json()).state).toBe('failed');
  for (const [name, state] of [
    ['delayed', { delayMs: 3_600_000 }],
    ['prioritized', { priority: 3 }],
  ] as const)
    await request.post('/api/v1/queues/default/no-worker/jobs', { data: { name, options: state } });
  const flowed = { queue: 'no-worker', name: 'parent', children: [{ queue: 'no-worker', name: 'child' }] };
  const root = await (await request.post('/api/v1/flows', { data: { source: 'default', flow: flowed } })).json();
  flow = `/flows/default/no-worker/${root.id}`;
  await request.put('/api/v1/queues/default/no-worker/schedulers/nightly', {
    data: { pattern: '0 3 * * *', template: { name: 'clean-up' } },
  });
  const filter = { source: 'default', queue: 'no-worker', states: ['delayed'] };
  const started = await request.post('/api/v1/operations', {
    data: { filter, action: { kind: 'duplicate' }, reason: 'To have one' },
  });
  operation = `/operations/${(await started.json()).id}`;
  await expect
    .poll(async () => (await (await request.get('/api/v1/failures?queue=webhooks')).json()).items.length, {
      timeout: 20_000,
    })
    .toBeGreaterThan(0);
  const [first] = (await (await request.get('/api/v1/failures?queue=webhooks')).json()).items;
  group = `/failures/${first.id}`;
});
test.afterAll(() => receiver.close());

/** `contrastIn`: where colours are looked at, instead of everywhere. */
const PAGES: [name: string, path: () => string, heading: string, contrastIn?: string][] = [
  ['overview', () => '/', 'Overview'],
  ['queues', () => '/queues', 'Queues'],
  ['a queue', () => '/queues/default/webhooks?state=failed', 'webhooks'],
  ['an empty state', () => '/queues/default/webhooks?state=delayed', 'webhooks'],
  ['a queue without workers', () => '/queues/default/no-worker?state=prioritized', 'no-worker'],
  ['a job', () => job, 'deliver-webhook'],
  ['a queue over time', () => '/queues/default/webhooks/metrics', 'webhooks'],
  ['jobs', () => '/jobs?q=state:failed', 'Jobs'],
  ['a query that cannot be read', () => '/jobs?q=state:fail', 'Jobs'],
  ['failures', () => '/failures', 'Failures'],
  ['a failure', () => group, 'answered'],
  ['workers', () => '/workers', 'Workers'],
  ['workers by queue', () => '/workers?by=queue', 'Workers'],
  ['tasks', () => '/tasks', 'Tasks'],
  ['a task', () => '/tasks/export-orders', 'Export orders'],
  ['a filtered list', () => '/queues/default/webhooks?state=failed&name=deliver-webhook&since=1h', 'webhooks'],
  ['schedulers', () => '/schedulers', 'Schedulers'],
  ["a queue's jobs by a query", () => '/queues/default/webhooks/search?q=state:failed', 'webhooks'],
  ["a queue's schedulers", () => '/queues/default/no-worker/schedulers', 'no-worker'],
  ['flows', () => '/flows', 'Flows'],
  ['a flow', () => flow, 'parent'],
  ['operations', () => '/operations', 'Operations'],
  ['an operation', () => operation, 'Duplicate'],
  ['the recycle bin', () => '/operations?view=bin', 'Operations'],
  ['a source', () => '/sources/default', 'default'],
  // Ten thousand elements of the same few kinds: what contrasts in some contrasts in all.
  ['API', () => '/docs/api', 'API', '.page > :nth-child(-n + 4), .page > :last-child'],
  ['nothing', () => '/queues/default/webhooks/jobs/no-such-job', 'Not here'],
];

for (const [name, path, heading, contrastIn] of PAGES) {
  // A 404 is drawn in the browser by Next; it has no data to show first.
  if (name !== 'nothing')
    test(`${name}: the first paint has its content without script`, async ({ browser, baseURL }) => {
      const context = await browser.newContext({ javaScriptEnabled: false, ...(baseURL ? { baseURL } : {}) });
      const page = await context.newPage();
      await page.goto(path());
      await expect(page.getByRole('heading', { level: 1, name: heading })).toBeAttached();
      await expect(page.locator('.skeleton')).toHaveCount(0);
      await context.close();
    });

  test(`${name}: no other host is asked, nothing is wider than the screen, nothing moves, axe finds nothing`, async ({
    page,
    baseURL,
  }) => {
    // It looks at each element of the page, three times.
    test.setTimeout(240_000);
    const foreign: string[] = [];
    const faults: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(baseURL ?? '') && !request.url().startsWith('data:')) foreign.push(request.url());
    });
    page.on('pageerror', (error) => faults.push(String(error)));
    await page.addInitScript(watchShifts);
    for (const width of [390, 1024, 1920, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(path());
      await expect(page.locator('.top .live')).toHaveText('Live');
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
        `${width} px`,
      ).toBeLessThanOrEqual(0);
      const shifts = await page.evaluate(() => (window as unknown as { shifts: Shift[] }).shifts);
      const total = shifts.reduce((sum, { value }) => sum + value, 0);
      expect(total, `shift at ${width} px: ${JSON.stringify(shifts, null, 1)}`).toBeLessThan(0.01);
    }
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeAttached();
    expect(await findFaults(page, contrastIn === undefined ? {} : { without: COLOURS })).toEqual([]);
    for (const colorScheme of contrastIn === undefined ? (['dark'] as const) : (['light', 'dark'] as const)) {
      await page.emulateMedia({ colorScheme });
      expect(await findFaults(page, { only: COLOURS, within: contrastIn })).toEqual([]);
    }
    expect(foreign).toEqual([]);
    expect(faults).toEqual([]);
  });
}

test('dialogs, the palette and the list of keys: axe finds nothing', async ({ page }) => {
  for (const theme of ['light', 'dark'] as const) {
    const look = theme === 'dark' ? { only: COLOURS } : {};
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.goto('/queues/default/webhooks?state=failed');
    await expect(page.locator('.top .live')).toHaveText('Live');
    await page.getByRole('button', { name: 'Add job' }).click();
    await expect(page.getByRole('dialog')).toContainText('Add a job to webhooks');
    expect(await findFaults(page, look)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog')).toContainText('Next, previous job');
    expect(await findFaults(page, look)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('dialog')).toContainText('Pause webhooks');
    await expect(page.getByRole('option', { name: 'Overview' })).toBeInViewport({ ratio: 1 });
    await expect(page.getByRole('option', { name: 'API', exact: false }).first()).toBeInViewport({ ratio: 1 });
    expect(await findFaults(page, look)).toEqual([]);
    await page.keyboard.type('state:failed');
    await expect(page.getByRole('group', { name: 'Jobs' }).getByRole('option').first()).toBeVisible();
    expect(await findFaults(page, look)).toEqual([]);
    await page.keyboard.press('Escape');
  }
});

/** What a theme changes: the two have the same elements. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

interface Look {
  only?: string[];
  without?: string[];
  within?: string | undefined;
}

async function findFaults(page: Page, { only, without = [], within }: Look = {}) {
  // One document without frames: the way for several opens another page and reads axe anew for each look.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
  if (within !== undefined) axe.include(within);
  const rules = only
    ? axe.withRules(only)
    : axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).disableRules(without);
  const { violations } = await rules.analyze();
  return violations.map(({ id, nodes }) => ({
    id,
    where: nodes.map((node) => `${node.target} ${node.failureSummary ?? ''}`.slice(0, 260)),
  }));
}

interface Shift {
  value: number;
  moved: string[];
}
interface Moved {
  node: Node | null;
  previousRect: DOMRectReadOnly;
  currentRect: DOMRectReadOnly;
}

/** Keeps what moved by itself, and how far. */
function watchShifts(): void {
  const watched = window as unknown as { shifts: Shift[] };
  watched.shifts = [];
  const tell = ({ node, previousRect: from, currentRect: to }: Moved) =>
    `${node?.nodeName} "${node?.textContent?.slice(0, 80)}" from ${JSON.stringify(from)} to ${JSON.stringify(to)}`;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as unknown as { value: number; sources: Moved[] }[])
      watched.shifts.push({ value: entry.value, moved: entry.sources.map(tell) });
  }).observe({ type: 'layout-shift', buffered: true });
}
