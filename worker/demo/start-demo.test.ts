import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '@/lib/backends/registry';
import { type Env, loadEnv, SourceConfig } from '@/lib/env';
import { openStore, type Store } from '@/lib/store/store';
import { startRedis, type TestServer } from '@/lib/testing/servers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { TASKS } from '@/worker/registry';
import { startWorker } from '@/worker/run-worker';
import { makeHome } from '@/worker/testing/task-context';
import { cleanUpDemo } from './clean-up';
import { pickJob } from './pick-job';
import { startDemo } from './start-demo';
import { runTraffic } from './traffic';

/** 0 ≤ x < 1, the same sequence every time (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('the demo', () => {
  let redis: TestServer;
  let store: Store;
  let source: SourceConfig;
  let env: Env;
  beforeAll(async () => {
    redis = await startRedis();
    store = openStore(await createTestDatabase(), { max: 40 });
    source = SourceConfig.parse({ name: 'default', url: redis.url, embedded: true });
    env = { ...loadEnv({ QUEUEDECK_EMBEDDED: '1' }), home: makeHome(), sources: [source] };
  });
  afterAll(async () => {
    await store.close();
    await redis.stop();
  });
  const open =
    (config = source) =>
    () =>
      openBackend(config, { role: 'worker' });
  const never = () => {
    throw new Error('the broker was opened');
  };

  it('invents input that its tasks take, in every shape', () => {
    const random = seededRandom(1);
    const facts = { random, nowMs: Date.parse('2026-11-22T12:00:00Z'), webhookUrl: 'http://127.0.0.1:4000' };
    const jobs = Array.from({ length: 3_000 }, () => pickJob(facts));
    for (const { task, input } of jobs) expect(task.input.safeParse(input).error).toBeUndefined();
    const names = new Map<string, number>();
    for (const { task } of jobs) names.set(task.name, (names.get(task.name) ?? 0) + 1);
    expect(Object.fromEntries(names)).toEqual({
      'send-welcome-email': expect.closeTo(1_680, -3),
      'deliver-webhook': expect.closeTo(1_215, -3),
      'export-orders': expect.any(Number),
      'month-end-close': expect.any(Number),
    });
    expect(jobs.some(({ delayMs }) => delayMs)).toBe(true);
    expect(jobs.some(({ priority }) => priority)).toBe(true);
  });

  it.each([
    ['a configured source', { embedded: false }, {}],
    ['no wish for it', {}, { demo: false }],
    ['a configured environment', {}, { embedded: false }],
  ])('does nothing on %s', async (_what, ofSource, ofEnv) => {
    const signal = new AbortController().signal;
    const options = {
      env: { ...env, ...ofEnv },
      source: { ...source, ...ofSource },
      store,
      openBackend: never,
      signal,
    };
    expect(await startDemo(options)).toBeNull();
  });

  it('keeps every queue small while nobody works', async () => {
    const own = SourceConfig.parse({ ...source, prefix: 'idle' });
    const backend = open(own)();
    const stop = new AbortController();
    const options = { backend, webhookUrl: 'http://127.0.0.1:1', random: seededRandom(7), pauseMs: 1 };
    const running = runTraffic({ ...options, signal: stop.signal });
    const count = async () => {
      const { queues } = await backend.snapshot();
      const sum = (counts: object) => Object.values(counts).reduce((total: number, n) => total + Number(n ?? 0), 0);
      return Object.fromEntries(queues.map(({ name, counts }) => [name, sum(counts)]));
    };
    const full = { emails: 60, webhooks: 40, exports: 4, reports: 3 };
    await expect.poll(count, { timeout: 20_000, interval: 200 }).toEqual(full);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await count()).toEqual(full);
    stop.abort();
    await running;
    await backend.close();
  });

  it.each(['redis', 'postgres'])('runs through all tasks with real work on %s, and ends when told to', async (kind) => {
    const url = kind === 'redis' ? redis.url : await createTestDatabase();
    const own = SourceConfig.parse({ ...source, url, prefix: 'busy' });
    const stop = new AbortController();
    const demo = await startDemo({ env, source: own, store, openBackend: open(own), signal: stop.signal });
    const worker = await startWorker({ env, store, source: own, tasks: TASKS });
    const backend = open(own)();
    await expect.poll(() => readSeed(store), { timeout: 30_000 }).toBe(200_000);
    await backend.addJobs('reports', [
      { name: 'month-end-close', data: { month: lastMonth() }, options: { id: `demo-close-${kind}` } },
    ]);
    await backend.addJobs('emails', [
      {
        name: 'send-welcome-email',
        data: { to: 'bounce1@shop.example', name: 'Nobody' },
        options: { id: `demo-bounce-${kind}` },
      },
    ]);
    await backend.addJobs('webhooks', [
      {
        name: 'deliver-webhook',
        data: { url: `http://127.0.0.1:${demo?.port.webhook}/orders`, event: 'order.paid' },
        options: { id: `demo-hook-${kind}` },
      },
    ]);
    const stateOf = async (queue: string, id: string) => (await backend.getJob(queue, id, 10_000))?.state;
    await expect.poll(() => stateOf('webhooks', `demo-hook-${kind}`), { timeout: 20_000 }).toBe('completed');
    await expect.poll(() => stateOf('reports', `demo-close-${kind}`), { timeout: 30_000 }).toBe('completed');
    await expect.poll(() => stateOf('emails', `demo-bounce-${kind}`), { timeout: 40_000 }).toMatch(/failed|delayed/);
    const report = await backend.getJob('reports', `demo-close-${kind}`, 100_000);
    const result = JSON.parse(report?.result?.text ?? '{}');
    expect(result.export.rows).toBeGreaterThan(10_000);
    expect(result.reconciliation.orders).toBeGreaterThan(10_000);
    expect(result.openPayments).toBeGreaterThan(0);
    expect(report?.children?.total).toBe(2);
    expect(readdirSync(path.join(env.home, 'exports'))).toContain(result.export.file);
    await expect
      .poll(async () => (await backend.snapshot()).queues.map(({ name }) => name).sort(), { timeout: 20_000 })
      .toEqual(expect.arrayContaining(['emails', 'reports', 'webhooks']));
    stop.abort();
    expect(await worker.stop(5_000)).toBe(true);
    await demo?.close();
    await backend.close();
  });

  it('takes its old receiver’s place after a restart', async () => {
    const signal = new AbortController().signal;
    const first = await startDemo({ env, source, store, openBackend: open(), signal });
    await first?.close();
    const second = await startDemo({ env, source, store, openBackend: open(), signal });
    expect(second?.port.webhook).toBe(first?.port.webhook);
    await second?.close();
  });

  it('clears away what demo jobs left, and nobody else’s', async () => {
    const dir = path.join(makeHome(), 'exports');
    mkdirSync(dir);
    for (let i = 0; i < 300; i += 1) {
      const name =
        i % 2
          ? `orders-2026-01-01-2026-01-02-demo-${i}-ab.csv`
          : `orders-2026-01-01-2026-01-31-reports-demo-${i}-ab.xlsx`;
      writeFileSync(path.join(dir, name), '');
      utimesSync(path.join(dir, name), 1_000 + i, 1_000 + i);
    }
    writeFileSync(path.join(dir, 'orders-2026-01-01-2026-01-02-17-ab.csv'), '');
    utimesSync(path.join(dir, 'orders-2026-01-01-2026-01-02-17-ab.csv'), 1, 1);
    await store.query(
      `INSERT INTO queuedeck.effect (source, queue, job, key, state, owner, started_at)
       SELECT 's', 'q', job, 'k', 'done', 'o', now() - age FROM (VALUES ('demo-1', interval '2 hours'), ('reports.demo-1.x', '2 hours'), ('demo-2', '1 minute'), ('mine', '2 hours')) AS row (job, age)`,
    );
    await cleanUpDemo(store, dir);
    const left = readdirSync(dir);
    expect(left).toHaveLength(261);
    expect(left).toContain('orders-2026-01-01-2026-01-02-17-ab.csv');
    const effects = await store.query<{ job: string }>(
      "SELECT job FROM queuedeck.effect WHERE source = 's' ORDER BY job",
    );
    expect(effects.map(({ job }) => job)).toEqual(['demo-2', 'mine']);
  });
});

async function readSeed(store: Store): Promise<number> {
  const rows = await store
    .query<{ n: number }>(
      'SELECT (SELECT count(*)::int FROM shop.orders) AS n FROM shop.seed WHERE finished_at IS NOT NULL',
    )
    .catch(() => []);
  return rows[0]?.n ?? 0;
}

function lastMonth(): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 7);
}
