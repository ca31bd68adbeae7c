import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './run.mjs';
import { countPlaywright, countVitest, formatCount, namesOfPlaywright, namesOfVitest, sum } from './test-counts.mjs';

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

  it('names what failed and what needed a second try, with the first line of the error', () => {
    const test = (title: string, status: string, messages: string[]) => ({
      title,
      ancestorTitles: ['a queue'],
      status,
      failureMessages: messages,
    });
    const vitest = namesOfVitest({
      testResults: [
        {
          name: path.join(root, 'lib/queue.test.ts'),
          status: 'failed',
          assertionResults: [
            test('drains', 'failed', ['\u001b[31mexpected 1 to be 2\u001b[39m\n  at …']),
            test('fills', 'passed', ['timed out']),
            test('holds', 'passed', []),
          ],
        },
        {
          name: path.join(root, 'lib/broken.test.ts'),
          status: 'failed',
          message: 'no such module',
          assertionResults: [],
        },
      ],
    });
    expect(vitest).toEqual({
      failed: ['lib/queue.test.ts › a queue › drains: expected 1 to be 2', 'lib/broken.test.ts: no such module'],
      flaky: ['lib/queue.test.ts › a queue › fills: timed out'],
    });
    const spec = (title: string, status: string) => ({
      title,
      file: 'pages/a.spec.ts',
      line: 4,
      tests: [{ status, results: [{ error: { message: 'not visible\nCall log' } }, {}] }],
    });
    const playwright = namesOfPlaywright({
      errors: [{ message: 'no tests' }],
      suites: [
        {
          title: 'a.spec.ts',
          line: 0,
          specs: [spec('one', 'unexpected'), spec('two', 'expected')],
          suites: [{ title: 'inner', line: 3, specs: [spec('three', 'flaky')] }],
        },
      ],
    });
    expect(playwright).toEqual({
      failed: ['no tests', 'pages/a.spec.ts:4 › one: not visible'],
      flaky: ['pages/a.spec.ts:4 › inner › three: not visible'],
    });
    expect(namesOfVitest(null)).toEqual({ failed: [], flaky: [] });
  });
});
