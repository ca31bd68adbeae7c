import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { findFreePort } from '@/lib/embedded/free-port';
import type { Guard } from '@/lib/embedded/guard';
import { isAlive, sendSignal, waitUntilGone } from '@/lib/embedded/process-alive';
import { isRedisReady } from '@/lib/embedded/redis-probe';
import { findRedisBinary } from '@/lib/embedded/redis-server';

export interface PrivateRedis {
  port: number;
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/**
 * A real server on loopback that loads `dir`/fixture.rdb when there is one and writes nothing back by itself: what a run changes is
 * gone with it.
 */
export async function startPrivateRedis(dir: string, guard: Guard): Promise<PrivateRedis> {
  const binary = findRedisBinary();
  if (!binary) throw new Error('The bench needs a redis-server or valkey-server on PATH.');
  mkdirSync(dir, { recursive: true });
  const port = await findFreePort();
  const settings = {
    port,
    bind: '127.0.0.1',
    dir,
    save: '',
    appendonly: 'no',
    dbfilename: 'fixture.rdb',
    maxclients: 20_000,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(binary.command, args, { stdio: 'ignore', detached: true });
  const { pid } = child;
  if (!pid) throw new Error(`${binary.command} did not start`);
  guard.add(pid, 'KILL');
  const deadline = Date.now() + 120_000;
  while (!(await isRedisReady(port, null))) {
    if (!isAlive(pid) || Date.now() > deadline) throw new Error(`${binary.command} did not start on ${dir}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const stop = async () => {
    sendSignal(pid, 'SIGKILL');
    await waitUntilGone(pid, 5_000);
    guard.remove(pid);
  };
  return { port, url: `redis://127.0.0.1:${port}`, pid, stop };
}
