import { expect, test } from '@playwright/test';
import { runAnyInput } from '@/e2e/support/any-input/run';

const CALLS = 10_000;
/** The same each time, so that a change that breaks something is what fails; `npm run faults` asks with a seed of the day. */
const SEED = Number(process.env.QUEUEDECK_ANY_INPUT_SEED ?? 8);
/** Of the random calls those at these places: `QUEUEDECK_ANY_INPUT_ONLY=12,4711`, with the seed of the run that failed. */
const ONLY = process.env.QUEUEDECK_ANY_INPUT_ONLY?.split(',').map(Number);
/** What the fixture has no occasion for: it must be paused, deduplicated, running at this moment, or has a file; or is not asked. */
const RARE = ['queue.obliterate', 'job.undeduplicate', 'job.file', 'operation.stop', 'operation.resume', 'worker.stop'];

test('no input makes a 500, a hang, a bare answer or one that shows the inside', async () => {
  test.setTimeout(300_000);
  const report = await runAnyInput({ seed: SEED, calls: CALLS, ...(ONLY ? { only: ONLY } : {}) });
  process.stdout.write(
    `any input: seed ${SEED}, ${Math.round(report.tookMs / 1000)} s, ${report.taken} taken, by status ${JSON.stringify(report.statuses)}\n`,
  );
  expect(report.faults, `with QUEUEDECK_ANY_INPUT_SEED=${SEED}`).toEqual([]);
  if (ONLY) return;
  // Not only refused at the first check.
  expect(report.taken).toBeGreaterThan(CALLS * 0.3);
  expect(report.neverTaken.filter((id) => !RARE.includes(id))).toEqual([]);
  expect(report.later).toBeLessThan(CALLS * 0.02);
});
