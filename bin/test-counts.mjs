export const ONE_PASSED = { passed: 1, failed: 0, skipped: 0 };
export const ONE_FAILED = { passed: 0, failed: 1, skipped: 0 };

export function sum(counts) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const count of counts) for (const key of Object.keys(total)) total[key] += count[key];
  return total;
}

/** `12 passed, 0 failed`, with `, 2 skipped` where there are any. */
export function formatCount({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** From Vitest's JSON report; `null` (no report) and a bad exit without a failed test are one failure. A file that could not be loaded has no tests and is one as well. */
export function countVitest(report, exitCode) {
  if (!report) return ONE_FAILED;
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  );
  return finish(
    {
      passed: report.numPassedTests,
      failed: report.numFailedTests + brokenFiles.length,
      skipped: report.numPendingTests + (report.numTodoTests ?? 0),
    },
    exitCode,
  );
}

/** From Playwright's JSON report; errors outside of tests count as failures, flaky tests as passed. */
export function countPlaywright(report, exitCode) {
  if (!report) return ONE_FAILED;
  const { expected, unexpected, flaky, skipped } = report.stats;
  return finish({ passed: expected + flaky, failed: unexpected + report.errors.length, skipped }, exitCode);
}

function finish(count, exitCode) {
  return exitCode !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
}
