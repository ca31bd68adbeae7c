import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive, readProcessStart, sendSignal, waitUntilGone } from '@/lib/embedded/process-alive';
import { LaunchError } from './launch-error';

/** Who holds the folder. A process id alone is given again; with the process's start it is not. */
interface LockHolder {
  pid: number;
  start: string | null;
  guardPid: number;
  guardStart: string | null;
}

export interface HomeLock {
  release(): void;
}

/**
 * Takes the folder for this process, or throws a sentence when another launcher has it. The lock of one that was killed is taken over, after its
 * guard has had `waitMs` to stop what it left; then the guard is ended, so that it does not stop what is adopted.
 */
export async function lockHome(home: string, guardPid: number, waitMs = 3_000): Promise<HomeLock> {
  const file = path.join(home, 'launcher.lock');
  const mine: LockHolder = {
    pid: process.pid,
    start: readProcessStart(process.pid),
    guardPid,
    guardStart: readProcessStart(guardPid),
  };
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (tryTake(file, mine)) return { release: () => rmSync(file, { force: true }) };
    const holder = readHolder(file);
    if (holder && isSameProcess(holder.pid, holder.start))
      throw new LaunchError(
        `Another Queuedeck (process ${holder.pid}) runs on ${home}. Stop it first, or set QUEUEDECK_HOME to another folder.`,
      );
    if (holder) await endGuard(holder, waitMs);
    dropStale(file, holder);
  }
  throw new LaunchError(`${file} could not be taken: another launcher keeps starting on ${home}.`);
}

/** A hard link fails when the name exists and shows the whole content at once. */
function tryTake(file: string, mine: LockHolder): boolean {
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, JSON.stringify(mine), { mode: 0o600 });
  try {
    linkSync(aside, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Two starters may see the same stale lock: who moves a fresh one by mistake puts it back. */
function dropStale(file: string, seen: LockHolder | null): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
    const moved = readHolder(aside);
    if (moved && moved.pid !== seen?.pid && isSameProcess(moved.pid, moved.start)) linkSync(aside, file);
  } catch {
    // Somebody else dropped it.
  }
  rmSync(aside, { force: true });
}

async function endGuard(holder: LockHolder, waitMs: number): Promise<void> {
  if (!isSameProcess(holder.guardPid, holder.guardStart)) return;
  if (await waitUntilGone(holder.guardPid, waitMs)) return;
  sendSignal(holder.guardPid, 'SIGKILL');
  await waitUntilGone(holder.guardPid, 1_000);
}

function isSameProcess(pid: number, start: string | null): boolean {
  return pid > 1 && isAlive(pid) && readProcessStart(pid) === start;
}

function readHolder(file: string): LockHolder | null {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8')) as LockHolder;
    return Number.isInteger(holder.pid) && Number.isInteger(holder.guardPid) ? holder : null;
  } catch {
    return null;
  }
}
