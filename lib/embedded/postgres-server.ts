import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from './free-port';
import type { Guard } from './guard';
import { isAlive, readCommandName, sendSignal, waitUntilGone } from './process-alive';
import { serverIdentity } from './unprivileged';

export interface PostgresCluster {
  binDir: string;
  dataDir: string;
  password: string;
}

export interface RunningPostgres {
  pid: number;
  port: number;
  /** `null` for one that was adopted. */
  child: ChildProcess | null;
}

export interface PostgresOptions extends PostgresCluster {
  port: number | null;
  /** Further settings, as `fsync=off`. */
  settings?: string[];
  guard: Guard | null;
}

/**
 * Makes a cluster with the given databases: user `queuedeck`, scram passwords on every connection. It is built aside and renamed, so a
 * data folder that exists is a complete one. ~0.6 s.
 */
export async function createCluster(cluster: PostgresCluster, databases: string[]): Promise<void> {
  const aside = `${cluster.dataDir}.new`;
  const passwordFile = `${aside}.password`;
  rmSync(aside, { recursive: true, force: true });
  const identity = serverIdentity();
  // PostgreSQL's user must be able to make the folder, so its parent is opened for it beforehand by the caller.
  writeFileSync(passwordFile, cluster.password, { mode: 0o600 });
  if ('uid' in identity) chownSync(passwordFile, identity.uid as number, identity.gid as number);
  try {
    await run(path.join(cluster.binDir, 'initdb'), [
      `--pgdata=${aside}`,
      '--username=queuedeck',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--no-locale',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
      '--no-instructions',
    ]);
    const sql = databases.map((name) => `CREATE DATABASE "${name}";\n`).join('');
    await run(path.join(cluster.binDir, 'postgres'), ['--single', '-D', aside, 'postgres'], sql);
    renameSync(aside, cluster.dataDir);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Gives the user of a cluster that does not run the password of `cluster`. */
export async function resetPassword({ binDir, dataDir, password }: PostgresCluster): Promise<void> {
  await run(
    path.join(binDir, 'postgres'),
    ['--single', '-D', dataDir, 'postgres'],
    `ALTER USER queuedeck PASSWORD '${password}';\n`,
    serverIdentity(dataDir),
  );
}

/** Whether the folder holds a cluster: `false` when there is nothing, and throws a sentence when there is something else. */
export function hasCluster(dataDir: string): boolean {
  if (!existsSync(dataDir)) return false;
  if (existsSync(path.join(dataDir, 'PG_VERSION')) && existsSync(path.join(dataDir, 'global', 'pg_control')))
    return true;
  throw new Error(
    `${dataDir} is not a complete PostgreSQL data folder. Move it away (or delete it, if its data is not needed) and start again.`,
  );
}

/** Starts the server on loopback and resolves when it takes connections; throws an Error that ends with what the server said. */
export async function startPostgresServer(options: PostgresOptions): Promise<RunningPostgres> {
  await dropLeftover(options.dataDir);
  let port = options.port ?? (await findFreePort());
  for (let attempt = 1; ; attempt += 1) {
    const started = await tryStart(options, port);
    if ('pid' in started) return started;
    if (attempt === 4 || !/address already in use/i.test(started.output))
      throw new Error(describeFailure(options.dataDir, started.output));
    port = await findFreePort();
  }
}

/** Fast shutdown: clients are cut off, data is written. */
export async function stopPostgresServer(server: RunningPostgres, timeoutMs = 20_000): Promise<void> {
  sendSignal(server.pid, 'SIGINT');
  if (await waitUntilGone(server.pid, timeoutMs)) return;
  // Immediate: it recovers at the next start, and unlike SIGKILL it takes its own children along.
  sendSignal(server.pid, 'SIGQUIT');
  await waitUntilGone(server.pid, 5_000);
}

/** The server that runs on this folder, from its postmaster.pid (lines: pid, folder, start, port, socket, host, shared memory, status). */
export function readPostmaster(dataDir: string): { pid: number; port: number; status: string } | null {
  try {
    const lines = readFileSync(path.join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return null;
    if (!/postgres/.test(readCommandName(pid))) return null;
    return { pid, port: Number(lines[3] ?? 0), status: (lines[7] ?? '').trim() };
  } catch {
    return null;
  }
}

/**
 * Deletes a postmaster.pid that PostgreSQL would take for a running server's and is not: the id was given to another process since (a container
 * that starts again), or its process is dead and nobody reaped it. Backends of a server that was killed end by themselves within the wait.
 */
async function dropLeftover(dataDir: string): Promise<void> {
  const file = path.join(dataDir, 'postmaster.pid');
  if (!existsSync(file) || readPostmaster(dataDir)) return;
  await sleep(500);
  rmSync(file, { force: true });
}

async function tryStart(options: PostgresOptions, port: number): Promise<RunningPostgres | { output: string }> {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'logging_collector=off',
    ...(options.settings ?? []),
  ];
  const args = ['-D', options.dataDir, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const child = spawn(path.join(options.binDir, 'postgres'), args, {
    ...serverIdentity(options.dataDir),
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let output = '';
  let ended = false;
  child.stderr?.on('data', (chunk: Buffer) => {
    output = (output + chunk).slice(-4_000);
  });
  child.once('error', (error) => {
    output += error.message;
    ended = true;
  });
  child.once('exit', () => {
    ended = true;
  });
  const { pid } = child;
  if (pid) options.guard?.add(pid, 'INT');
  const isReady = () => {
    const postmaster = readPostmaster(options.dataDir);
    return postmaster?.pid === pid && postmaster?.status === 'ready';
  };
  while (!ended && !isReady()) await sleep(10);
  if (ended || !pid) {
    if (pid) options.guard?.remove(pid);
    return { output };
  }
  child.once('exit', () => options.guard?.remove(pid));
  return { pid, port, child };
}

function run(command: string, args: string[], input = '', identity = serverIdentity()): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...identity, cwd: '/', stdio: ['pipe', 'ignore', 'pipe'] });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${path.basename(command)} failed: ${output.trim().split('\n').at(-1)}`));
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

function describeFailure(dataDir: string, output: string): string {
  const said = output.split('\n').filter((line) => /FATAL|PANIC|ERROR|HINT/.test(line));
  return `The embedded PostgreSQL did not start on ${dataDir}. It said: ${(said.length > 0 ? said.join(' ') : output).trim().slice(-600)}`;
}
