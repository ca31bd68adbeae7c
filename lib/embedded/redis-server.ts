import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from './free-port';
import type { Guard } from './guard';
import { sendSignal, waitUntilGone } from './process-alive';
import { isRedisReady } from './redis-probe';

export interface RedisBinary {
  command: string;
  /** As `Redis 7.0.15` or `Valkey 8.0.1`. */
  version: string;
}

export interface RunningRedis {
  pid: number;
  port: number;
  /** Ends with the server; `null` for one that was adopted and is nobody's child here. */
  child: ChildProcess | null;
}

export interface RedisOptions {
  binary: RedisBinary;
  dir: string;
  password: string | null;
  /** The port to try first; another is taken when it is in use. */
  port: number | null;
  /** `everysec` for data that is kept, `no` for tests. */
  appendFsync: 'everysec' | 'no';
  guard: Guard | null;
  /** Further lines of its configuration, for tests. */
  settings?: readonly string[];
}

/** The Redis or Valkey on PATH, or `null`. */
export function findRedisBinary(): RedisBinary | null {
  for (const command of ['redis-server', 'valkey-server']) {
    const { stdout, status } = spawnSync(command, ['--version'], { encoding: 'utf8' });
    const version = status === 0 ? stdout.match(/v=(\d+\.\d+(\.\d+)?)/)?.[1] : undefined;
    if (version) return { command, version: `${/valkey/i.test(stdout) ? 'Valkey' : 'Redis'} ${version}` };
  }
  return null;
}

/** Starts a private server on loopback and resolves when it answers; throws an Error whose message ends with what the server said. */
export async function startRedisServer(options: RedisOptions): Promise<RunningRedis> {
  let port = options.port ?? (await findFreePort());
  for (let attempt = 1; ; attempt += 1) {
    const started = await tryStart(options, port);
    if ('pid' in started) return started;
    if (attempt === 4 || !/in use/i.test(started.output)) throw new Error(describeFailure(options, started.output));
    port = await findFreePort();
  }
}

/** SIGTERM lets it write its data; what has not ended after `timeoutMs` is killed. */
export async function stopRedisServer(server: RunningRedis, timeoutMs = 10_000): Promise<void> {
  sendSignal(server.pid, 'SIGTERM');
  if (await waitUntilGone(server.pid, timeoutMs)) return;
  sendSignal(server.pid, 'SIGKILL');
  await waitUntilGone(server.pid, 2_000);
}

async function tryStart(options: RedisOptions, port: number): Promise<RunningRedis | { output: string }> {
  // The configuration goes through standard input, so that the password is not in the process list.
  const child = spawn(options.binary.command, ['-'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    cwd: options.dir,
  });
  let output = '';
  let ended = false;
  const keep = (chunk: Buffer) => {
    output = (output + chunk).slice(-4_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.once('error', (error) => {
    output += error.message;
    ended = true;
  });
  child.once('exit', () => {
    ended = true;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(writeConfig(options, port));
  if (child.pid) options.guard?.add(child.pid, 'TERM');

  while (!ended && !(await isRedisReady(port, options.password))) await sleep(10);
  if (ended || !child.pid) {
    if (child.pid) options.guard?.remove(child.pid);
    return { output };
  }
  const { pid } = child;
  child.once('exit', () => options.guard?.remove(pid));
  return { pid, port, child };
}

function writeConfig({ dir, password, appendFsync, settings = [] }: RedisOptions, port: number): string {
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    `dir ${JSON.stringify(dir)}`,
    'daemonize no',
    'appendonly yes',
    `appendfsync ${appendFsync}`,
    'maxmemory-policy noeviction',
    'save ""',
    ...(password === null ? [] : [`requirepass ${password}`]),
    ...settings,
    '',
  ].join('\n');
}

function describeFailure({ binary, dir }: RedisOptions, output: string): string {
  const lines = output.split('\n').map((line) => line.replace(/^\d+:\w \d+ \w+ \d+ [\d:.]+ [#*.-] /, '').trim());
  const said = lines.filter((line) => line !== '').at(-1) ?? 'nothing';
  return `${binary.command} did not start on ${dir}. It said: ${said}`;
}
