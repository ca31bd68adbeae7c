import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectRedis } from '@/lib/backends/bullmq/redis/connect';
import { openWorkerBroker, type WorkerBroker } from '@/lib/backends/bullmq/worker/broker';
import { openBackend } from '@/lib/backends/registry';
import { SourceConfig } from '@/lib/env';
import { Sketch } from '@/lib/store/figures/sketch';
import { openStore, type Store } from '@/lib/store/store';
import { startPostgresBroker } from '@/lib/testing/brokers';
import { startRedis, type TestServer } from '@/lib/testing/servers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { until, untilReached } from '@/lib/testing/until';
import { recordHistory } from './record-history';

const QUEUE = 'truth';
const DAY_MS = 86_400_000;
/** Every 20th fails twice and then for good, every 10th of the others fails once. */
const outcomeOf = (n: number) => (n % 20 === 0 ? 'fails' : n % 10 === 1 ? 'recovers' : 'completes');
const durationOf = (n: number) => 300 + ((n * 7_919) % 600);

interface BrokerEvent {
  at: number;
  kind: string;
  job: string;
  prev: string | null;
}

/** What the figures are held against: the broker's own events, read beside the recorder by another way. */
interface Tail {
  /** Those after the ones that it gave before, oldest first; again and again while jobs run. */
  read(): Promise<BrokerEvent[]>;
  /** Once, when no job runs any more. */
  readRest(): Promise<BrokerEvent[]>;
  close(): Promise<void>;
}

interface Case {
  name: string;
  jobs: number;
  slots: number;
  start(): Promise<TestServer>;
  openTail(source: SourceConfig): Promise<Tail>;
  /** Has the broker forget events behind the cursor before they are recorded; resolves to their jobs. */
  trim: ((source: SourceConfig, cursor: string) => Promise<string[]>) | null;
}

const eventsKey = `bull:${QUEUE}:events`;

const CASES: Case[] = [
  {
    name: 'Redis',
    jobs: 20_000,
    slots: 1_100,
    start: startRedis,
    async openTail(source) {
      const reader = connectRedis(source, 'worker');
      await reader.hset(`bull:${QUEUE}:meta`, 'opts.maxLenEvents', '2000000');
      let after = '0-0';
      return {
        async read() {
          const entries = await reader.xrange(eventsKey, `(${after}`, '+', 'COUNT', 5_000);
          after = entries.at(-1)?.[0] ?? after;
          return entries.map(([id, [, kind = '', , job = '', ...rest]]) => ({
            ...{ at: Number(id.split('-')[0]), kind, job },
            prev: rest.includes('active') ? 'active' : null,
          }));
        },
        readRest: async () => [],
        close: async () => reader.disconnect(),
      };
    },
    async trim(source, cursor) {
      const raw = connectRedis(source, 'worker');
      const unread = await raw.xrange(eventsKey, `(${cursor}`, '+', 'COUNT', 1_500);
      await raw.xtrim(eventsKey, 'MINID', unread.at(-1)?.[0] ?? '0');
      raw.disconnect();
      expect(unread).toHaveLength(1_500);
      return unread.map(([, [, , , job = '']]) => job);
    },
  },
  {
    name: 'PostgreSQL',
    jobs: 6_000,
    slots: 300,
    start: startPostgresBroker,
    async openTail(source) {
      const client = new pg.Client({ connectionString: source.url, options: '-c search_path=bullmq' });
      await client.connect();
      await client.query(`INSERT INTO meta (queue, field, value) VALUES ($1, 'opts.maxLenEvents', '2000000')`, [QUEUE]);
      return {
        // A lower id may be committed after a higher one: all are read when all is over.
        read: async () => [],
        async readRest() {
          const { rows } = await client.query<BrokerEvent>(
            `SELECT created_at_ms::float8 AS at, event AS kind, coalesce(data->>'jobId', '') AS job, data->>'prev' AS prev
               FROM event WHERE queue = $1 ORDER BY id`,
            [QUEUE],
          );
          return rows;
        },
        close: () => client.end(),
      };
    },
    trim: null,
  },
];

/** How long each attempt waited and ran by the broker's own clock: what this process is late with would be none of the record's. */
function watchEvents(tail: Tail): { stop(): Promise<{ runs: Span[]; waits: Span[] }> } {
  const events: BrokerEvent[] = [];
  let stopping = false;
  const reading = (async () => {
    for (let idle = 0; !(stopping && idle > 2); ) {
      const more = await tail.read();
      events.push(...more);
      idle = more.length === 0 ? idle + 1 : 0;
      await sleep(more.length < 5_000 ? 250 : 0);
    }
    events.push(...(await tail.readRest()));
    await tail.close();
  })();
  return {
    async stop() {
      stopping = true;
      await reading;
      return readTimes(events);
    },
  };
}

interface Span {
  job: string;
  ms: number;
}

function readTimes(events: BrokerEvent[]): { runs: Span[]; waits: Span[] } {
  const runs: Span[] = [];
  const waits: Span[] = [];
  const since = new Map<string, number>();
  for (const { at, kind, job, prev } of events) {
    const before = since.get(job);
    if (kind === 'active' && before !== undefined) waits.push({ job, ms: at - before });
    const ends = kind === 'completed' || kind === 'failed' || (kind === 'waiting' && prev === 'active');
    if (ends && before !== undefined) runs.push({ job, ms: at - before });
    if (kind === 'waiting' || kind === 'active') since.set(job, at);
  }
  return { runs, waits };
}

function quantileOf(spans: Span[], q: number): number {
  const times = spans.map(({ ms }) => ms).sort((a, b) => a - b);
  return times[Math.floor(q * (times.length - 1))] ?? 0;
}

/** Both only grow; BullMQ's worker ends no job before it has taken one for each of its slots. */
interface Ran {
  started: number;
  ended: number;
}

/** How fast so many jobs run is the machine's affair; that none is taken and none ends for so long is not. */
async function untilEnded(ran: Ran, wanted: number, stuckMs = 60_000): Promise<void> {
  let before = -1;
  for (let stuck = Date.now() + stuckMs; ran.ended < wanted; await sleep(250)) {
    const now = ran.started + ran.ended;
    if (now > before) stuck = Date.now() + stuckMs;
    before = now;
    if (Date.now() > stuck) throw new Error(`${ran.ended} of ${wanted} jobs ended, and no more`);
  }
}

const sum = (rows: Record<string, number>[], name: string) => rows.reduce((total, row) => total + (row[name] ?? 0), 0);

describe.each(CASES)('the truth of figures on $name', ({ jobs, slots, start, openTail, trim }) => {
  let broker: TestServer;
  let source: SourceConfig;
  let client: WorkerBroker;
  let store: Store;

  // For each try anew: what one has counted is none of the next one's.
  beforeEach(async () => {
    broker = await start();
    source = SourceConfig.parse({ name: 'test', url: broker.url });
    client = await openWorkerBroker(source);
    store = openStore(await createTestDatabase());
  });
  afterEach(async () => {
    await client.close();
    await store.close();
    await broker.stop();
  });

  function startRecorder(): () => Promise<void> {
    const stopping = new AbortController();
    const backend = openBackend(source, { role: 'web' });
    const owner = `owner-${Math.random()}`;
    const ended = recordHistory({ store, backend, owner, keepMs: 30 * DAY_MS, signal: stopping.signal });
    return async () => {
      stopping.abort();
      await ended;
      await backend.close();
    };
  }
  const readFigures = () =>
    store.query<Record<string, number> & { run: Buffer | null; wait: Buffer | null }>(
      `SELECT f.* FROM queuedeck.figure f JOIN queuedeck.scope s ON s.id = f.scope_id WHERE s.kind = 1 AND s.queue = $1 AND f.level = 0`,
      [QUEUE],
    );

  it(`counts ${jobs} jobs exactly, each removed as it ends, over a restart${trim ? ' and a trimmed stream' : ''}`, async () => {
    const truth = watchEvents(await openTail(source));
    const stopFirst = startRecorder();
    await until(
      async () => (await store.query('SELECT 1 FROM queuedeck.recorder WHERE cursor IS NOT NULL')).length > 0,
    );
    const queue = client.openQueue(QUEUE);
    const ran: Ran = { started: 0, ended: 0 };
    const worker = client.openWorker(
      QUEUE,
      async (job) => {
        const { n } = job.data as { n: number };
        await sleep(durationOf(n));
        const outcome = outcomeOf(n);
        if (outcome === 'fails' || (outcome === 'recovers' && job.attemptsMade === 0))
          throw new Error(`no luck with ${n}`);
      },
      { concurrency: slots, metrics: { maxDataPoints: 1_000 }, lockDuration: 120_000 },
    );
    worker.on('error', () => undefined);
    worker.on('active', () => {
      ran.started += 1;
    });
    for (const event of ['completed', 'failed'] as const)
      worker.on(event, (job: { finishedOn?: number } | undefined) => {
        if (job?.finishedOn) ran.ended += 1;
      });
    const adding = (async () => {
      for (let at = 0; at < jobs; at += 500) {
        await sleep(50);
        await queue.addBulk(
          Array.from({ length: 500 }, (_, i) => ({
            name: (at + i) % 2 ? 'odd' : 'even',
            data: { n: at + i },
            opts: { attempts: outcomeOf(at + i) === 'completes' ? 1 : 2, removeOnComplete: true, removeOnFail: true },
          })),
        );
      }
    })();
    await untilEnded(ran, jobs * 0.4);
    await stopFirst();
    const [row] = await store.query<{ cursor: string }>(
      'SELECT cursor FROM queuedeck.recorder_queue WHERE name = to_json($1::text)::text',
      [QUEUE],
    );
    await untilEnded(ran, jobs * 0.5);
    const trimmed = new Set(await trim?.(source, row?.cursor ?? ''));
    const stopSecond = startRecorder();
    await adding;
    await untilEnded(ran, jobs);
    if (trim) await until(async () => (await store.query('SELECT 1 FROM queuedeck.recording_gap')).length > 0);
    const recorded = async () => {
      const rows = await readFigures();
      return sum(rows, 'completed') + sum(rows, 'failed');
    };
    await untilReached(recorded, jobs, 'recorded');
    await sleep(2_000);
    await stopSecond();
    const { runs, waits } = await truth.stop();
    await worker.close(true);
    await queue.close();

    const rows = await readFigures();
    const failing = Array.from({ length: jobs }, (_, n) => outcomeOf(n)).filter((one) => one === 'fails').length;
    expect({
      added: sum(rows, 'added'),
      completed: sum(rows, 'completed'),
      failed: sum(rows, 'failed'),
    }).toEqual({ added: jobs, completed: jobs - failing, failed: failing });
    const gaps = await store.query<{ unseen: number }>('SELECT unseen FROM queuedeck.recording_gap');
    if (trim) expect(gaps[0]?.unseen).toBeGreaterThan(0);
    else expect(gaps).toEqual([]);
    expect(runs.length).toBeGreaterThan(jobs);
    if (!trim) expect(waits).toHaveLength(sum(rows, 'started'));
    for (const [name, spans] of [
      ['run', runs],
      ['wait', waits],
    ] as const) {
      const merged = new Sketch();
      for (const one of rows) if (one[name]) merged.merge(Sketch.decode(one[name] as Buffer));
      // Of the jobs whose events were trimmed some times are known by their fields, and some are not: as many as these, whichever.
      const seen = spans.filter(({ job }) => !trimmed.has(job));
      const lost = spans.filter(({ job }) => trimmed.has(job)).sort((a, b) => a.ms - b.ms);
      const known = merged.count - seen.length;
      expect(known, `${name} of trimmed jobs`).toBeGreaterThanOrEqual(0);
      expect(known, `${name} of trimmed jobs`).toBeLessThanOrEqual(lost.length);
      for (const q of [0.5, 0.95, 0.99]) {
        const told = merged.quantile(q) ?? 0;
        const least = quantileOf([...seen, ...lost.slice(0, known)], q);
        const most = quantileOf([...seen, ...lost.slice(lost.length - known)], q);
        expect(told, `${name} p${q * 100}`).toBeGreaterThan(least * 0.98);
        expect(told, `${name} p${q * 100}`).toBeLessThan(most * 1.02);
      }
    }
  }, 480_000);
});
