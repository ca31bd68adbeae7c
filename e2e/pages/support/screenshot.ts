import path from 'node:path';
import { chromium } from '@playwright/test';
import { ensureBrowser } from '@/bin/find-browser.mjs';
import { prepareStack } from '@/bin/stack.mjs';
import { startStack } from '@/lib/testing/stack';

/** `npm run screenshot`: the README's picture, from the running product with its own demo traffic. */
const TRAFFIC_MS = 190_000;

const built = await prepareStack();
const stack = await startStack({ env: { ...built, QUEUEDECK_DEMO: '1', QUEUEDECK_SOURCES: '' } });
const browser = await chromium.launch({
  executablePath: await ensureBrowser(),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  await makeScene(stack.url);
  await new Promise((resolve) => setTimeout(resolve, TRAFFIC_MS));
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    deviceScaleFactor: 2,
    colorScheme: 'light',
  });
  await page.goto(`${stack.url}/?range=15m`);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.waitForTimeout(1_500);
  await page.screenshot({ path: path.resolve('public/screenshot.png') });
  process.stdout.write('Wrote public/screenshot.png\n');
} finally {
  await browser.close();
  await stack.stop();
}

/** What demo traffic alone does not show: jobs that lack a worker, a queue that is paused, deliveries that were refused. */
async function makeScene(url: string): Promise<void> {
  const send = (at: string, body: unknown) =>
    fetch(`${url}/api/v1${at}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const many = (count: number, name: string) => Array.from({ length: count }, (_, i) => ({ name, data: { i } }));
  await send('/queues/default/thumbnails/jobs', many(37, 'resize-image'));
  await send('/queues/default/billing/jobs', many(12, 'capture-payment'));
  await send('/queues/default/billing/pause', {});
  for (let i = 0; i < 6; i += 1)
    await send('/tasks/deliver-webhook', {
      input: { url: `https://10.0.0.${i + 1}/orders`, event: 'order.paid', payload: { order: `SO-${1040 + i}` } },
      options: { attempts: 1 },
    });
}
