import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether a process with this id exists and is not a zombie that waits to be reaped. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return readLinuxStat(pid)?.[0] !== 'Z';
}

/**
 * When the process started, in a form that only serves to be compared: a process id is given again to another process, id and start
 * together are not. `null`: there is no such process, or this system does not tell.
 */
export function readProcessStart(pid: number): string | null {
  const stat = readLinuxStat(pid);
  if (stat) return `${stat[19]}`;
  const { stdout, status } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 && stdout.trim() ? stdout.trim() : null;
}

/** The command's name without its path, as `postgres`; empty when there is no such process. */
export function readCommandName(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    const { stdout, status } = spawnSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' });
    return status === 0 ? (stdout.trim().split('/').at(-1) ?? '') : '';
  }
}

/** Resolves true once the process is gone, false when it is still there after `timeoutMs`. */
export async function waitUntilGone(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

/** Signals a process, or with a negative id a process group; one that is gone is no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  // 0 would be our own group, -1 everybody.
  if (pid === 0 || pid === -1) return;
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

/** The fields of /proc/<pid>/stat after the command's name (0 = state, 19 = start in ticks since boot); `null` where there is no /proc. */
function readLinuxStat(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}
