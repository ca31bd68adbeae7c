import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchContext } from '../context';
import type { BenchRow } from '../rows';

/** Resident memory in MB, as the system tells it; works where there is no /proc. */
export function readRssMb(pid: number): number {
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  return Number(stdout.trim()) / 1024;
}

/** The web process after the sections before this one. */
export async function measureMemory({ web }: BenchContext): Promise<BenchRow[]> {
  await sleep(5_000);
  return [{ name: 'web process after all this', reach: 250, value: readRssMb(web.pid), unit: 'MB', peer: 112 }];
}
