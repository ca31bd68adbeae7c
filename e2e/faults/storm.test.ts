import { expect, it } from 'vitest';
import { runStorm } from './storm';

/** The short form; `npm run faults` is the long one: 2,000 jobs, 20 kills, three rounds. */
const JOBS = 600;

const SOUND = { failed: 0, endedNotOnce: 0, insideNotOnce: 0, outsideNotOnce: 0, active: 0, locks: 0, exitCode: 0 };

it('loses no job and doubles no effect while worker and broker are killed', { timeout: 180_000 }, async () => {
  const report = await runStorm({ jobs: JOBS, workerKills: 6, brokerKills: 1, freezes: 0, workMs: 20 });
  expect(report).toMatchObject({ ...SOUND, completed: JOBS });
  expect(report.stalledAndRecovered).toBeGreaterThan(0);
});

it('doubles no effect when a frozen worker wakes up after its jobs were given away', { timeout: 180_000 }, async () => {
  const report = await runStorm({ jobs: 400, workerKills: 0, brokerKills: 0, freezes: 2, workMs: 60 });
  expect(report).toMatchObject({ ...SOUND, completed: 400 });
  expect(report.stalledAndRecovered).toBeGreaterThan(0);
});
