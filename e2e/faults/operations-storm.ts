import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Connection } from '@/e2e/bench/broker/connection';
import { writeFailed } from '@/e2e/support/failed-jobs';
import { CodedError } from '@/lib/contracts/errors';
import type { Operation, OperationAction } from '@/lib/contracts/operations';
import { SourceConfig } from '@/lib/env';
import { startPostgres, startRedis, type TestServer } from '@/lib/testing/servers';
import { type OperationsBench, openOperationsBench } from '@/worker/monitor/testing/operations-bench';
import { bundleEntry } from '../support/bundle';
import type { MonitorConfig } from './operations-monitor';

const SOURCE = 'storm';
const PATIENCE_MS = 90_000;

/** What one operation left behind; everything but `kind`, `jobs`, `kills` and `tookMs` is 0 when nothing went wrong. */
export interface OperationReport {
  kind: string;
  jobs: number;
  kills: number;
  tookMs: number;
  /** Jobs without exactly one outcome, or with another one than `done`. */
  notDoneOnce: number;
  /** How far the broker's counts are from the ledger's. */
  countsApart: number;
  /** Jobs that stand twice in a list, or were copied twice. */
  doubled: number;
  /** Jobs whose fields are not as they were (of a sample). */
  changed: number;
  marksLeft: number;
}

interface Storm {
  bench: OperationsBench;
  redis: TestServer;
  postgres: TestServer;
  client: Redis;
  connection(): Promise<Connection>;
  monitor: ChildProcess;
  startMonitor(): Promise<ChildProcess>;
}

/** Rounds of operations on `jobs` failed jobs; in each, monitor, broker and store are killed (-9) once at random points. */
export async function runOperationsStorm(
  options: { rounds: number; jobs: number },
  onReport: (report: OperationReport) => void = () => undefined,
): Promise<OperationReport[]> {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  const file = await bundleEntry('e2e/faults/operations-monitor.ts');
  const config: MonitorConfig = { source: { name: SOURCE, url: redis.url }, databaseUrl: postgres.url };
  const startMonitor = () => startProcess(file, config);
  const client = new Redis(redis.url, { retryStrategy: () => 100 });
  client.on('error', () => undefined);
  const bench = openOperationsBench(SourceConfig.parse(config.source), postgres.url);
  const storm: Storm = {
    bench,
    redis,
    postgres,
    client,
    connection: () => Connection.open(redis.port),
    monitor: await startMonitor(),
    startMonitor,
  };
  const reports: OperationReport[] = [];
  const add = (report: OperationReport) => {
    reports.push(report);
    onReport(report);
  };
  try {
    for (let round = 0; round < options.rounds; round += 1)
      for (const one of await runRound(storm, round, options.jobs)) add(one);
    return reports;
  } finally {
    storm.monitor.kill('SIGKILL');
    client.disconnect();
    await bench.close().catch(() => undefined);
    await Promise.allSettled([redis.stop(), postgres.stop()]);
    rmSync(file, { force: true });
  }
}

async function runRound(storm: Storm, round: number, jobs: number): Promise<OperationReport[]> {
  const queue = `round-${round}`;
  const connection = await storm.connection();
  await writeFailed(connection, queue, jobs);
  connection.close();
  const kinds: OperationAction[] = [{ kind: 'remove' }, { kind: 'retry', resetAttempts: false }, { kind: 'duplicate' }];
  const action = kinds[round % kinds.length] as OperationAction;
  const before = await readSample(storm.client, queue, jobs);
  const filter = { source: SOURCE, queue, states: ['failed' as const] };
  const body = { filter, action, reason: 'storm', options: { confirmCount: jobs } };
  const created = await storm.bench.call('operation.create', { body });
  const first = await weather(storm, queue, jobs, created);
  if (action.kind !== 'remove') return [first];
  const back = await storm.bench.call('operation.restore', { operation: created.id, body: {} });
  const second = await weather(storm, queue, jobs, back);
  const after = await readSample(storm.client, queue, jobs);
  return [first, { ...second, changed: before.filter((one, i) => one !== after[i]).length }];
}

/** Kills each of the three once while the operation runs, then waits for its end and counts. */
async function weather(storm: Storm, queue: string, jobs: number, { id }: Operation): Promise<OperationReport> {
  const startedAt = performance.now();
  const kills = [killMonitor, killBroker, killStore].sort(() => Math.random() - 0.5);
  const points = kills.map(() => Math.random() * 0.95 * jobs).sort((a, b) => a - b);
  for (const [i, kill] of kills.entries()) {
    await until(
      async () => settledOf(await getOperation(storm, id)) >= (points[i] ?? 0),
      () => tellStorm(storm, id),
    );
    await sleep(Math.random() * 50);
    await kill(storm);
  }
  await until(
    async () => (await getOperation(storm, id)).state === 'done',
    () => tellStorm(storm, id),
  );
  await until(
    () => isSwept(storm, id),
    () => tellStorm(storm, id),
  );
  const tookMs = Math.round(performance.now() - startedAt);
  const operation = await getOperation(storm, id);
  return {
    kind: operation.kind,
    jobs,
    kills: kills.length,
    tookMs,
    changed: 0,
    ...(await count(storm, queue, jobs, operation)),
  };
}

const settledOf = ({ done, skipped, failed }: Operation) => done + skipped + failed;

async function killMonitor(storm: Storm): Promise<void> {
  storm.monitor.kill('SIGKILL');
  storm.monitor = await storm.startMonitor();
}

async function killBroker({ redis }: Storm): Promise<void> {
  await redis.kill();
  await sleep(200);
  await redis.restart();
}

async function killStore({ postgres }: Storm): Promise<void> {
  await postgres.kill();
  await sleep(700);
  await postgres.restart();
}

async function getOperation({ bench }: Storm, id: string): Promise<Operation> {
  return patiently(() => bench.call('operation.get', { operation: id }));
}

async function isSwept({ bench }: Storm, id: string): Promise<boolean> {
  const [row] = await patiently(() =>
    bench.store.query<{ is_swept: boolean }>('SELECT is_swept FROM queuedeck.operation WHERE id = $1', [id]),
  );
  return row?.is_swept ?? false;
}

/** The store may be away; that is the point. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + PATIENCE_MS; ; await sleep(100)) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof CodedError) || error.status !== 503 || Date.now() > end) throw error;
    }
  }
}

async function count(storm: Storm, queue: string, jobs: number, operation: Operation) {
  const { client, bench } = storm;
  const outcomes = await patiently(() => bench.outcomesOf(operation.id));
  const doneOnce = new Set(outcomes.filter(({ outcome }) => outcome === 'done').map(({ id }) => id)).size;
  const base = `bull:${queue}:`;
  const [failed, waiting, marks] = await Promise.all([
    client.zcard(`${base}failed`),
    client.lrange(`${base}wait`, 0, -1),
    client.hlen(`queuedeck:${base}op:${operation.id}:1`),
  ]);
  const expected = {
    remove: [0, 0],
    restore: [jobs, 0],
    retry: [0, jobs],
    duplicate: [jobs, jobs],
  }[operation.kind as 'remove'] as [number, number];
  return {
    notDoneOnce: jobs - doneOnce + (outcomes.length - jobs),
    countsApart:
      Math.abs(failed - expected[0]) + Math.abs(waiting.length - expected[1]) + Math.abs(operation.done - jobs),
    doubled: waiting.length - new Set(waiting).size,
    // One note that they are forgotten stays for an hour.
    marksLeft: Math.max(0, marks - 1),
  };
}

/** Every hundredth job, all fields. */
async function readSample(client: Redis, queue: string, jobs: number): Promise<string[]> {
  const sample: string[] = [];
  for (let id = 1; id <= jobs; id += 100) {
    const fields = await client.hgetall(`bull:${queue}:${id}`);
    sample.push(JSON.stringify(Object.entries(fields).sort()) + (await client.zscore(`bull:${queue}:failed`, id)));
  }
  return sample;
}

async function until(check: () => Promise<boolean>, describeNow: () => Promise<string>): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; !(await check()); await sleep(20))
    if (Date.now() > end) throw new Error(`stuck for ${PATIENCE_MS / 1000} s: ${await describeNow()}`);
}

/** What there is to know when nothing moves. */
async function tellStorm(storm: Storm, id: string): Promise<string> {
  const { monitor, redis, bench } = storm;
  const client = new Redis(redis.url, { retryStrategy: () => null, lazyConnect: true });
  client.on('error', () => undefined);
  const broker = await client
    .connect()
    .then(() => client.ping())
    .catch((error: Error) => error.message);
  client.disconnect();
  const rows = await bench.store.query('SELECT * FROM queuedeck.operation WHERE id = $1', [id]);
  const { pid, exitCode, signalCode } = monitor;
  return JSON.stringify({ operation: rows[0], broker, monitor: { pid, exitCode, signalCode } });
}

function startProcess(file: string, config: MonitorConfig): Promise<ChildProcess> {
  const child = spawn(process.execPath, [file, JSON.stringify(config)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve(child));
    child.once('exit', (code) => reject(new Error(`the monitor ended with ${code} before it was ready`)));
  });
}

export function isSoundOperation(report: OperationReport): boolean {
  const { notDoneOnce, countsApart, doubled, changed, marksLeft } = report;
  return notDoneOnce + countsApart + doubled + changed + marksLeft === 0;
}
