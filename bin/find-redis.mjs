import { spawnSync } from 'node:child_process';
import { Sentence } from './sentence.mjs';
import { installSystemPackage } from './system-packages.mjs';

/** A Redis or Valkey on PATH: the one that is there, else by the system's package manager; throws the one command to run. */
export async function ensureRedis() {
  if (hasRedis()) return;
  const advice = await installSystemPackage({
    what: 'Redis',
    'apt-get': ['redis-server'],
    dnf: ['valkey'],
    apk: ['redis'],
    pacman: ['valkey'],
    zypper: ['redis'],
    brew: ['redis'],
  });
  if (!hasRedis()) throw new Sentence(`the tests need a Redis or Valkey on PATH. Run: ${advice}`);
}

function hasRedis() {
  return ['redis-server', 'valkey-server'].some((name) => spawnSync(name, ['--version']).status === 0);
}
