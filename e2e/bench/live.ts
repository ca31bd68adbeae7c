import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { startWeb, type Web } from '@/e2e/support/start-web';
import { keepBusy } from './broker/busy-queues';
import { Connection } from './broker/connection';
import { countWhile } from './broker/counters';
import { type PrivateRedis, startPrivateRedis } from './broker/private-redis';
import { type BenchContext, SOURCE } from './context';
import { writeQueue } from './fixture/write-queue';
import type { LoadReport } from './live-load';
import type { BenchRow } from './rows';
import { readRssMb } from './sections/memory';

/** As many as one caller may have where there is one loopback address only; see live-load.ts. */
const MOST_STREAMS = process.platform === 'linux' ? 5_000 : 1_900;
const QUEUES = Array.from({ length: 20 }, (_, i) => `live-${i}`);
const COMMAND_SECONDS = 8;
const LATENCY_SECONDS = 8;
const PROGRESS_PER_SECOND = 40;
/** Flat: what a thousand viewers may cost the broker more than one does. */
const FLAT = 1.15;

type LiveContext = Pick<BenchContext, 'postgresUrl' | 'home' | 'guard' | 'say'>;

/** Live streams on a broker and web processes of its own: cost to the broker, latency, memory and the end by SIGTERM. */
export async function benchLive(context: LiveContext): Promise<BenchRow[]> {
  const redis = await startPrivateRedis(path.join(context.home, 'live'), context.guard);
  const reader = await Connection.open(redis.port);
  try {
    for (const [seed, queue] of QUEUES.entries()) await writeQueue(reader, queue, 200, Date.now(), seed);
    const rows = await withWeb(context, redis, (web) => measureFlat(web, redis, reader));
    for (const streams of [1_000, MOST_STREAMS]) rows.push(...(await measureMany(context, redis, streams)));
    return rows;
  } finally {
    reader.close();
    await redis.stop();
  }
}

/** Broker commands and latency with 1, 50 and 1,000 streams on the same process. */
async function measureFlat(web: Web, redis: PrivateRedis, reader: Connection): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  let forOne = Number.NaN;
  for (const streams of [1, 50, 1_000]) {
    const load = await openLoad(web, streams);
    const perSecond = await countBusySecond(redis, reader);
    if (streams === 1) forOne = perSecond;
    rows.push({
      name: `broker commands, 20 busy queues, ${streams.toLocaleString('en-GB')} streams`,
      reach: streams === 1 ? 200 : forOne * FLAT,
      value: perSecond,
      unit: '/s',
      peer: null,
    });
    rows.push(toLatencyRow(streams, await measureLatency(redis, load)));
    load.close();
    await sleep(500);
  }
  return rows;
}

/** A fresh process: its memory before and after, latency, and how long it takes to end. */
async function measureMany(context: LiveContext, redis: PrivateRedis, streams: number): Promise<BenchRow[]> {
  const label = `${streams.toLocaleString('en-GB')} streams on one process`;
  const web = await startWeb({ ...toWebOptions(context, redis) });
  let load: Load | null = null;
  try {
    // The first streams load code that the later ones share.
    const first = await openLoad(web, 20);
    await sleep(2_000);
    const beforeMb = readRssMb(web.pid);
    load = await openLoad(web, streams);
    await sleep(3_000);
    const openMb = readRssMb(web.pid);
    const latency = await measureLatency(redis, load);
    const usedMb = readRssMb(web.pid);
    const { open } = latency;
    const stopMs = await web.stop();
    first.close();
    return [
      {
        name: `${label}: memory of each`,
        reach: null,
        value: ((openMb - beforeMb) * 1024) / streams,
        unit: 'KB',
        peer: null,
        note: `${open} open; process ${beforeMb.toFixed(0)} → ${openMb.toFixed(0)} MB, under traffic ${usedMb.toFixed(0)} MB`,
      },
      // Five thousand who all watch the same busy queue are more than one process writes ten times a second: it slows down.
      { ...toLatencyRow(streams, latency, ', fresh process'), reach: streams > 1_000 ? null : 250 },
      { name: `${label}: SIGTERM to exit`, reach: 1_000, value: stopMs, unit: 'ms', peer: null },
    ];
  } finally {
    load?.close();
    await web.stop();
  }
}

async function countBusySecond(redis: PrivateRedis, reader: Connection): Promise<number> {
  const writer = await Connection.open(redis.port);
  const traffic = keepBusy(writer, QUEUES);
  try {
    await sleep(1_500);
    return (await countWhile(reader, [writer], () => sleep(COMMAND_SECONDS * 1000))).commandsPerSecond;
  } finally {
    await traffic.stop();
    writer.close();
  }
}

/** Jobs report progress through BullMQ; every stream that watches their queue tells when it arrived. */
async function measureLatency(redis: PrivateRedis, load: Load): Promise<LoadReport> {
  const queue = new Queue(QUEUES[0] ?? '', { connection: { port: redis.port }, skipMetasUpdate: true });
  queue.on('error', () => undefined);
  try {
    const jobs = await queue.addBulk(Array.from({ length: 20 }, () => ({ name: 'progress', data: {} })));
    await sleep(1_500);
    load.begin();
    const until = Date.now() + LATENCY_SECONDS * 1000;
    for (let i = 0; Date.now() < until; i += 1) {
      void jobs[i % jobs.length]?.updateProgress({ sentAt: Date.now() }).catch(() => undefined);
      await sleep(1000 / PROGRESS_PER_SECOND);
    }
    await sleep(1_500);
    return await load.report();
  } finally {
    await queue.close();
  }
}

function toLatencyRow(streams: number, report: LoadReport, label = ''): BenchRow {
  const { p50, p95, p99, samples, megabytes } = report;
  return {
    name: `progress to browser, p95, ${streams.toLocaleString('en-GB')} streams${label}`,
    reach: 250,
    value: samples > 0 ? p95 : Number.NaN,
    unit: 'ms',
    peer: null,
    note: `p50 ${p50} p99 ${p99} ms; ${samples.toLocaleString('en-GB')} deliveries, ${megabytes.toFixed(1)} MB`,
  };
}

interface Load {
  begin(): void;
  report(): Promise<LoadReport>;
  close(): void;
}

/** Every stream watches the overview and one queue; all of them the one whose jobs report progress. */
async function openLoad(web: Web, streams: number): Promise<Load> {
  const child = fork('e2e/bench/live-load.ts', { execArgv: ['--import', 'tsx'] });
  const topics = encodeURIComponent(`overview,queue:${SOURCE}/${QUEUES[0]}`);
  child.send({ port: web.port, paths: Array.from({ length: streams }, () => `/api/v1/live?topics=${topics}`) });
  const { opened, refused } = await hear<{ opened: number; refused: number }>(child, 120_000);
  if (refused > 0) throw new Error(`${refused} of ${streams} streams were refused, ${opened} opened`);
  return {
    begin: () => child.send({ begin: true }),
    report: () => {
      child.send({ report: true });
      return hear<LoadReport>(child, 20_000);
    },
    close: () => child.kill('SIGKILL'),
  };
}

async function hear<T>(child: ChildProcess, timeoutMs: number): Promise<T> {
  const [message] = await once(child, 'message', { signal: AbortSignal.timeout(timeoutMs) });
  return message as T;
}

const toWebOptions = ({ postgresUrl, home, guard }: LiveContext, redis: PrivateRedis) => ({
  sources: [{ name: SOURCE, url: redis.url }],
  databaseUrl: postgresUrl,
  home,
  guard,
});

async function withWeb<T>(context: LiveContext, redis: PrivateRedis, run: (web: Web) => Promise<T>): Promise<T> {
  const web = await startWeb(toWebOptions(context, redis));
  try {
    return await run(web);
  } finally {
    await web.stop();
  }
}
