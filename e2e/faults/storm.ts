import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { openStore, type Store } from '@/lib/store/store';
import { startPostgres, startRedis, type TestServer } from '@/lib/testing/servers';
import { bundleEntry } from '../support/bundle';
import type { StormWorkerConfig } from './storm-worker';

export interface StormOptions {
  jobs: number;
  /** `kill -9` of the worker, spread evenly over the jobs. */
  workerKills: number;
  /** `kill -9` of the broker, half-way; it comes back after half a second. */
  brokerKills: 0 | 1;
  /** A second worker runs beside; the first is stopped (SIGSTOP) until its jobs were given away, and then goes on. */
  freezes: number;
  /** Each job sleeps three times up to this long. */
  workMs: number;
}

export interface StormReport {
  jobs: number;
  workerKills: number;
  brokerKills: number;
  freezes: number;
  tookMs: number;
  completed: number;
  failed: number;
  /** Jobs whose queue says more or less than one end. */
  endedNotOnce: number;
  /** Jobs whose effect in the store (outside of it) is not there exactly once. */
  insideNotOnce: number;
  outsideNotOnce: number;
  stalledAndRecovered: number;
  /** After SIGTERM: the worker's exit code, and what is still active or locked. */
  exitCode: number | null;
  active: number;
  locks: number;
}

/**
 * Runs jobs through a worker process that is killed over and over, and then counts. A run that loses nothing has
 * `completed` = `jobs` and 0 in every `…NotOnce`.
 */
export async function runStorm(options: StormOptions): Promise<StormReport> {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  const store = openStore(postgres.url);
  const dir = mkdtempSync(path.join(tmpdir(), 'queuedeck-storm-'));
  const outsideFile = path.join(dir, 'outside.txt');
  writeFileSync(outsideFile, '');
  const connection = { url: redis.url };
  const queue = new Queue('storm', { connection, streams: { events: { maxLen: 1_000_000 } } });
  queue.on('error', () => undefined);
  const client = new Redis(redis.url, { retryStrategy: () => 100 });
  client.on('error', () => undefined);
  try {
    await store.query('CREATE TABLE storm_effect (n integer)');
    await enqueue(queue, options.jobs);
    const startedAt = performance.now();
    const source = { name: 'storm', url: redis.url, embedded: true };
    const config = { source, databaseUrl: postgres.url, outsideFile, workMs: options.workMs };
    const exitCode = await killUntilDone(options, config, redis, queue);
    const tookMs = Math.round(performance.now() - startedAt);
    return { ...options, tookMs, exitCode, ...(await count(options.jobs, queue, client, store, outsideFile)) };
  } finally {
    client.disconnect();
    await Promise.allSettled([queue.close(), store.close()]);
    await Promise.allSettled([redis.stop(), postgres.stop()]);
    rmSync(dir, { recursive: true, force: true });
  }
}

async function enqueue(queue: Queue, jobs: number): Promise<void> {
  await queue.waitUntilReady();
  const all = Array.from({ length: jobs }, (_, n) => ({ name: 'storm', data: { n }, opts: { attempts: 3 } }));
  await queue.addBulk(all);
}

/** Returns the last worker's exit code after SIGTERM. */
async function killUntilDone(options: StormOptions, config: StormWorkerConfig, redis: TestServer, queue: Queue) {
  const file = await bundleEntry('e2e/faults/storm-worker.ts');
  const start = () => startProcess(file, config);
  let worker = await start();
  const { jobs, workerKills, brokerKills, freezes } = options;
  const second = freezes > 0 ? await start() : null;
  try {
    for (let kill = 1; kill <= workerKills; kill += 1) {
      await untilCompleted(queue, Math.floor((jobs * kill) / (workerKills + 1)));
      worker.kill('SIGKILL');
      worker = await start();
      if (brokerKills === 1 && kill === Math.ceil(workerKills / 2)) await bounceBroker(redis);
    }
    for (let freeze = 1; freeze <= freezes; freeze += 1) {
      await untilCompleted(queue, Math.floor((jobs * freeze) / (freezes + 1)));
      worker.kill('SIGSTOP');
      await sleep(FREEZE_MS);
      worker.kill('SIGCONT');
    }
    await untilCompleted(queue, jobs);
    const exited = new Promise<number | null>((resolve) => worker.once('exit', (code) => resolve(code)));
    worker.kill('SIGTERM');
    return await exited;
  } finally {
    worker.kill('SIGKILL');
    second?.kill('SIGKILL');
    rmSync(file, { force: true });
  }
}

/** Longer than a lock and two checks for stalled jobs. */
const FREEZE_MS = 4_000;

async function bounceBroker(redis: TestServer): Promise<void> {
  await redis.kill();
  await sleep(500);
  await redis.restart();
}

/** Fails when nothing completes for 40 s. */
async function untilCompleted(queue: Queue, wanted: number): Promise<void> {
  let best = -1;
  for (let idleMs = 0; idleMs < 40_000; idleMs += 20) {
    const { completed = 0, failed = 0 } = await queue.getJobCounts('completed', 'failed').catch(() => ({}) as never);
    if (completed + failed >= wanted) return;
    if (completed > best) idleMs = 0;
    best = Math.max(best, completed);
    await sleep(20);
  }
  throw new Error(`stuck at ${best} completed jobs, wanted ${wanted}`);
}

function startProcess(file: string, config: StormWorkerConfig): Promise<ChildProcess> {
  const child = spawn(process.execPath, [file, JSON.stringify(config)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve(child));
    child.once('exit', (code) => reject(new Error(`the worker ended with ${code} before it was ready`)));
  });
}

async function count(jobs: number, queue: Queue, client: Redis, store: Store, outsideFile: string) {
  const counts = await queue.getJobCounts('completed', 'failed', 'active');
  const ends = new Map<string, number>();
  let stalledAndRecovered = 0;
  for (const [, fields] of await client.xrange('bull:storm:events', '-', '+')) {
    const event = toEvent(fields);
    if (event.event === 'stalled') stalledAndRecovered += 1;
    const { jobId = '' } = event;
    if (event.event === 'completed' || event.event === 'failed') ends.set(jobId, (ends.get(jobId) ?? 0) + 1);
  }
  const inside = await store.query<{ n: number }>('SELECT n FROM storm_effect');
  const outside = readFileSync(outsideFile, 'utf8').split('\n').filter(Boolean).map(Number);
  return {
    completed: counts.completed ?? 0,
    failed: counts.failed ?? 0,
    active: counts.active ?? 0,
    endedNotOnce: jobs - [...ends.values()].filter((n) => n === 1).length,
    insideNotOnce: notOnce(
      jobs,
      inside.map(({ n }) => n),
    ),
    outsideNotOnce: notOnce(jobs, outside),
    stalledAndRecovered,
    locks: (await client.keys('bull:storm:*:lock')).length,
  };
}

function toEvent(fields: string[]): Record<string, string> {
  return Object.fromEntries(fields.flatMap((name, i) => (i % 2 === 0 ? [[name, fields[i + 1] ?? '']] : [])));
}

function notOnce(jobs: number, seen: number[]): number {
  const times = new Map<number, number>();
  for (const n of seen) times.set(n, (times.get(n) ?? 0) + 1);
  return Array.from({ length: jobs }, (_, n) => times.get(n) ?? 0).filter((n) => n !== 1).length;
}
