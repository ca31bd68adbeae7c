import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Guard, startGuard } from '@/lib/embedded/guard';
import { findPostgresBinaries } from '@/lib/embedded/postgres-binaries';
import {
  createCluster,
  type PostgresCluster,
  startPostgresServer,
  stopPostgresServer,
} from '@/lib/embedded/postgres-server';
import { sendSignal, waitUntilGone } from '@/lib/embedded/process-alive';
import { findRedisBinary, startRedisServer, stopRedisServer } from '@/lib/embedded/redis-server';
import { canServerReach, makeReachableFolder, serverIdentity } from '@/lib/embedded/unprivileged';

/** A real server for a test. Its port and its data stay the same over `kill` and `restart`. */
export interface TestServer {
  url: string;
  port: number;
  pid(): number;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Ends it if it still runs, and starts it again on the same port and data. */
  restart(): Promise<void>;
  /** SIGSTOP: connections stay open and nobody answers. */
  freeze(): void;
  thaw(): void;
}

export interface TestPostgres extends TestServer {
  /** A new empty database; the URL of it. */
  createDatabase(): Promise<string>;
}

let guard: Guard | null = null;

/** Stops the servers when the test process is killed. */
function testGuard(): Guard {
  guard ??= startGuard(1_000);
  return guard;
}

/** A Redis (or Valkey) of the test's own, ~25 ms, with AOF, so that data survives `restart`. `settings`: further lines of its configuration. */
export async function startRedis(settings: readonly string[] = []): Promise<TestServer> {
  const binary = findRedisBinary();
  if (!binary) throw new Error('No redis-server or valkey-server on PATH: install one, then run the tests again.');
  const dir = mkdtempSync(path.join(tmpdir(), 'queuedeck-redis-'));
  const start = (port: number | null) =>
    startRedisServer({ binary, dir, password: null, port, appendFsync: 'no', guard: testGuard(), settings });
  let server = await start(null);
  const { port } = server;
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid: () => server.pid,
    freeze: () => sendSignal(server.pid, 'SIGSTOP'),
    thaw: () => sendSignal(server.pid, 'SIGCONT'),
    kill: () => killServer(server.pid),
    async restart() {
      await stopRedisServer(server);
      server = await startOnPort(port, () => start(port), stopRedisServer);
    },
    async stop() {
      await stopRedisServer(server);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const PASSWORD = 'test';

/** A PostgreSQL of the test's own (the embedded binaries), ~0.6 s. Where one database is enough, `createTestDatabase` is cheaper. */
export async function startPostgres(): Promise<TestPostgres> {
  const dir = makeServerFolder();
  const cluster: PostgresCluster = {
    binDir: findPostgresBinaries().dir,
    dataDir: path.join(dir, 'data'),
    password: PASSWORD,
  };
  await makeCluster(cluster);
  const settings = ['fsync=off', 'max_connections=300'];
  const start = (port: number | null) => startPostgresServer({ ...cluster, port, settings, guard: testGuard() });
  let server = await start(null);
  const { port } = server;
  const url = `postgres://queuedeck:${PASSWORD}@127.0.0.1:${port}/test`;
  return {
    url,
    port,
    pid: () => server.pid,
    freeze: () => signalWithChildren(server.pid, 'SIGSTOP'),
    thaw: () => signalWithChildren(server.pid, 'SIGCONT'),
    createDatabase: () => createDatabase(url),
    kill: () => killServer(server.pid),
    async restart() {
      await stopPostgresServer(server);
      server = await startOnPort(port, () => start(port), stopPostgresServer);
    },
    async stop() {
      await stopPostgresServer(server);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Where a run keeps a cluster that is ready: `initdb` takes two seconds of a core, a copy a tenth of one. */
const TEMPLATE = 'QUEUEDECK_TEST_CLUSTER';

async function makeCluster(cluster: PostgresCluster): Promise<void> {
  const template = process.env[TEMPLATE];
  if (template) await promisify(execFile)('cp', ['-a', '--reflink=auto', template, cluster.dataDir]);
  else await createCluster(cluster, ['test']);
}

/** For all that is started by this process and its children from here on. Resolves to its end. */
export async function keepTemplate(): Promise<() => void> {
  const dir = makeServerFolder();
  const dataDir = path.join(dir, 'data');
  await createCluster({ binDir: findPostgresBinaries().dir, dataDir, password: PASSWORD }, ['test']);
  process.env[TEMPLATE] = dataDir;
  return () => rmSync(dir, { recursive: true, force: true });
}

/**
 * While a server is away its port can be somebody's: a client that reconnects may even meet itself on it. The starters then take
 * another, which nobody would find.
 */
async function startOnPort<T extends { port: number }>(
  port: number,
  start: () => Promise<T>,
  stop: (server: T) => Promise<void>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const server = await start();
    if (server.port === port) return server;
    await stop(server);
    if (attempt === 50) throw new Error(`port ${port} stays in use`);
    await sleep(100);
  }
}

/** A new empty database on the server at `url`; returns its URL. ~30 ms. */
export async function createDatabase(url: string): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name}`);
  } finally {
    await client.end();
  }
  const target = new URL(url);
  target.pathname = `/${name}`;
  return target.href;
}

/** PostgreSQL serves each connection by a child in a process group of its own. */
function signalWithChildren(pid: number, signal: NodeJS.Signals): void {
  sendSignal(pid, signal);
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  for (const line of stdout.split('\n')) {
    const [child, parent] = line.trim().split(/\s+/).map(Number);
    if (child && parent === pid) sendSignal(child, signal);
  }
}

async function killServer(pid: number): Promise<void> {
  sendSignal(pid, 'SIGKILL');
  await waitUntilGone(pid, 5_000);
}

function makeServerFolder(): string {
  const own = mkdtempSync(path.join(tmpdir(), 'queuedeck-postgres-'));
  const identity = serverIdentity();
  if (!('uid' in identity)) return own;
  chmodSync(own, 0o711);
  let dir = own;
  if (!canServerReach(own)) {
    rmSync(own, { recursive: true });
    dir = makeReachableFolder(`queuedeck-test-${randomBytes(6).toString('hex')}`);
  }
  chownSync(dir, identity.uid as number, identity.gid as number);
  return dir;
}
