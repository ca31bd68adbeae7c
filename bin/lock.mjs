import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './run.mjs';

/** Runs `work` while no other launcher of this folder runs work of that name; one that was killed holds nothing. */
export async function withLock(name, work) {
  const id = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const file = path.join(tmpdir(), `queuedeck-${id}-${name.replaceAll(/[^a-z0-9]+/gi, '-')}.lock`);
  while (!take(file)) await sleep(200);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    // Empty: its holder is between making and writing it.
    if (pid > 0) process.kill(pid, 0);
  } catch (error) {
    if (error.code === 'ESRCH') rmSync(file, { force: true });
  }
  return false;
}
