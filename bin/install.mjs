import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { root, run, runNode } from './run.mjs';
import { Sentence, say } from './sentence.mjs';

const modules = path.join(root, 'node_modules');
const stamp = path.join(modules, '.queuedeck-install');

/** `npm ci` when node_modules is missing or the lock file has changed since. */
export async function installPackages() {
  const wanted = readFingerprint();
  if (readIfThere(stamp) === wanted) return;
  await withLock('install', async () => {
    if (readIfThere(stamp) === wanted) return;
    if (!isInstalledAlready()) await installFresh();
    mkdirSync(modules, { recursive: true });
    writeFileSync(stamp, wanted);
  });
}

async function installFresh() {
  say('installing packages (npm ci) …');
  // Building needs the development packages too, whatever NODE_ENV says.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  let code;
  try {
    code = npm?.endsWith('.js') ? await runNode([npm, ...args]) : await run('npm', args);
  } catch {
    throw new Sentence('npm was not found. It comes with Node: install Node from https://nodejs.org and start again.');
  }
  if (code !== 0)
    throw new Sentence(
      'the packages could not be installed (above). Check the connection to the npm registry, then start again.',
    );
}

/** Somebody ran npm by hand: npm's own record of what is there holds every version that the lock file asks for. */
function isInstalledAlready() {
  const there = readPackages(path.join(modules, '.package-lock.json'));
  const wanted = readPackages(path.join(root, 'package-lock.json'));
  if (!there || !wanted) return false;
  return Object.entries(wanted).every(([at, { version, optional }]) => {
    if (at === '') return true;
    const has = there[at];
    return has ? has.version === version && existsSync(path.join(root, at)) : optional === true;
  });
}

function readPackages(file) {
  const text = readIfThere(file);
  return text === null ? null : JSON.parse(text).packages;
}

function readFingerprint() {
  const lock = readFileSync(path.join(root, 'package-lock.json'));
  return createHash('sha256').update(lock).update(`${process.platform}-${process.arch}`).digest('hex');
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
