import { expect, test } from '@playwright/test';
import pg from 'pg';
import { expectLive } from '@/e2e/pages/support/visit';
import { OWN_SOURCE, type OwnStack, startOwnStack } from '@/e2e/support/own-stack';
import { openStore } from '@/lib/store/store';
import { writeRecorded } from '@/lib/store/testing/recorded-jobs';

let stack: OwnStack;
let locker: pg.Client;
test.beforeAll(async () => {
  stack = await startOwnStack();
  const store = openStore(stack.postgres.url);
  await writeRecorded(store, OWN_SOURCE, [{ id: 'wanted-7', name: 'parse' }]);
  await store.close();
  locker = new pg.Client(stack.postgres.url);
  await locker.connect();
});
test.afterAll(async () => {
  await locker?.end();
  await stack?.stop();
});

const SEARCH = `/api/v1/jobs?q=${encodeURIComponent('id:wanted-7')}`;

/** Two searches that stand still, until they are let go. */
async function holdBothTurns(): Promise<() => Promise<void>> {
  await locker.query('BEGIN');
  await locker.query('LOCK TABLE queuedeck.seen_worker IN ACCESS EXCLUSIVE MODE');
  const held = [1, 2].map(() => fetch(stack.url + SEARCH));
  const standing = async () =>
    (await locker.query('SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted')).rows[0].n;
  await expect.poll(standing).toBe(2);
  return async () => {
    await locker.query('ROLLBACK');
    for (const answer of await Promise.all(held)) expect(answer.status).toBe(200);
  };
}

test('someone searches while others do, and has the answer a little later in place of an error', async ({ page }) => {
  await page.addInitScript(() => {
    new MutationObserver(() => {
      if (document.querySelector('.notice.failed')) document.documentElement.dataset.flashed = 'yes';
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(`${stack.url}/jobs?q=${encodeURIComponent('id:wanted-7')}`);
  await expectLive(page);
  const row = page.locator('tr[data-job]');
  await expect(row).toContainText('wanted-7');
  const letGo = await holdBothTurns();
  const answerOf = (status: number) =>
    page.waitForResponse((response) => response.url().includes('/api/v1/jobs?') && response.status() === status);
  const refused = answerOf(429);
  await page.getByRole('combobox', { name: 'Search jobs' }).press('Enter');
  expect((await refused).headers()['retry-after']).toBe('1');
  const answered = answerOf(200);
  await letGo();
  await answered;
  await expect(row).toContainText('wanted-7');
  await expect(page.locator('html')).not.toHaveAttribute('data-flashed');
});
