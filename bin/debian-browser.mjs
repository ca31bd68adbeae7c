import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root, run } from './run.mjs';
import { say } from './sentence.mjs';
import { exists } from './system-packages.mjs';

const PACKAGES = ['chromium-headless-shell', 'chromium-common'];
const LIMIT_MS = 60_000;
const PATIENCE = ['-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=10', '-o', 'Acquire::https::Timeout=10'];

/**
 * Debian's Chromium without its windows, which draws a page for half of what the whole one takes. It is unpacked beside the project and
 * installed nowhere. The path of it; `null` where there is no apt-get, or it does not come, or does not run.
 */
export async function unpackDebianBrowser(runs) {
  if (!exists('apt-get') || !exists('dpkg-deb')) return null;
  const folder = path.join(root, 'node_modules/.cache/queuedeck-headless-shell');
  const start = (at) => path.join(at, 'usr/lib/chromium/chromium-headless-shell');
  if (existsSync(start(folder)) && runs(start(folder))) return start(folder);
  say('fetching Debian’s headless Chromium …');
  const aside = `${folder}.${process.pid}`;
  mkdirSync(aside, { recursive: true });
  try {
    if (!(await fetchInto(aside)) || !(await unpackIn(aside)) || !runs(start(aside))) return null;
    rmSync(folder, { recursive: true, force: true });
    renameSync(aside, folder);
    return start(folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

async function fetchInto(cwd) {
  const fetch = async () => (await silently('apt-get', [...PATIENCE, 'download', ...PACKAGES], cwd)) === 0;
  if (await fetch()) return true;
  // What is known of the packages may be too old, or nothing.
  if (process.getuid?.() !== 0 || (await silently('apt-get', [...PATIENCE, 'update'], cwd)) !== 0) return false;
  return fetch();
}

async function unpackIn(folder) {
  for (const name of readdirSync(folder)) {
    if ((await silently('dpkg-deb', ['-x', name, '.'], folder)) !== 0) return false;
    rmSync(path.join(folder, name));
  }
  return true;
}

const silently = (command, args, cwd) =>
  run(command, args, { cwd, timeout: LIMIT_MS, onOutput: () => undefined }).catch(() => 1);
