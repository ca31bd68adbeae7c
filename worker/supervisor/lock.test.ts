import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startGuard } from '@/lib/embedded/guard';
import { isAlive, readProcessStart, waitUntilGone } from '@/lib/embedded/process-alive';
import { lockHome } from './lock';

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'queuedeck-lock-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const file = () => path.join(home, 'launcher.lock');
const write = (holder: object) => writeFileSync(file(), JSON.stringify({ guardPid: 0, guardStart: null, ...holder }));

it('is held against others and given back', async () => {
  const lock = await lockHome(home, process.pid);
  await expect(lockHome(home, process.pid)).rejects.toThrow(/Another Queuedeck/);
  lock.release();
  expect(existsSync(file())).toBe(false);
});

it('is taken over from a process that is gone, or whose id another process has now', async () => {
  write({ pid: 2 ** 22 + 1, start: '1' });
  (await lockHome(home, process.pid)).release();
  write({ pid: process.pid, start: 'another start' });
  (await lockHome(home, process.pid)).release();
  writeFileSync(file(), 'half a lo');
  (await lockHome(home, process.pid)).release();
});

it('ends the guard of a launcher that was killed, so that it does not stop what is adopted', async () => {
  const guard = spawn('sleep', ['60']);
  const pid = guard.pid ?? 0;
  write({ pid: 2 ** 22 + 1, start: '1', guardPid: pid, guardStart: readProcessStart(pid) });
  const lock = await lockHome(home, process.pid, 100);
  expect(isAlive(pid)).toBe(false);
  lock.release();
});

it('the guard stops what is on its list when its pipe closes, and leaves what was taken off', async () => {
  const guard = startGuard(500);
  const [listed, group, removed] = [0, 1, 2].map(() => spawn('sleep', ['60'], { detached: true }).pid ?? 0) as [
    number,
    number,
    number,
  ];
  guard.add(listed, 'TERM');
  guard.add(-group, 'TERM');
  guard.add(removed, 'TERM');
  guard.remove(removed);
  guard.close();
  expect(await waitUntilGone(listed, 3_000)).toBe(true);
  expect(await waitUntilGone(group, 3_000)).toBe(true);
  expect(isAlive(removed)).toBe(true);
  process.kill(removed, 'SIGKILL');
});
