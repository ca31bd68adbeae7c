import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root } from './run.mjs';

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

/**
 * The tests of a Vitest report that failed, and those that passed at the second try: `{ failed, flaky }`, one line each with the first line of the
 * error, so that the end of a run names what to look at.
 */
export function namesOfVitest(report) {
  const names = { failed: [], flaky: [] };
  for (const file of report?.testResults ?? []) {
    const where = fromRoot(file.name);
    if (file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'))
      names.failed.push(`${where}: ${firstLine(file.message)}`);
    for (const test of file.assertionResults) {
      const line = `${where} › ${[...(test.ancestorTitles ?? []), test.title].join(' › ')}: ${firstLine(test.failureMessages?.[0])}`;
      if (test.status === 'failed') names.failed.push(line);
      else if (test.status === 'passed' && (test.failureMessages?.length ?? 0) > 0) names.flaky.push(line);
    }
  }
  return names;
}

/** The same of a Playwright report. */
export function namesOfPlaywright(report) {
  const names = { failed: (report?.errors ?? []).map((error) => firstLine(error.message)), flaky: [] };
  for (const suite of report?.suites ?? []) walk(suite, [], names);
  return names;
}

function walk(suite, above, names) {
  for (const spec of suite.specs ?? []) {
    for (const test of spec.tests) {
      if (test.status !== 'unexpected' && test.status !== 'flaky') continue;
      const message = test.results.find((result) => result.error)?.error.message;
      const line = `${spec.file}:${spec.line} › ${[...above, spec.title].join(' › ')}: ${firstLine(message)}`;
      names[test.status === 'flaky' ? 'flaky' : 'failed'].push(line);
    }
  }
  for (const inner of suite.suites ?? []) walk(inner, inner.line > 0 ? [...above, inner.title] : above, names);
}

function fromRoot(file) {
  return typeof file === 'string' ? path.relative(root, file) : '(unknown file)';
}

function firstLine(message) {
  const line = stripVTControlCharacters(String(message ?? 'no message')).split('\n', 1)[0];
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

function finish(count, exitCode) {
  return exitCode !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
}
