import { describe, expect, it } from 'vitest';
import { countPlaywright, countVitest, formatCount, sum } from './test-counts.mjs';

const file = (status: string, tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

describe('the count over all runners', () => {
  it('adds up, and names skipped tests only where there are any', () => {
    const total = sum([
      { passed: 3, failed: 0, skipped: 0 },
      { passed: 4, failed: 1, skipped: 0 },
    ]);
    expect(formatCount(total)).toBe('7 passed, 1 failed');
    expect(formatCount({ ...total, skipped: 2 })).toBe('7 passed, 1 failed, 2 skipped');
  });

  it('counts a file that could not be loaded as a failure', () => {
    const report = {
      numPassedTests: 2,
      numFailedTests: 1,
      numPendingTests: 0,
      testResults: [file('failed', []), file('failed', ['failed', 'passed']), file('passed', ['passed'])],
    };
    expect(countVitest(report, 1)).toEqual({ passed: 2, failed: 2, skipped: 0 });
  });

  it('never turns a bad exit into success', () => {
    expect(countVitest(null, 0).failed).toBe(1);
    expect(countVitest({ numPassedTests: 2, numFailedTests: 0, numPendingTests: 0, testResults: [] }, 1).failed).toBe(
      1,
    );
    expect(countPlaywright({ stats: { expected: 5, unexpected: 0, flaky: 1, skipped: 1 }, errors: [] }, 1)).toEqual({
      passed: 6,
      failed: 1,
      skipped: 1,
    });
  });
});
