import { expect, test } from '@playwright/test';
import { runAnyInput } from '@/e2e/support/any-input/run';

const CALLS = 10_000;
/** The same each time, so that a change that breaks something is what fails; `npm run faults` asks with a seed of the day. */
const SEED = Number(process.env.QUEUEDECK_ANY_INPUT_SEED ?? 8);
/** Of the random calls those at these places: `QUEUEDECK_ANY_INPUT_ONLY=12,4711`, with the seed of the run that failed. */
const ONLY = process.env.QUEUEDECK_ANY_INPUT_ONLY?.split(',').map(Number);
/** Operations of which no call is taken: the fixture has no occasion for some, and what one call takes is gone for the next. */
const MOST_NEVER_TAKEN = 15;

test('no input makes a 500, a hang, a bare answer or one that shows the inside', async () => {
  test.setTimeout(600_000);
  const report = await runAnyInput({ seed: SEED, calls: CALLS, ...(ONLY ? { only: ONLY } : {}) });
  process.stdout.write(
    `any input: seed ${SEED}, ${Math.round(report.tookMs / 1000)} s, ${report.taken} taken, by status ${JSON.stringify(report.statuses)}\n`,
  );
  expect(report.faults, `with QUEUEDECK_ANY_INPUT_SEED=${SEED}`).toEqual([]);
  if (ONLY) return;
  // Not only refused at the first check.
  expect(report.taken).toBeGreaterThan(CALLS * 0.3);
  expect(report.neverTaken.length, report.neverTaken.join(', ')).toBeLessThan(MOST_NEVER_TAKEN);
  expect(report.later).toBeLessThan(CALLS * 0.02);
});
