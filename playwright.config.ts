import { defineConfig, devices } from '@playwright/test';

/**
 * The specs run against a whole product that is already up: `npm test` starts it from the production build, on a free port and in a folder of its own.
 * QUEUEDECK_TEST_URL is its origin, QUEUEDECK_TEST_HOME its folder, QUEUEDECK_TEST_SOURCES and QUEUEDECK_TEST_DATABASE_URL its servers, QUEUEDECK_TEST_BROWSER a Chromium.
 */
const baseURL = process.env.QUEUEDECK_TEST_URL;
if (!baseURL)
  throw new Error('Run the specs by `npm test -- api` or `npm test -- browser`: they start the product for it.');

/** They start products of their own: each runs after those of the other project, so that both runners end at about the same time. */
const OF_ITS_OWN = {
  api: /watch-a-broker\.spec\.ts$/,
  pages: /(?:hostile-broker|list-of-queues|attention|broker-away)\.spec\.ts$/,
};

export default defineConfig({
  testDir: 'e2e',
  outputDir: process.env.QUEUEDECK_TEST_OUTPUT ?? 'test-results',
  // One product, one broker: a spec that pauses a queue or freezes the broker must not meet another.
  workers: 1,
  timeout: 60_000,
  // As in vitest.config.ts: what needed its second try passes, and is named at the end.
  retries: 1,
  expect: { timeout: 10_000 },
  use: {
    baseURL,
    ...devices['Desktop Chrome'],
    // Written beside a test it costs more than the test.
    trace: 'on-first-retry',
    launchOptions: {
      executablePath: process.env.QUEUEDECK_TEST_BROWSER,
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
  },
  projects: [
    { name: 'api', testDir: 'e2e/api', testIgnore: OF_ITS_OWN.api },
    { name: 'api-own', testDir: 'e2e/api', testMatch: OF_ITS_OWN.api },
    { name: 'pages', testDir: 'e2e/pages', testIgnore: OF_ITS_OWN.pages },
    { name: 'pages-own', testDir: 'e2e/pages', testMatch: OF_ITS_OWN.pages },
  ],
});
