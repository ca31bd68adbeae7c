import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

/** PostgreSQL refuses to run as root; this is `nobody` on every Linux and what a server gets that we start as root. */
export const NOBODY = { uid: 65534, gid: 65534 } as const;

/**
 * The identity for a server: this process's own, unless that is root's. Then it is the owner of `dataDir`, where that exists already (somebody started
 * as a user before), and `nobody` otherwise.
 */
export function serverIdentity(dataDir?: string): { uid: number; gid: number } | Record<string, never> {
  if (process.getuid?.() !== 0) return {};
  const owner = dataDir === undefined ? undefined : statSync(dataDir, { throwIfNoEntry: false });
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : NOBODY;
}

/** Whether the identity above can enter the folder; asked of the system itself, since modes do not tell all (ACLs, mounts). */
export function canServerReach(dir: string): boolean {
  const identity = serverIdentity();
  if (!('uid' in identity)) return true;
  const { status } = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', dir], { ...identity, cwd: '/', stdio: 'ignore' });
  return status === 0;
}

/**
 * A folder of ours that every user can enter, for what must not stay where only root gets: `/var/lib/<name>`, or `/var/tmp/<name>`
 * where that cannot be written. Throws when a folder of that name belongs to somebody else.
 */
export function makeReachableFolder(name: string): string {
  for (const parent of ['/var/lib', '/var/tmp']) {
    const dir = path.join(parent, name);
    try {
      mkdirSync(dir, { recursive: true, mode: 0o711 });
      const stat = lstatSync(dir);
      if (!stat.isDirectory() || stat.uid !== process.getuid?.()) continue;
      chmodSync(dir, 0o711);
    } catch {
      continue;
    }
    if (canServerReach(dir)) return dir;
  }
  throw new Error(
    `Neither /var/lib/${name} nor /var/tmp/${name} can be used for the embedded PostgreSQL. Set DATABASE_URL, or start as a user other than root.`,
  );
}

/** Copies a folder once; it is seen under its name only when it is complete. */
export function copyOnce(from: string, to: string): void {
  if (existsSync(to)) return;
  const aside = `${to}.${process.pid}`;
  rmSync(aside, { recursive: true, force: true });
  cpSync(from, aside, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(aside, to);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    if (!existsSync(to)) throw error;
  }
}
