import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresBackend, Queue, Worker, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { openStore, type Store } from '@/lib/store/store';
import { startPostgresBroker } from '@/lib/testing/brokers';
import { startRedis, type TestServer } from '@/lib/testing/servers';
import { until } from '@/lib/testing/until';
import { bundleEntry } from '../../support/bundle';
import type { RecordingMonitorConfig } from '../../support/recording-monitor';
import { compareRecord, type Verdict } from './compare';
import { KEEP_ALL, openPostgresTruth, openRedisTruth } from './truth';
import { type Clients, randomOf, Workload } from './workload';

export type DifferentialBroker = 'Redis' | 'PostgreSQL';

export interface DifferentialReport extends Verdict {
  seed: number;
  monitorKills: number;
  brokerRestarts: number;
  steps: Record<string, number>;
}

/** Between two steps at most: now much at once, now one thing after the other, each for a while. */
const PACES_MS = [60, 600, 600, 1_500];
const WHILE_MS = 8_000;
const MONITOR_EVERY_MS = 17_000;
const BROKER_EVERY_MS = 41_000;
/** What is drained or cleaned away tells nobody: a comparison finds it. */
const RECONCILE_EVERY_MS = 20_000;
/** Until when all that was told last is compared: a look at removed streams, and what it finds. */
const SETTLE_MS = 10_000;
const SETTLE_LIMIT_MS = 180_000;
/** A queue that is there for as long under the eyes of a recorder is known to it, or told. */
const KNOWN_AFTER_MS = 8_000;

/**
 * A random workload under the eyes of a recorder that is killed again and again, on a broker that is restarted; every event that the broker
 * wrote is kept beside it and the record compared with them. `databaseUrl`: of an empty store.
 */
export async function runDifferential(
  kind: DifferentialBroker,
  databaseUrl: string,
  seed: number,
  forMs: number,
): Promise<DifferentialReport> {
  const server = kind === 'Redis' ? await startRedis(KEEP_ALL) : await startPostgresBroker();
  const store = openStore(databaseUrl);
  const truth = await (kind === 'Redis' ? openRedisTruth(server.url) : openPostgresTruth(server.url));
  const monitor = new Monitor(await bundleEntry('e2e/support/recording-monitor.ts'), {
    source: { name: 'differential', url: server.url },
    databaseUrl,
    reconcileEveryMs: RECONCILE_EVERY_MS,
  });
  const { clients, close } = kind === 'Redis' ? redisClients(server.url) : postgresClients(server.url);
  const random = randomOf(seed + 1);
  try {
    monitor.start();
    await until(
      async () => (await store.query('SELECT 1 FROM queuedeck.recorder WHERE cursor IS NOT NULL')).length > 0,
      'the recorder to begin',
    );
    const workload = new Workload(clients, seed);
    const watch = watchRecorder(store);
    const counts = await disturb({ server, monitor, workload, random, forMs });
    await workload.drain(60_000, 240_000);
    // What the last comparison met anew, as a queue that was removed and is there again, the next one knows.
    await settle(store);
    await settle(store);
    await truth.collect();
    watch.stop();
    const unwatched = workload.lives.flatMap(({ name, from, to }) =>
      watch.sawFor(from, to) < KNOWN_AFTER_MS ? name : [],
    );
    const verdict = await compareRecord(store, truth.events, workload.queues, new Set(unwatched));
    const steps = Object.fromEntries(workload.done);
    await workload.close();
    return { ...verdict, ...counts, seed, steps };
  } finally {
    monitor.end();
    await close();
    await truth.close();
    await store.close();
    await server.stop();
  }
}

interface Disturbance {
  server: TestServer;
  monitor: Monitor;
  workload: Workload;
  random: () => number;
  forMs: number;
}

async function disturb({ server, monitor, workload, random, forMs }: Disturbance) {
  const end = Date.now() + forMs;
  let [monitorKills, brokerRestarts] = [0, 0];
  let [monitorAt, brokerAt] = [Date.now() + MONITOR_EVERY_MS / 2, Date.now() + BROKER_EVERY_MS / 2];
  let [paceMs, paceAt] = [0, 0];
  while (Date.now() < end) {
    if (Date.now() > paceAt) {
      paceAt = Date.now() + WHILE_MS;
      paceMs = PACES_MS[Math.floor(random() * PACES_MS.length)] ?? 0;
    }
    await workload.step();
    await sleep(random() * paceMs);
    if (Date.now() > monitorAt) {
      monitorAt = Date.now() + MONITOR_EVERY_MS;
      monitorKills += 1;
      monitor.kill();
      void sleep(random() * 4_000).then(() => monitor.start());
    }
    if (Date.now() > brokerAt) {
      brokerAt = Date.now() + BROKER_EVERY_MS;
      brokerRestarts += 1;
      await server.restart();
    }
  }
  await sleep(5_000);
  return { monitorKills, brokerRestarts };
}

/** Nothing is left to be read, compared or healed. */
async function settle(store: Store): Promise<void> {
  const from = new Date();
  await sleep(SETTLE_MS);
  const findBusy = () =>
    store.query(
      `SELECT 'recorder' AS busy, lag_ms::text AS lag, progress::text, lease_until::text, reconciled_at::text FROM queuedeck.recorder
        WHERE lag_ms > 0 OR progress->>'backfill' IS NOT NULL OR lease_until < now() OR reconciled_at IS NULL OR reconciled_at < $1
        UNION ALL
       SELECT name, gap::text, cursor::text, swept::text, NULL FROM queuedeck.recorder_queue WHERE gap IS NOT NULL OR (cursor IS NOT NULL AND NOT swept)`,
      [from],
    );
  for (const end = Date.now() + SETTLE_LIMIT_MS; ; await sleep(250)) {
    const busy = await findBusy().catch((error: Error) => [error.message]);
    if (busy.length === 0) break;
    if (Date.now() > end) throw new Error(`the record does not come to rest: ${JSON.stringify(busy)}`);
  }
  await sleep(2_000);
}

/** When the recorder was at work: it says so each second. */
function watchRecorder(store: Store): { stop(): void; sawFor(from: number, to: number): number } {
  const beats: number[] = [];
  let isOver = false;
  void (async () => {
    for (; !isOver; await sleep(250)) {
      const rows = await store
        .query(`SELECT 1 FROM queuedeck.recorder WHERE updated_at > now() - interval '1.5 s'`)
        .catch(() => []);
      if (rows.length > 0) beats.push(Date.now());
    }
  })();
  return {
    stop: () => {
      isOver = true;
    },
    /** The longest time within these that it was at work without a break, ms. */
    sawFor(from, to) {
      let [longest, since, last] = [0, from, from];
      for (const beat of [...beats.filter((one) => one >= from && one <= to)]) {
        if (beat - last > 1_500) since = beat;
        last = beat;
        longest = Math.max(longest, last - since);
      }
      return longest;
    },
  };
}

class Monitor {
  #process: ChildProcess | null = null;
  #isOver = false;

  constructor(
    private readonly file: string,
    private readonly config: RecordingMonitorConfig,
  ) {}

  start(): void {
    if (this.#process || this.#isOver) return;
    this.#process = spawn(process.execPath, [this.file, JSON.stringify(this.config)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  kill(): void {
    this.#process?.kill('SIGKILL');
    this.#process = null;
  }

  end(): void {
    this.#isOver = true;
    this.kill();
    rmSync(this.file, { force: true });
  }
}

function redisClients(url: string): { clients: Clients; close(): Promise<void> } {
  const connection = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 200 });
  connection.on('error', () => undefined);
  return {
    clients: {
      queue: (name, maxLen) => new Queue(name, { connection, ...logOf(maxLen) }),
      worker: (name, run, options) => new Worker(name, run, { ...options, connection }),
    },
    close: async () => connection.disconnect(),
  };
}

function postgresClients(connection: string): { clients: Clients; close(): Promise<void> } {
  const on = withBackend(createPostgresBackend);
  return {
    clients: {
      queue: (name, maxLen) => new on.Queue(name, { connection, ...logOf(maxLen) }) as unknown as Queue,
      worker: (name, run, options) => new on.Worker(name, run, { ...options, connection }) as unknown as Worker,
    },
    close: async () => undefined,
  };
}

const logOf = (maxLen: number | null) => (maxLen === null ? {} : { streams: { events: { maxLen } } });
