import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { buildBundles, buildWeb, hashWebInputs } from './build.mjs';
import { installPackages } from './install.mjs';
import { root } from './run.mjs';

const PREFIX = '.next-test-';
const KEPT_MS = 24 * 3_600_000;

/**
 * Installs and builds what tests and benches drive, and returns the environment for them. The build's folder is named by its content: two runs of the same
 * tree share it, runs of different trees do not meet, and it never is the one that `npm start` serves from.
 */
export async function prepareStack() {
  await installPackages();
  return buildStack();
}

export async function buildStack() {
  const distDir = `${PREFIX}${hashWebInputs().slice(0, 10)}`;
  await Promise.all([buildBundles(), buildWeb(distDir)]);
  utimesSync(path.join(root, distDir), new Date(), new Date());
  dropOldBuilds(distDir);
  return { QUEUEDECK_DIST_DIR: distDir };
}

function dropOldBuilds(current) {
  for (const name of readdirSync(root)) {
    if (!name.startsWith(PREFIX) || name === current) continue;
    const dir = path.join(root, name);
    if (statSync(dir).mtimeMs < Date.now() - KEPT_MS) rmSync(dir, { recursive: true, force: true });
  }
}
