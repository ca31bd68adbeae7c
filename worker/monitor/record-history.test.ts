import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BullQueue, openWorkerBroker, type WorkerBroker } from '@/lib/backends/bullmq/worker/broker';
import { openBackend } from '@/lib/backends/registry';
import { SourceConfig } from '@/lib/env';
import { openStore, type Store } from '@/lib/store/store';
import { startPostgresBroker } from '@/lib/testing/brokers';
import { startRedis, type TestServer } from '@/lib/testing/servers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { recordHistory } from './record-history';

const SOURCE = 'test';
const DAY_MS = 86_400_000;

/** Each test runs on the broker of its group. */
let open: () => Promise<TestServer> = startRedis;
let server: TestServer;
let client: WorkerBroker;
let store: Store;
let closers: (() => Promise<unknown>)[] = [];
let stopRecorders: (() => Promise<void>)[] = [];

beforeEach(async () => {
  server = await open();
  client = await openWorkerBroker(SourceConfig.parse({ name: SOURCE, url: server.url }));
  store = openStore(await createTestDatabase());
});
afterEach(async () => {
  for (const stop of stopRecorders) await stop();
  for (const close of closers.reverse()) await close();
  closers = [];
  stopRecorders = [];
  await client.close();
  await store.close();
  await server.stop();
});

function startRecorder(reconcileEveryMs?: number): () => Promise<void> {
  const stopping = new AbortController();
  const backend = openBackend(SourceConfig.parse({ name: SOURCE, url: server.url }), { role: 'web' });
  const ended = recordHistory({
    store,
    backend,
    owner: `owner-${Math.random()}`,
    keepMs: 30 * DAY_MS,
    signal: stopping.signal,
    ...(reconcileEveryMs === undefined ? {} : { reconcileEveryMs }),
  });
  const stop = async () => {
    stopping.abort();
    await ended;
    await backend.close();
  };
  stopRecorders.push(stop);
  return stop;
}

function openQueue(name: string): BullQueue {
  const queue = client.openQueue(name);
  queue.on('error', () => undefined);
  closers.push(() => queue.close());
  return queue;
}

function openWorker(name: string, run: (n: number) => Promise<unknown>, options: object = {}): void {
  const worker = client.openWorker(name, async (job) => run((job.data as { n: number }).n), {
    name: 'host-1:42',
    ...options,
  });
  worker.on('error', () => undefined);
  closers.push(() => worker.close(true));
}

async function figures(queue: string) {
  const [row] = await store.query<Record<string, number>>(
    `SELECT coalesce(sum(added), 0)::int AS added, coalesce(sum(started), 0)::int AS started, coalesce(sum(completed), 0)::int AS completed,
            coalesce(sum(failed), 0)::int AS failed, coalesce(sum(failed_attempts), 0)::int AS failed_attempts,
            coalesce(sum(retried), 0)::int AS retried, coalesce(sum(unseen), 0)::int AS unseen
       FROM queuedeck.figure f JOIN queuedeck.scope s ON s.id = f.scope_id WHERE s.kind = 1 AND s.queue = $1 AND f.level = 0`,
    [queue],
  );
  return row as Record<string, number>;
}

async function jobs(queue: string) {
  return store.query<Record<string, unknown>>(
    `SELECT j.*, k.name AS kind, w.name AS worker, g.title FROM queuedeck.job j JOIN queuedeck.scope q ON q.id = j.queue_id
       JOIN queuedeck.scope k ON k.id = j.kind_id LEFT JOIN queuedeck.seen_worker w ON w.id = j.worker_id
       LEFT JOIN queuedeck.failure_group g ON g.id = j.group_id WHERE q.queue = $1 ORDER BY j.n`,
    [queue],
  );
}

async function until(what: () => Promise<boolean>, limitMs = 15_000): Promise<void> {
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(100)) if (await what()) return;
  throw new Error('it never came');
}

const isRecording = async () =>
  (await store.query('SELECT 1 FROM queuedeck.recorder WHERE cursor IS NOT NULL')).length === 1;

describe.each([
  ['Redis', startRedis],
  ['PostgreSQL', startPostgresBroker],
])('recording BullMQ on %s', (_name, start) => {
  beforeAll(() => {
    open = start;
  });

  it('keeps what ran, with times, worker, data and result, also when the broker forgot it', async () => {
    startRecorder();
    await until(isRecording);
    const queue = openQueue('emails');
    await queue.addBulk(
      Array.from({ length: 20 }, (_, n) => ({ name: 'welcome', data: { n }, opts: { removeOnComplete: true } })),
    );
    await until(async () => (await jobs('emails')).length === 20);
    openWorker('emails', async (n) => ({ sent: n }));
    await until(async () => (await figures('emails')).completed === 20);
    expect(await figures('emails')).toMatchObject({ added: 20, started: 20, completed: 20, failed: 0 });
    const [first] = await jobs('emails');
    expect(first).toMatchObject({ id: '1', kind: 'welcome', state: 5 });
    expect([first?.data, first?.result].map((text) => JSON.parse(String(text)))).toEqual([{ n: 0 }, { sent: 0 }]);
    expect(first?.started_at).toBeInstanceOf(Date);
  });

  it('counts attempts, groups failures by cause, and follows a retry by hand', async () => {
    startRecorder();
    await until(isRecording);
    const queue = openQueue('hooks');
    let broken = true;
    openWorker('hooks', async (n) => {
      if (broken) throw new Error(`Request ${n} to https://host-${n}.example/x timed out after ${n * 10} ms`);
      return n;
    });
    await queue.addBulk(
      Array.from({ length: 10 }, (_, n) => ({ name: 'deliver', data: { n }, opts: { attempts: 2, backoff: 50 } })),
    );
    await until(async () => (await figures('hooks')).failed === 10);
    expect(await figures('hooks')).toMatchObject({ added: 10, started: 20, failed_attempts: 20, failed: 10 });
    const groups = await store.query('SELECT title, total::int FROM queuedeck.failure_group');
    expect(groups).toEqual([{ title: 'Request <n> to <url> timed out after <n> ms', total: 20 }]);
    const [first] = await jobs('hooks');
    expect(first).toMatchObject({ state: 6, worker: 'host-1:42', attempts_made: 2, title: groups[0]?.title });
    expect(JSON.parse(String(first?.detail)).attempts).toHaveLength(2);
    broken = false;
    await queue.retryJobs({ state: 'failed' });
    await until(async () => (await figures('hooks')).completed === 10);
    expect(await figures('hooks')).toMatchObject({ added: 10, retried: 10, completed: 10, failed: 10, started: 30 });
    expect((await jobs('hooks')).map(({ state, error }) => [state, error])).toEqual(Array(10).fill([5, null]));
  });

  it('reads what was there before it began, once', async () => {
    const queue = openQueue('old');
    openWorker('old', async (n) => {
      if (n % 10 === 0) throw new Error('no');
    });
    await queue.addBulk(Array.from({ length: 300 }, (_, n) => ({ name: 'a', data: { n } })));
    await until(async () => (await queue.getJobCountByTypes('completed', 'failed')) === 300);
    await queue.addBulk(Array.from({ length: 50 }, (_, n) => ({ name: 'b', data: { n }, opts: { delay: 3_600_000 } })));
    const stop = startRecorder();
    await until(async () => (await jobs('old')).length === 350);
    expect(await figures('old')).toMatchObject({ added: 350, completed: 270, failed: 30, failed_attempts: 30 });
    await stop();
    startRecorder(100);
    await sleep(3_000);
    expect(await figures('old')).toMatchObject({ added: 350, completed: 270, failed: 30, failed_attempts: 30 });
    expect((await jobs('old')).filter(({ state }) => state === 2)).toHaveLength(50);
  });
});

describe('recording', () => {
  beforeAll(() => {
    open = startRedis;
  });

  it('goes on where it was, whoever records, and is exact over a gap as far as the broker counts', async () => {
    const stop = startRecorder();
    await until(isRecording);
    const queue = openQueue('gap');
    const options = { removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } };
    openWorker(
      'gap',
      async (n) => {
        if (n % 5 === 0) throw new Error('no');
      },
      { ...options, metrics: { maxDataPoints: 100 } },
    );
    const batch = () => queue.addBulk(Array.from({ length: 500 }, (_, n) => ({ name: 'a', data: { n } })));
    await batch();
    await until(async () => (await figures('gap')).added === 500);
    await stop();
    await batch();
    await until(async () => (await queue.getJobCountByTypes('waiting', 'active')) === 0);
    await queue.trimEvents(10);
    startRecorder();
    await batch();
    await until(async () => (await store.query('SELECT 1 FROM queuedeck.recording_gap')).length > 0, 20_000);
    await until(async () => (await queue.getJobCountByTypes('waiting', 'active')) === 0);
    await until(async () => (await figures('gap')).completed === 1_200);
    await sleep(1_500);
    expect(await figures('gap')).toMatchObject({ added: 1_500, completed: 1_200, failed: 300 });
  });

  it('is not stopped by what the store cannot hold', async () => {
    startRecorder();
    await until(isRecording);
    const nul = String.fromCharCode(0);
    const queue = openQueue('hostile');
    await queue.addBulk([
      { name: `a${nul}b`, data: { text: nul }, opts: { jobId: `id${nul}1` } },
      { name: 'plain', data: {} },
    ]);
    openWorker(
      'hostile',
      async () => {
        throw new Error(`no ${nul} luck`);
      },
      { name: `w${nul}` },
    );
    await until(async () => (await figures('hostile')).failed === 2);
    expect((await jobs('hostile')).map(({ kind, state }) => [kind, state])).toEqual([
      ['a\ufffdb', 6],
      ['plain', 6],
    ]);
  });

  it('is taken over when its process is gone without a word', async () => {
    const backend = openBackend(SourceConfig.parse({ name: SOURCE, url: server.url }), { role: 'web' });
    closers.push(() => backend.close());
    await store.query(
      `INSERT INTO queuedeck.recorder (source, owner, lease_until, epoch) VALUES ('${SOURCE}', 'dead', now() + interval '3 s', 7)`,
    );
    startRecorder();
    await until(isRecording, 10_000);
    const [row] = await store.query<{ epoch: string }>('SELECT epoch FROM queuedeck.recorder');
    expect(row?.epoch).toBe('8');
  });
});
