import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { root, runNode } from './run.mjs';
import { Sentence, say } from './sentence.mjs';

const WEB_INPUTS = ['app', 'components', 'lib', 'public', 'worker'];
const WEB_FILES = [
  'package-lock.json',
  'next.config.js',
  'postcss.config.mjs',
  'tsconfig.json',
  'tsconfig.build.json',
  'instrumentation.ts',
  'instrumentation-node.ts',
  'instrumentation-client.ts',
  'proxy.ts',
];
const BUNDLES = {
  web: 'worker/web.ts',
  worker: 'worker/main.ts',
  supervisor: 'worker/supervisor.ts',
  control: 'lib/backends/bullmq/control.ts',
};

/** `next build` into `distDir` when its inputs differ from those of the last build there. */
export async function buildWeb(distDir) {
  const stamp = path.join(root, distDir, 'queuedeck-inputs');
  const inputs = hashWebInputs();
  const isFresh = () => existsSync(path.join(root, distDir, 'BUILD_ID')) && readIfThere(stamp) === inputs;
  if (isFresh()) return;
  await withLock(`build-${distDir}`, async () => {
    if (isFresh()) return;
    say('building the web app (half a minute, only when something changed) …');
    const env = { QUEUEDECK_DIST_DIR: distDir, NODE_ENV: 'production' };
    const code = await runNode(['node_modules/next/dist/bin/next', 'build'], { env, quiet: true });
    if (code !== 0) throw new Sentence('the web app could not be built (above).');
    writeFileSync(stamp, inputs);
  });
}

/** What the web build depends on, as one hash. */
export function hashWebInputs() {
  const hash = createHash('sha256');
  for (const file of [...WEB_INPUTS.flatMap(listFiles), ...WEB_FILES]) {
    const content = readIfThere(file);
    if (content !== null) hash.update(`\0${file}\0`).update(content);
  }
  return hash.digest('hex');
}

/** Bundles the processes that are not Next's into dist/; each is replaced at once, so that a running one is never half of two. */
export async function buildBundles() {
  await withLock('bundles', async () => {
    const stamp = path.join(root, 'dist', 'inputs');
    const inputs = hashBundleInputs();
    const entries = Object.entries(BUNDLES).filter(([, source]) => existsSync(path.join(root, source)));
    if (readIfThere(stamp) === inputs && entries.every(([name]) => existsSync(path.join(root, 'dist', `${name}.mjs`))))
      return;
    mkdirSync(path.join(root, 'dist'), { recursive: true });
    const esbuild = await import('esbuild');
    await Promise.all(entries.map(([name, source]) => bundle(esbuild, name, source)));
    // Its helper process would stay with the supervisor otherwise.
    await esbuild.stop();
    writeFileSync(stamp, inputs);
  });
}

async function bundle({ build }, name, source) {
  const target = path.join(root, 'dist', `${name}.mjs`);
  const aside = path.join(root, 'dist', `.${name}.${process.pid}.mjs`);
  try {
    await build({
      entryPoints: [path.join(root, source)],
      outfile: aside,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      packages: 'external',
      sourcemap: 'inline',
      sourcesContent: false,
      // Only Next knows what "server-only" means.
      alias: { '@': root, 'server-only': path.join(root, 'lib/testing/server-only.ts') },
      absWorkingDir: root,
      logLevel: 'error',
    });
  } catch {
    throw new Sentence(`${source} could not be bundled (above).`);
  }
  renameSync(aside, target);
}

function hashBundleInputs() {
  const hash = createHash('sha256');
  for (const file of [...['lib', 'worker'].flatMap(listFiles), 'package-lock.json', 'next.config.js', 'bin/build.mjs'])
    hash.update(`\0${file}\0`).update(readIfThere(file) ?? '');
  return hash.digest('hex');
}

function listFiles(folder) {
  const at = path.join(root, folder);
  if (!existsSync(at)) return [];
  return readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

function readIfThere(file) {
  try {
    return readFileSync(path.resolve(root, file), 'utf8');
  } catch {
    return null;
  }
}
