import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRedis } from '@/lib/backends/bullmq/redis/connect';
import { openWorkerBroker, type WorkerBroker } from '@/lib/backends/bullmq/worker/broker';
import { openBackend } from '@/lib/backends/registry';
import { SourceConfig } from '@/lib/env';
import { Sketch } from '@/lib/store/figures/sketch';
import { openStore, type Store } from '@/lib/store/store';
import { startRedis, type TestServer } from '@/lib/testing/servers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { recordHistory } from './record-history';

const JOBS = 50_000;
const QUEUE = 'truth';
const DAY_MS = 86_400_000;
/** Every 20th fails twice and then for good, every 10th of the others fails once. */
const outcomeOf = (n: number) => (n % 20 === 0 ? 'fails' : n % 10 === 1 ? 'recovers' : 'completes');
const durationOf = (n: number) => 300 + ((n * 7_919) % 600);

let redis: TestServer;
let source: SourceConfig;
let client: WorkerBroker;
let store: Store;

beforeAll(async () => {
  redis = await startRedis();
  source = SourceConfig.parse({ name: 'test', url: redis.url });
  client = await openWorkerBroker(source);
  store = openStore(await createTestDatabase());
});
afterAll(async () => {
  await client.close();
  await store.close();
  await redis.stop();
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

/** How long each attempt waited and ran by the broker's own clock: what this process is late with would be none of the record's. */
function watchEvents(): { stop(): Promise<{ runs: number[]; waits: number[] }> } {
  const reader = connectRedis(source, 'worker');
  const runs: number[] = [];
  const waits: number[] = [];
  const since = new Map<string, number>();
  let stopping = false;
  const reading = (async () => {
    for (let at = '0-0', idle = 0; !(stopping && idle > 2); ) {
      const entries = await reader.xrange(`bull:${QUEUE}:events`, `(${at}`, '+', 'COUNT', 5_000);
      idle = entries.length === 0 ? idle + 1 : 0;
      for (const [id, [, kind = '', , job = '', ...rest]] of entries) {
        at = id;
        const ms = Number(id.split('-')[0]);
        const before = since.get(job);
        if (kind === 'active' && before !== undefined) waits.push(ms - before);
        const failsAgain = kind === 'waiting' && rest.includes('active');
        if ((kind === 'completed' || kind === 'failed' || failsAgain) && before !== undefined) runs.push(ms - before);
        if (kind === 'waiting' || kind === 'active') since.set(job, ms);
      }
      await sleep(entries.length < 5_000 ? 250 : 0);
    }
    reader.disconnect();
  })();
  return {
    async stop() {
      stopping = true;
      await reading;
      return { runs, waits };
    },
  };
}

async function readFigures() {
  return store.query<Record<string, number> & { run: Buffer | null; wait: Buffer | null }>(
    `SELECT f.* FROM queuedeck.figure f JOIN queuedeck.scope s ON s.id = f.scope_id WHERE s.kind = 1 AND s.queue = $1 AND f.level = 0`,
    [QUEUE],
  );
}

const sum = (rows: Record<string, number>[], name: string) => rows.reduce((total, row) => total + (row[name] ?? 0), 0);

async function until(what: () => Promise<boolean>, limitMs: number): Promise<void> {
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(250)) if (await what()) return;
  throw new Error('it never came');
}

describe('the truth of figures', () => {
  it(`counts ${JOBS} jobs exactly, each removed as it ends, over a restart and a trimmed stream`, async () => {
    const raw = connectRedis(source, 'worker');
    await raw.hset(`bull:${QUEUE}:meta`, 'opts.maxLenEvents', '2000000');
    const stopFirst = startRecorder();
    await until(
      async () => (await store.query('SELECT 1 FROM queuedeck.recorder WHERE cursor IS NOT NULL')).length > 0,
      10_000,
    );
    const queue = client.openQueue(QUEUE);
    const truth = watchEvents();
    let ended = 0;
    const worker = client.openWorker(
      QUEUE,
      async (job) => {
        const { n } = job.data as { n: number };
        await sleep(durationOf(n));
        const outcome = outcomeOf(n);
        if (outcome === 'fails' || (outcome === 'recovers' && job.attemptsMade === 0))
          throw new Error(`no luck with ${n}`);
      },
      { concurrency: 1_100, metrics: { maxDataPoints: 1_000 }, lockDuration: 120_000 },
    );
    worker.on('error', () => undefined);
    for (const event of ['completed', 'failed'] as const)
      worker.on(event, (job: { finishedOn?: number } | undefined) => {
        if (job?.finishedOn) ended += 1;
      });
    const adding = (async () => {
      for (let at = 0; at < JOBS; at += 500) {
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
    await until(async () => ended > JOBS * 0.4, 60_000);
    await stopFirst();
    const seen = await raw.xlen(`bull:${QUEUE}:events`);
    const [row] = await store.query<{ cursor: Record<string, string> }>('SELECT cursor FROM queuedeck.recorder');
    await until(async () => ended > JOBS * 0.5, 60_000);
    const unread = await raw.xrange(`bull:${QUEUE}:events`, `(${row?.cursor[QUEUE]}`, '+', 'COUNT', 1_500);
    await raw.xtrim(`bull:${QUEUE}:events`, 'MINID', unread.at(-1)?.[0] ?? '0');
    expect(seen).toBeGreaterThan(1_500);
    const stopSecond = startRecorder();
    await adding;
    await until(async () => ended >= JOBS, 120_000);
    await until(async () => (await store.query('SELECT 1 FROM queuedeck.recording_gap')).length > 0, 30_000);
    await until(async () => sum(await readFigures(), 'completed') + sum(await readFigures(), 'failed') >= JOBS, 30_000);
    await sleep(2_000);
    await stopSecond();
    const { runs, waits } = await truth.stop();
    await worker.close(true);
    await queue.close();
    raw.disconnect();

    const rows = await readFigures();
    const failing = Array.from({ length: JOBS }, (_, n) => outcomeOf(n)).filter((one) => one === 'fails').length;
    expect({
      added: sum(rows, 'added'),
      completed: sum(rows, 'completed'),
      failed: sum(rows, 'failed'),
    }).toEqual({ added: JOBS, completed: JOBS - failing, failed: failing });
    const [gap] = await store.query<{ unseen: number }>('SELECT unseen FROM queuedeck.recording_gap');
    expect(gap?.unseen).toBeGreaterThan(0);
    for (const [name, times] of [
      ['run', runs],
      ['wait', waits],
    ] as const) {
      const merged = new Sketch();
      for (const one of rows) if (one[name]) merged.merge(Sketch.decode(one[name] as Buffer));
      times.sort((a, b) => a - b);
      for (const q of [0.5, 0.95, 0.99]) {
        const exact = times[Math.floor(q * (times.length - 1))] ?? 0;
        const told = merged.quantile(q) ?? 0;
        expect(Math.abs(told - exact) / exact, `${name} p${q * 100}: ${told} for ${exact}`).toBeLessThan(0.02);
      }
    }
  }, 240_000);
});
