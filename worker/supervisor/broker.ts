import { randomBytes } from 'node:crypto';
import { mkdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Guard } from '@/lib/embedded/guard';
import { isAlive, readCommandName } from '@/lib/embedded/process-alive';
import { readRedisDir } from '@/lib/embedded/redis-probe';
import { type RedisBinary, type RunningRedis, startRedisServer } from '@/lib/embedded/redis-server';
import { readState, writeState } from './home';
import { LaunchError } from './launch-error';

/** broker.json: the server that runs, or last ran, on `<home>/redis`. */
interface BrokerState {
  pid: number;
  port: number;
  password: string;
}

export interface EmbeddedRedis {
  url: string;
  server: RunningRedis;
  start(port: number): Promise<RunningRedis>;
}

/** The private Redis of this folder: adopts the one that still runs on it, starts one otherwise. */
export async function openEmbeddedRedis(home: string, binary: RedisBinary, guard: Guard): Promise<EmbeddedRedis> {
  const file = path.join(home, 'broker.json');
  const state = readState<BrokerState>(file, { pid: 'number', port: 'number', password: 'string' });
  const dir = path.join(home, 'redis');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const password = state?.password ?? randomBytes(24).toString('hex');

  const start = async (port: number | null) => {
    const server = await startRedisServer({ binary, dir, password, port, appendFsync: 'everysec', guard });
    writeState(file, { pid: server.pid, port: server.port, password } satisfies BrokerState);
    return server;
  };
  const server = (state && (await adopt(state, realpathSync(dir), guard))) ?? (await start(state?.port ?? null));
  return { url: `redis://:${password}@127.0.0.1:${server.port}`, server, start };
}

async function adopt(state: BrokerState, dir: string, guard: Guard): Promise<RunningRedis | null> {
  const deadline = Date.now() + 15_000;
  while (isAlive(state.pid) && /redis|valkey/.test(readCommandName(state.pid))) {
    const itsDir = await readRedisDir(state.port, state.password);
    if (itsDir !== null && itsDir !== dir) return null;
    if (itsDir === dir) {
      guard.add(state.pid, 'TERM');
      return { pid: state.pid, port: state.port, child: null };
    }
    // Still loading its data, or ending.
    if (Date.now() > deadline)
      throw new LaunchError(
        `Process ${state.pid} is a Redis on ${dir} that does not answer. Stop it (kill ${state.pid}) and start again.`,
      );
    await sleep(50);
  }
  return null;
}
