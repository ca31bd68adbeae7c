import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/*
 * A file in the making: `.<name>.<host>.<pid>.<token>.part` beside its final place. The token is this process's own, so that a process
 * that was given a dead one's id does not take the dead one's files for its own.
 */
const TOKEN = randomBytes(6).toString('hex');
const PART = /^\..+\.([A-Za-z0-9-]+)\.(\d+)\.([0-9a-f]{12})\.part$/;
/** A part of another host, or of a process that cannot be asked, is dead when nothing was written to it for this long. */
const IDLE_MS = 3_600_000;

const HOST = os.hostname().replace(/[^A-Za-z0-9-]/g, '-') || 'host';
let nextNumber = 0;

/**
 * Writes `content` into `dir` under `name`, seen only once it is whole: written aside, synced, renamed. Whatever ends it early (an error
 * of the content, the signal, a full disk) leaves nothing behind. Returns the size.
 */
export async function writeWhole(dir: string, name: string, content: Readable, signal?: AbortSignal): Promise<number> {
  await mkdir(dir, { recursive: true });
  nextNumber += 1;
  const part = path.join(dir, `.${name}-${nextNumber}.${HOST}.${process.pid}.${TOKEN}.part`);
  try {
    await pipeline(content, createWriteStream(part, { flags: 'wx', mode: 0o640 }), signal ? { signal } : {});
    const { size } = await stat(part);
    await sync(part);
    signal?.throwIfAborted();
    await rename(part, path.join(dir, name));
    return size;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Removes the parts that dead processes left in `dir`; returns how many. A missing folder has none. */
export async function sweepParts(dir: string, now = Date.now()): Promise<number> {
  const names = await readdir(dir).catch(() => []);
  let swept = 0;
  for (const name of names) {
    if (!(await isDead(path.join(dir, name), PART.exec(name), now))) continue;
    await rm(path.join(dir, name), { force: true });
    swept += 1;
  }
  return swept;
}

async function isDead(file: string, match: RegExpExecArray | null, now: number): Promise<boolean> {
  if (!match) return false;
  const [, host, pid, token] = match;
  if (host === HOST && Number(pid) === process.pid) return token !== TOKEN;
  if (host === HOST && !isRunning(Number(pid))) return true;
  const facts = await stat(file).catch(() => null);
  return facts !== null && now - facts.mtimeMs > IDLE_MS;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
