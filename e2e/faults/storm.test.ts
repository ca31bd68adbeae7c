import { expect, it } from 'vitest';
import { runStorm } from './storm';

/** The short form; `npm run faults` is the long one: 2,000 jobs, 20 kills, three rounds. */
const JOBS = 600;

it('loses no job and doubles no effect while worker and broker are killed', { timeout: 180_000 }, async () => {
  const report = await runStorm({ jobs: JOBS, workerKills: 6, brokerKills: 1, workMs: 20 });
  expect(report).toMatchObject({
    completed: JOBS,
    failed: 0,
    endedNotOnce: 0,
    insideNotOnce: 0,
    outsideNotOnce: 0,
    active: 0,
    locks: 0,
    exitCode: 0,
  });
  expect(report.stalledAndRecovered).toBeGreaterThan(0);
});
