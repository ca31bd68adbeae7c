import { spawnSync } from 'node:child_process';
import { run } from './run.mjs';
import { say } from './sentence.mjs';

const INSTALL = {
  'apt-get': ['install', '-y', '--no-install-recommends'],
  dnf: ['install', '-y'],
  apk: ['add'],
  pacman: ['-S', '--noconfirm'],
  zypper: ['install', '-y'],
  brew: ['install'],
};

/**
 * Installs by the package manager that this system has, where that goes without a password; `packages` has its words for each.
 * Returns the command, as one would type it.
 */
export async function installSystemPackage(packages) {
  const manager = Object.keys(INSTALL).find((name) => packages[name] && exists(name));
  if (!manager) return `the package manager of your system, to install ${packages.what}`;
  const args = [...INSTALL[manager], ...packages[manager]];
  // Homebrew refuses root; all the others need it.
  const isRoot = process.getuid?.() === 0;
  const needsSudo = manager !== 'brew' && !isRoot;
  const advice = [...(needsSudo ? ['sudo'] : []), manager, ...args].join(' ');
  if (needsSudo && spawnSync('sudo', ['-n', 'true']).status !== 0) return advice;
  say(`installing ${packages.what}: ${advice}`);
  const command = needsSudo ? ['sudo', '-n', manager] : [manager];
  const runWith = (words) =>
    run(command[0], [...command.slice(1), ...words], { quiet: true, env: { DEBIAN_FRONTEND: 'noninteractive' } });
  if (manager === 'apt-get') await runWith(['update']);
  await runWith(args).catch(() => 1);
  return advice;
}

export function exists(name) {
  return spawnSync(name, ['--version']).error === undefined;
}
