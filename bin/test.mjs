import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureBrowser } from './find-browser.mjs';
import { ensureRedis } from './find-redis.mjs';
import { installPackages } from './install.mjs';
import { root, runNode } from './run.mjs';
import { Sentence, say } from './sentence.mjs';
import { buildStack } from './stack.mjs';
import {
  countPlaywright,
  countVitest,
  formatCount,
  namesOfPlaywright,
  namesOfVitest,
  ONE_FAILED,
  ONE_PASSED,
  sum,
} from './test-counts.mjs';

const PARTS = ['lint', 'types', 'unit', 'api', 'browser'];

/**
 * Everything that is tested, or the named parts of it; further words go to the runner (`test unit lib/jobs`). Each part runs even when an earlier one
 * failed, so that one run tells all. Names what failed at the end, prints `N passed, N failed` last and returns the exit code.
 */
export async function runTests(words) {
  const parts = words.filter((word) => PARTS.includes(word));
  const rest = words.filter((word) => !PARTS.includes(word));
  if (rest.length > 0 && parts.length === 0)
    throw new Sentence(`unknown part "${rest[0]}": choose from ${PARTS.join(', ')}.`);
  const wants = (part) => parts.length === 0 || parts.includes(part);
  const folder = mkdtempSync(path.join(tmpdir(), 'queuedeck-test-'));
  const counts = [];
  const names = { failed: [], flaky: [] };
  const started = Date.now();
  try {
    await installPackages();
    if (wants('unit') || wants('api') || wants('browser')) await ensureRedis();
    // Fetched while others work; what becomes of it is heard where it is needed.
    const drawing = wants('browser') ? ensureBrowser() : Promise.resolve('');
    drawing.catch(() => undefined);
    if (wants('lint')) counts.push(await runLint());
    if (wants('types')) counts.push(await runTypes());
    if (wants('unit')) counts.push(await attempt(() => runUnit(folder, rest, names)));
    if (wants('api') || wants('browser'))
      counts.push(await attempt(() => runSpecs({ folder, wants, rest, names, drawing })));
  } catch (error) {
    if (!(error instanceof Sentence)) throw error;
    say(error.message);
    counts.push(ONE_FAILED);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const total = sum(counts);
  tell('Failed', names.failed);
  tell('Passed at the second try', names.flaky);
  process.stdout.write(`\nTook ${Math.round((Date.now() - started) / 1000)} s.\n${formatCount(total)}\n`);
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
}

async function runLint() {
  heading('lint');
  return (await runNode(['node_modules/@biomejs/biome/bin/biome', 'check', '.'])) === 0 ? ONE_PASSED : ONE_FAILED;
}

async function runTypes() {
  heading('types');
  ensureNextTypes();
  const code = await runNode(['node_modules/typescript/bin/tsc', '--noEmit']);
  process.env.QUEUEDECK_TYPES = 'checked';
  return code === 0 ? ONE_PASSED : ONE_FAILED;
}

async function runUnit(folder, rest, names) {
  const env = await buildStack();
  heading('architecture, unit and conformance on real servers');
  const report = path.join(folder, 'vitest.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...rest];
  const code = await runNode(['node_modules/vitest/vitest.mjs', ...args], { env });
  const read = readReport(report);
  add(names, namesOfVitest(read));
  return countVitest(read, code);
}

/** The specs of the API and those of the browser at once, each against a product of its own; what needs neither comes after those that are done sooner. */
async function runSpecs({ folder, wants, rest, names, drawing }) {
  const env = await buildStack();
  const browser = await drawing;
  const lanes = [
    [wants('api') && 'api', wants('browser') && 'pages-own'].filter(Boolean),
    [wants('browser') && 'pages', wants('api') && 'api-own'].filter(Boolean),
  ].filter((projects) => projects.length > 0);
  const what = [wants('api') && 'API', wants('browser') && 'browser'].filter(Boolean);
  heading(`${what.join(' and ')} on the production build`);
  const { register } = await import('tsx/esm/api');
  register();
  Object.assign(process.env, env);
  const counts = await Promise.all(
    lanes.map((projects) => attempt(() => runProjects(projects, { folder, env, browser, rest, names }))),
  );
  return sum(counts);
}

async function runProjects(projects, { folder, env, browser, rest, names }) {
  const { startStack } = await import('../lib/testing/stack.ts');
  let log = '';
  const stack = await startStack({ onOutput: (text) => (log = (log + text).slice(-20_000)) });
  const report = path.join(folder, `playwright-${projects[0]}.json`);
  const output = path.join(root, 'test-results', `${path.basename(folder)}-${projects[0]}`);
  try {
    const code = await runNode(
      [
        'node_modules/@playwright/test/cli.js',
        'test',
        ...projects.map((project) => `--project=${project}`),
        '--reporter=list,json',
        '--pass-with-no-tests',
        ...rest,
      ],
      {
        env: {
          ...env,
          PLAYWRIGHT_JSON_OUTPUT_NAME: report,
          QUEUEDECK_TEST_URL: stack.url,
          QUEUEDECK_TEST_HOME: stack.home,
          QUEUEDECK_TEST_SOURCES: stack.told.QUEUEDECK_SOURCES ?? '',
          QUEUEDECK_TEST_DATABASE_URL: stack.told.DATABASE_URL ?? '',
          QUEUEDECK_TEST_BROWSER: browser,
          QUEUEDECK_TEST_OUTPUT: output,
        },
      },
    );
    if (code !== 0 && log) process.stdout.write(`\nWhat the product said at the end:\n${log.slice(-4_000)}\n`);
    if (code === 0) rmSync(output, { recursive: true, force: true });
    const read = readReport(report);
    add(names, namesOfPlaywright(read));
    return countPlaywright(read, code);
  } finally {
    await stack.stop();
  }
}

/** A part that cannot even begin is one failure and no reason to leave out the next. */
async function attempt(part) {
  try {
    return await part();
  } catch (error) {
    say(error instanceof Sentence ? error.message : String(error?.stack ?? error));
    return ONE_FAILED;
  }
}

function add(names, more) {
  names.failed.push(...more.failed);
  names.flaky.push(...more.flaky);
}

/** At the end, where whoever reads only the end of a long log finds it. */
function tell(what, lines) {
  if (lines.length === 0) return;
  const more = lines.length > 50 ? [`and ${lines.length - 50} more`] : [];
  process.stdout.write(`\n${what}:\n${[...lines.slice(0, 50), ...more].map((line) => `  ${line}\n`).join('')}`);
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** Next writes this file at its first build or start and git ignores it; the types of stylesheets and images hang on it. */
function ensureNextTypes() {
  const file = path.join(root, 'next-env.d.ts');
  if (!existsSync(file))
    writeFileSync(file, '/// <reference types="next" />\n/// <reference types="next/image-types/global" />\n');
}

function heading(text) {
  process.stdout.write(`\n── ${text.trim()}\n`);
}
