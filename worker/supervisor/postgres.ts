import { createHash, randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Guard } from '@/lib/embedded/guard';
import { findPostgresBinaries } from '@/lib/embedded/postgres-binaries';
import {
  createCluster,
  hasCluster,
  type PostgresCluster,
  type RunningPostgres,
  readPostmaster,
  resetPassword,
  startPostgresServer,
  stopPostgresServer,
} from '@/lib/embedded/postgres-server';
import { canServerReach, makeReachableFolder, serverIdentity } from '@/lib/embedded/unprivileged';
import { readState, writeState } from './home';
import { LaunchError } from './launch-error';

/** postgres.json. The folder, relative to the home, is kept because it is elsewhere when root's server cannot enter the home. */
interface PostgresState {
  folder: string;
  password: string;
  port: number;
}

export interface EmbeddedPostgres {
  version: string;
  server: RunningPostgres;
  storeUrl: string;
  brokerUrl: string;
  start(port: number): Promise<RunningPostgres>;
}

/** The private PostgreSQL of this folder: adopts the one that still runs on it, starts one otherwise, and makes it first where there is none. */
export async function openEmbeddedPostgres(home: string, guard: Guard): Promise<EmbeddedPostgres> {
  const file = path.join(home, 'postgres.json');
  const state = readState<PostgresState>(file, { folder: 'string', password: 'string', port: 'number' });
  const binaries = findPostgresBinaries();
  const folder = state ? path.resolve(home, state.folder) : chooseFolder(home);
  const password = state?.password ?? randomBytes(24).toString('hex');
  const cluster: PostgresCluster = { binDir: binaries.dir, dataDir: path.join(folder, 'data'), password };
  const remember = (port: number) => {
    const kept = folder.startsWith(home) ? path.relative(home, folder) : folder;
    writeState(file, { folder: kept, password, port } satisfies PostgresState);
  };

  const start = async (port: number | null) => {
    const server = await startPostgresServer({ ...cluster, port, guard });
    remember(server.port);
    return server;
  };
  await makeReady(cluster, state !== null, () => remember(state?.port ?? 0));
  const server = (state && (await adopt(cluster.dataDir, guard))) ?? (await start(state?.port || null));
  const url = (database: string) => `postgres://queuedeck:${password}@127.0.0.1:${server.port}/${database}`;
  return { version: binaries.version, server, storeUrl: url('queuedeck'), brokerUrl: url('bullmq'), start };
}

async function makeReady(cluster: PostgresCluster, passwordKnown: boolean, remember: () => void): Promise<void> {
  if (hasCluster(cluster.dataDir)) {
    if (passwordKnown) return;
    // postgres.json is gone, and the password with it: give the cluster a new one.
    const running = readPostmaster(cluster.dataDir);
    if (running) await stopPostgresServer({ ...running, child: null });
    await resetPassword(cluster);
  } else {
    makeFolder(path.dirname(cluster.dataDir));
    await createCluster(cluster, ['queuedeck', 'bullmq']);
  }
  remember();
}

async function adopt(dataDir: string, guard: Guard): Promise<RunningPostgres | null> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const running = readPostmaster(dataDir);
    if (!running) return null;
    if (running.status === 'ready') {
      guard.add(running.pid, 'INT');
      return { pid: running.pid, port: running.port, child: null };
    }
    // It starts (and recovers) or ends.
    if (Date.now() > deadline)
      throw new LaunchError(
        `Process ${running.pid} is a PostgreSQL on ${dataDir} that is neither ready nor gone. Stop it (kill -INT ${running.pid}) and start again.`,
      );
    await sleep(50);
  }
}

/**
 * `<home>/postgres`; a link of that name to a folder elsewhere when root's server cannot enter the home. Without the link that folder's data belonged to a home
 * that was deleted since: it is moved aside, not used and not thrown away.
 */
function chooseFolder(home: string): string {
  const own = path.join(home, 'postgres');
  if (existsSync(own)) return realpathSync(own);
  if (canServerReach(home)) return own;
  const elsewhere = makeReachableFolder(`queuedeck-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`);
  const data = path.join(elsewhere, 'data');
  if (existsSync(data)) renameSync(data, `${data}.${Date.now()}`);
  rmSync(own, { force: true });
  symlinkSync(elsewhere, own);
  return elsewhere;
}

/** The server's user owns the folder, since it makes the data folder in it. */
function makeFolder(folder: string): void {
  const identity = serverIdentity();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  rmSync(path.join(folder, 'data.new'), { recursive: true, force: true });
  if ('uid' in identity) chownSync(folder, identity.uid as number, identity.gid as number);
}
