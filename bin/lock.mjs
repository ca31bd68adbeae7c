import { createHash } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './run.mjs';
import { say } from './sentence.mjs';

/** No install and no build takes that long. */
const OLDEST_MS = 20 * 60_000;

/** Runs `work` while no other launcher of this folder runs work of that name; one that was killed holds nothing. */
export async function withLock(name, work) {
  const id = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const file = path.join(tmpdir(), `queuedeck-${id}-${name.replaceAll(/[^a-z0-9]+/gi, '-')}.lock`);
  for (let tries = 1; !take(file); tries += 1) {
    if (tries === 50) say(`waiting for another launcher that works on the same (${file}) …`);
    await sleep(200);
  }
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
  if (isStale(file)) rmSync(file, { force: true });
  return false;
}

/** Its holder is gone, or so old that its process id must be another's by now; an empty one is being written. */
function isStale(file) {
  try {
    if (statSync(file).mtimeMs < Date.now() - OLDEST_MS) return true;
    const pid = Number(readFileSync(file, 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
