import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { unpackDebianBrowser } from './debian-browser.mjs';
import { unpackBrowser } from './packaged-browser.mjs';
import { runNode } from './run.mjs';
import { Sentence, say } from './sentence.mjs';
import { installSystemPackage } from './system-packages.mjs';

const SYSTEM = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * The path of a Chromium that runs: CHROMIUM_PATH, Playwright's, Debian's headless one, the system's, one by the package manager where that
 * asks for no password; last the one packaged on npm, which runs anywhere on Linux x64 and is the least stable of them.
 */
export async function ensureBrowser() {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (runs(given)) return given;
    throw new Sentence(`CHROMIUM_PATH=${given} does not run. Correct it, or leave it out.`);
  }
  return (await findPlaywrights()) ?? (await unpackDebianBrowser(runs)) ?? findSystems() ?? installOne();
}

async function findPlaywrights() {
  const { chromium } = await import('playwright');
  const file = chromium.executablePath();
  return existsSync(file) && runs(file) ? file : null;
}

function findSystems() {
  for (const name of SYSTEM) {
    const file = name.startsWith('/')
      ? name
      : spawnSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' }).stdout?.trim();
    if (file && runs(file)) return file;
  }
  return null;
}

async function installOne() {
  say('no Chromium here; trying to get one …');
  const advice = await installSystemPackage({
    what: 'Chromium',
    'apt-get': ['chromium'],
    dnf: ['chromium'],
    apk: ['chromium'],
    pacman: ['chromium'],
    zypper: ['chromium'],
  });
  const installed = findSystems();
  if (installed) return installed;
  await runNode(['node_modules/playwright/cli.js', 'install', 'chromium'], { quiet: true });
  const other = (await findPlaywrights()) ?? (await unpackBrowser(runs));
  if (other) return other;
  throw new Sentence(`the browser tests need a Chromium. Run: ${advice} (or set CHROMIUM_PATH)`);
}

function runs(file) {
  return spawnSync(file, ['--version', '--no-sandbox'], { timeout: 20_000 }).status === 0;
}
