import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase } from '@/lib/testing/servers';
import { Connection } from '../broker/connection';
import { type PrivateRedis, startPrivateRedis } from '../broker/private-redis';
import type { BenchContext } from '../context';
import {
  openRecorder,
  PATIENCE_MS,
  readBytesPerJob,
  readEnded,
  readLag,
  runWorkload,
  waitForCursor,
  waitForEnded,
  waitForTold,
} from '../recorder/recorded';
import type { BenchRow } from '../rows';
import { median } from '../stats';

const WARM_JOBS = 2_000;
const BURST_JOBS = 60_000;
const SHARE_JOBS = 20_000;
const SHARE_ROUNDS = 3;
const BACKFILL_JOBS = 1_000_000;

/**
 * What the record costs: the broker at a steady pace, its throughput with and without, how fast a burst is caught up with, and a
 * million jobs that were there before.
 */
export async function measureRecorder(context: BenchContext): Promise<BenchRow[]> {
  const redis = await startPrivateRedis(path.join(context.home, 'recorder'), context.guard);
  const connection = await Connection.open(redis.port);
  try {
    const rows = await measureSteady(context, redis);
    rows.push(...(await measureSustained(context, redis)));
    rows.push(await measureBurst(context, redis));
    await connection.call('FLUSHALL');
    rows.push(await measureShare(context, redis, connection));
    rows.push(...(await measureBackfill(context)));
    return rows;
  } finally {
    connection.close();
    await redis.stop();
  }
}

interface Pace {
  commandsPerJob: number;
  /** Of one core, percent. */
  coreShare: number;
  cpuMs: number;
  jobs: number;
  /** The most that the record was behind while the jobs came; and how long after the last of them it was complete. */
  lagMs: number;
  afterMs: number;
  /** How many the broker had trimmed before they were read. */
  unseen: number;
  bytesPerJob: number;
}

/** Jobs of a queue that is known, at a pace, recorded as they come. */
async function measurePace(
  context: BenchContext,
  redis: PrivateRedis,
  perSecond: number,
  seconds: number,
): Promise<Pace> {
  const { store, monitor, close } = await openRecorder(context, redis.url);
  const queue = `pace-${perSecond}`;
  try {
    // The queue is known by then: one that is new is met within seconds.
    await runWorkload({ url: redis.url, queue, jobs: WARM_JOBS, perSecond: 500 });
    await waitForEnded(store, queue, WARM_JOBS);
    await sleep(2_000);
    const before = await monitor.readUse();
    const from = performance.now();
    const jobs = perSecond * seconds;
    let lagMs = 0;
    let isRunning = true;
    const watching = (async () => {
      for (; isRunning; await sleep(250)) lagMs = Math.max(lagMs, await readLag(store));
    })();
    let [afterMs, unseen] = [0, 0];
    try {
      await runWorkload({ url: redis.url, queue, jobs, perSecond });
      const ranAt = performance.now();
      unseen = await waitForTold(store, queue, WARM_JOBS + jobs);
      afterMs = performance.now() - ranAt;
    } finally {
      isRunning = false;
      await watching;
    }
    const used = await monitor.readUse();
    const cpuMs = used.cpuMs - before.cpuMs;
    return {
      commandsPerJob: (used.commands - before.commands) / jobs,
      coreShare: (cpuMs / (performance.now() - from)) * 100,
      cpuMs,
      jobs,
      lagMs,
      afterMs,
      unseen,
      bytesPerJob: await readBytesPerJob(store),
    };
  } finally {
    await close();
  }
}

async function measureSteady(context: BenchContext, redis: PrivateRedis): Promise<BenchRow[]> {
  const { commandsPerJob, coreShare, cpuMs, jobs, lagMs, bytesPerJob } = await measurePace(context, redis, 500, 20);
  return [
    { name: 'recorder at 500 jobs/s: broker commands per job', reach: 3, value: commandsPerJob, unit: '', peer: null },
    {
      name: 'recorder at 500 jobs/s: share of a core',
      reach: 10,
      value: coreShare,
      unit: '%',
      peer: null,
      note: `${Math.round(cpuMs)} ms of CPU for ${jobs.toLocaleString('en-GB')} jobs; at most ${Math.round(lagMs)} ms behind`,
    },
    {
      name: 'store for a job that ran, of 500 bytes, indexes included',
      reach: 1_024,
      value: bytesPerJob,
      unit: 'B',
      peer: null,
    },
  ];
}

/** Workers, broker, store and recorder share the cores; what comes is recorded as fast as it comes. */
async function measureSustained(context: BenchContext, redis: PrivateRedis): Promise<BenchRow[]> {
  const { coreShare, jobs, lagMs, afterMs, unseen } = await measurePace(context, redis, 3_000, 20);
  const all = jobs.toLocaleString('en-GB');
  return [
    {
      name: 'recorder at 3,000 jobs/s: the most that it was behind',
      reach: 2_000,
      value: Math.max(lagMs, afterMs),
      unit: 'ms',
      peer: null,
      note: `${all} jobs; complete ${Math.round(afterMs)} ms after the workload's end; ${coreShare.toFixed(0)} % of a core`,
    },
    {
      name: 'recorder at 3,000 jobs/s: trimmed before it read them, and told',
      reach: 0,
      value: unseen,
      unit: '',
      peer: null,
      note: `of ${all} jobs; BullMQ keeps 10,000 events, which is 0.8 s of them`,
    },
  ];
}

/** Jobs that ran at full speed while nobody recorded: how fast they are caught up with. */
async function measureBurst(context: BenchContext, redis: PrivateRedis): Promise<BenchRow> {
  const databaseUrl = await createDatabase(context.postgresUrl);
  const first = await openRecorder(context, redis.url, databaseUrl);
  await waitForCursor(first.store);
  await first.close();
  const { seconds: ran } = await runWorkload({
    url: redis.url,
    queue: 'burst',
    jobs: BURST_JOBS,
    perSecond: null,
    maxEvents: 10_000_000,
  });
  const { store, close } = await openRecorder(context, redis.url, databaseUrl);
  try {
    await waitForEnded(store, 'burst', 1);
    const from = performance.now();
    const already = await readEnded(store, 'burst');
    await waitForEnded(store, 'burst', BURST_JOBS);
    const perSecond = (BURST_JOBS - already) / ((performance.now() - from) / 1000);
    return {
      name: '3,000 jobs that ran, recorded',
      reach: 1_000,
      value: (3_000 / perSecond) * 1000,
      unit: 'ms',
      peer: null,
      note: `${Math.round(perSecond).toLocaleString('en-GB')} jobs/s, catching up with ${BURST_JOBS.toLocaleString('en-GB')}; they ran at ${Math.round(BURST_JOBS / ran).toLocaleString('en-GB')} jobs/s`,
    };
  } finally {
    await close();
  }
}

/** The same work with the recorder and without, in turn; the median of each. */
async function measureShare(context: BenchContext, redis: PrivateRedis, connection: Connection): Promise<BenchRow> {
  const rates: Record<'with' | 'without', number[]> = { with: [], without: [] };
  const databaseUrl = await createDatabase(context.postgresUrl);
  for (let round = 0; round < SHARE_ROUNDS * 2; round += 1) {
    const how = round % 2 === 0 ? 'without' : 'with';
    const recorder = how === 'with' ? await openRecorder(context, redis.url, databaseUrl) : null;
    if (recorder) await waitForCursor(recorder.store);
    const { seconds } = await runWorkload({
      url: redis.url,
      queue: `share-${round}`,
      jobs: SHARE_JOBS,
      perSecond: null,
    });
    rates[how].push(SHARE_JOBS / seconds);
    await recorder?.close();
    await connection.call('FLUSHALL');
  }
  const [on, off] = [median(rates.with), median(rates.without)];
  return {
    name: 'throughput that the broker loses by being recorded',
    reach: 5,
    value: Math.max(0, (1 - on / off) * 100),
    unit: '%',
    peer: null,
    note: `${Math.round(on).toLocaleString('en-GB')} jobs/s with, ${Math.round(off).toLocaleString('en-GB')} without; worker, broker, store and recorder on the same cores`,
  };
}

/** The fixture's queues, of which nothing was recorded yet. */
async function measureBackfill(context: BenchContext): Promise<BenchRow[]> {
  const from = performance.now();
  const { store, monitor, close } = await openRecorder(context, context.redis.url);
  try {
    const before = await monitor.readUse();
    let jobs = 0;
    let said = 0;
    for (const until = Date.now() + PATIENCE_MS; jobs < BACKFILL_JOBS && Date.now() < until; await sleep(2_000)) {
      const [row] = await store.query<{ n: number }>('SELECT count(*)::int AS n FROM queuedeck.job');
      jobs = row?.n ?? 0;
      if (jobs - said < 200_000) continue;
      said = jobs;
      context.say(`  ${jobs.toLocaleString('en-GB')} jobs read back`);
    }
    const seconds = (performance.now() - from) / 1000;
    const used = await monitor.readUse();
    const perJob = ((used.commands - before.commands) / Math.max(1, jobs)).toFixed(2);
    return [
      {
        name: '1,000,000 jobs that were there before, recorded',
        reach: 300,
        value: (seconds * BACKFILL_JOBS) / jobs,
        unit: 's',
        peer: null,
        note: `${jobs.toLocaleString('en-GB')} in ${seconds.toFixed(0)} s, ${perJob} broker commands each`,
      },
      {
        name: 'store for a job of the fixture, indexes included',
        reach: null,
        value: await readBytesPerJob(store),
        unit: 'B',
        peer: null,
      },
    ];
  } finally {
    await close();
  }
}
