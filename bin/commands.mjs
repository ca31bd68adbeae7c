import path from 'node:path';
import { buildBundles, buildWeb } from './build.mjs';
import { followNpm } from './follow-npm.mjs';
import { installPackages } from './install.mjs';
import { releaseSignals, root, runNode } from './run.mjs';
import { exitWith, Sentence } from './sentence.mjs';
import { canRunTests, testOnFetchedNode } from './test-node.mjs';

const USAGE = `Usage: node bin/queuedeck.mjs <command>

  start    install, build, then run everything: broker, store, worker, web
  dev      the same with reload
  build    install and build only
  test     everything that is tested; narrow it: test unit | api | browser | lint | types
  bench    the figures of the README
  faults   kills workers and brokers under load, asks anything; narrow it: faults storm | operations | any-input | record
`;

const COMMANDS = {
  async start() {
    await installPackages();
    const distDir = process.env.QUEUEDECK_DIST_DIR || '.next';
    await Promise.all([buildBundles(), buildWeb(distDir)]);
    await superviseFrom('dist/supervisor.mjs', 'start');
  },
  async dev() {
    await installPackages();
    const { register } = await import('tsx/esm/api');
    register();
    await superviseFrom('worker/supervisor.ts', 'dev');
  },
  async build() {
    await installPackages();
    await Promise.all([buildBundles(), buildWeb(process.env.QUEUEDECK_DIST_DIR || '.next')]);
  },
  async test(words) {
    if (!canRunTests(process.versions.node)) {
      process.exitCode = await testOnFetchedNode(words);
      return;
    }
    const { runTests } = await import('./test.mjs');
    process.exitCode = await runTests(words);
  },
  bench: (words) => runProgram('e2e/bench/main.ts', words),
  faults: (words) => runProgram('e2e/faults/main.ts', words),
};

export async function runCommand([name = 'start', ...words]) {
  if (!Object.hasOwn(COMMANDS, name)) {
    process.stderr.write(USAGE);
    process.exit(name === 'help' || name === '--help' ? 0 : 1);
  }
  // Everything runs in the project's folder; paths that were given from elsewhere keep their meaning.
  for (const variable of ['QUEUEDECK_HOME'])
    if (process.env[variable]) process.env[variable] = path.resolve(process.env[variable]);
  process.chdir(root);
  process.env.NEXT_TELEMETRY_DISABLED = '1';
  try {
    await COMMANDS[name](words);
  } catch (error) {
    exitWith(error);
  }
}

/** The supervisor runs in this very process: one process less, and a killed launcher is a killed supervisor. */
async function superviseFrom(file, mode) {
  process.argv[2] = mode;
  releaseSignals();
  followNpm();
  await import(new URL(`../${file}`, import.meta.url).href);
}

/** Benches and faults drive the production build through the same supervisor. */
async function runProgram(file, words) {
  const { prepareStack } = await import('./stack.mjs');
  const env = await prepareStack();
  const code = await runNode(['--import', 'tsx', file, ...words], { env });
  if (code !== 0) throw new Sentence(null, code);
}
