import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startWeb, type Web } from '@/e2e/support/start-web';
import { computeWaitMs } from '@/lib/client/http/patience';
import { startPrivateRedis } from '../broker/private-redis';
import type { BenchContext } from '../context';
import { openRecordedJobs, RECORDED_SOURCE } from '../fixture/recorded-jobs';
import type { BenchRow } from '../rows';
import { percentile } from '../stats';
import { type Answer, HttpConnection } from '../web/http-connection';

const VIEWERS = 20;
const SECONDS = 30;
const ENQUEUED_PER_SECOND = 50;
const READY_EVERY_MS = 200;
/** A service keeps so many connections; a job whose turn has come takes any that is free. */
const SERVICE_CONNECTIONS = 30;
const SEARCH = `/api/v1/jobs?limit=50&q=${encodeURIComponent('data:*a*b*c*')}`;
const QUEUE = `/api/v1/queues/${RECORDED_SOURCE}/service/jobs`;

/** Twenty people look through 1,000,000 recorded jobs, as browsers do, while a service enqueues: what the service has of it. */
export async function measureStarve(context: BenchContext): Promise<BenchRow[]> {
  const databaseUrl = await openRecordedJobs(context);
  const redis = await startPrivateRedis(path.join(context.home, 'starve'), context.guard);
  const sources = [{ name: RECORDED_SOURCE, url: redis.url }];
  const web = await startWeb({ sources, databaseUrl, home: context.home, guard: context.guard });
  try {
    await warmUp(web);
    return await measure(web);
  } finally {
    await web.stop();
    await redis.stop();
  }
}

/** The first of each loads code and opens connections. */
async function warmUp({ port }: Web): Promise<void> {
  const connection = await HttpConnection.open(port);
  for (let i = 0; i < 20; i += 1) await connection.post(QUEUE, '{"name":"warm"}');
  for (const one of [SEARCH, '/api/v1/readyz']) await connection.get(one);
  connection.close();
}

async function measure({ port }: Web): Promise<BenchRow[]> {
  const until = performance.now() + SECONDS * 1000;
  const [searches, enqueued, ready] = await Promise.all([
    Promise.all(Array.from({ length: VIEWERS }, () => view(port, until))).then((all) => all.flat()),
    enqueue(port, until),
    watchReady(port, until),
  ]);
  const found = searches.filter(({ status }) => status === 200).map(({ ms }) => ms);
  const waits = searches.filter(({ status }) => status === 429).length;
  const times = enqueued.map(({ ms }) => ms);
  const label = `${VIEWERS} viewers in 1,000,000 jobs`;
  const shown = (share: number) => percentile(times, share).toFixed(0);
  return [
    {
      name: `enqueue p99 at ${ENQUEUED_PER_SECOND}/s, ${label}`,
      reach: 250,
      value: percentile(times, 0.99),
      unit: 'ms',
      peer: null,
      note: `p50 ${shown(0.5)} p95 ${shown(0.95)} max ${shown(1)} ms; ${enqueued.length.toLocaleString('en-GB')} jobs`,
    },
    {
      name: `enqueue answered 5xx, ${label}`,
      reach: 0,
      value: enqueued.filter(({ status }) => status >= 500).length,
      unit: '',
      peer: null,
      note: `${enqueued.filter(({ status }) => status !== 201).length} not 201`,
    },
    {
      name: `readyz not 200, ${label}`,
      reach: 0,
      value: ready.filter(({ status }) => status !== 200).length,
      unit: '',
      peer: null,
      note: `of ${ready.length}; p99 ${percentile(
        ready.map(({ ms }) => ms),
        0.99,
      ).toFixed(0)} ms`,
    },
    {
      name: `searches answered 5xx, ${label}`,
      reach: 0,
      value: searches.filter(({ status }) => status >= 500).length,
      unit: '',
      peer: null,
      note: `${found.length} found, p50 ${percentile(found, 0.5).toFixed(0)} ms; ${waits} times told to wait`,
    },
  ];
}

type Seen = Pick<Answer, 'status' | 'ms'>;

/** Searches again and again; told to wait, it waits as lib/client/http/patience.ts does. */
async function view(port: number, until: number): Promise<Seen[]> {
  const connection = await HttpConnection.open(port);
  const seen: Seen[] = [];
  while (performance.now() < until) {
    const { status, ms, headers } = await connection.get(SEARCH);
    seen.push({ status, ms });
    if (status !== 200) await sleep(computeWaitMs(/\r\nretry-after: (\d+)/i.exec(headers)?.[1] ?? null, Math.random()));
  }
  connection.close();
  return seen;
}

/** One job each 20 ms, whatever became of those before: its time counts from when it was due. */
async function enqueue(port: number, until: number): Promise<Seen[]> {
  const free = await Promise.all(Array.from({ length: SERVICE_CONNECTIONS }, () => HttpConnection.open(port)));
  const open = new Set(free);
  const asked: Promise<Seen>[] = [];
  const send = async (dueAt: number, n: number): Promise<Seen> => {
    const connection = free.pop() ?? (await HttpConnection.open(port));
    open.add(connection);
    const { status } = await connection.post(QUEUE, JSON.stringify({ name: 'order', data: { n } }));
    free.push(connection);
    return { status, ms: performance.now() - dueAt };
  };
  const from = performance.now();
  for (let n = 0; ; n += 1) {
    const dueAt = from + (n * 1000) / ENQUEUED_PER_SECOND;
    if (dueAt > until) break;
    await sleep(Math.max(0, dueAt - performance.now()));
    asked.push(send(dueAt, n));
  }
  const all = await Promise.all(asked);
  for (const connection of open) connection.close();
  return all;
}

async function watchReady(port: number, until: number): Promise<Seen[]> {
  const connection = await HttpConnection.open(port);
  const seen: Seen[] = [];
  while (performance.now() < until) {
    const { status, ms } = await connection.get('/api/v1/readyz');
    seen.push({ status, ms });
    await sleep(READY_EVERY_MS);
  }
  connection.close();
  return seen;
}
