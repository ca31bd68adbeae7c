import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { LaunchError } from './launch-error';

/** Makes the folder that the embedded parts write to, and checks that it can be written. */
export function prepareHome(home: string): void {
  try {
    const isRoot = process.getuid?.() === 0;
    mkdirSync(home, { recursive: true, mode: isRoot ? 0o711 : 0o700 });
    // Root's PostgreSQL runs as another user, which must be able to pass through; a folder with something in it stays as its owner made it.
    if (isRoot && readdirSync(home).length === 0) chmodSync(home, 0o711);
    accessSync(home, constants.W_OK | constants.X_OK);
    if (!statSync(home).isDirectory()) throw new Error('it is not a folder');
    const probe = path.join(home, `.probe-${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    throw new LaunchError(
      `${home} cannot be used: ${(error as Error).message}. Make it writable, or set QUEUEDECK_HOME to another folder.`,
    );
  }
}

/** Reads a small JSON object that we wrote; `null` when it is not there. `shape` names the fields with their type. */
export function readState<T extends object>(file: string, shape: { [K in keyof T]: 'string' | 'number' }): T | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new LaunchError(
      `${file} cannot be read: ${(error as Error).message}. Make it readable, or set QUEUEDECK_HOME to another folder.`,
    );
  }
  try {
    const value = JSON.parse(text) as T;
    for (const [key, type] of Object.entries(shape))
      if (typeof value[key as keyof T] !== type) throw new Error(`"${key}" is missing`);
    return value;
  } catch (error) {
    throw new LaunchError(
      `${file} is damaged (${(error as Error).message}). Delete that one file and start again: it is made anew and no data is lost.`,
    );
  }
}

/** Readable by us alone, and never seen half-written. */
export function writeState(file: string, value: object): void {
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, `${JSON.stringify(value)}\n`, { mode: 0o600 });
  renameSync(aside, file);
}
