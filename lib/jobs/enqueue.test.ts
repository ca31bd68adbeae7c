import { Queue } from 'bullmq';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LOCAL_ACTOR } from '@/lib/auth/permissions';
import { type App, closeApp, openApp } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import { loadEnv } from '@/lib/env';
import { startRedis, type TestServer } from '@/lib/testing/servers';
import { createTestDatabase } from '@/lib/testing/test-database';
import type { Ask } from '@/lib/verbs';
import { enqueue } from './enqueue';

let redis: TestServer;
let app: App;

beforeAll(async () => {
  redis = await startRedis();
  app = openApp(loadEnv({ REDIS_URL: redis.url, DATABASE_URL: await createTestDatabase() }));
});
afterAll(async () => {
  await closeApp(app);
  await redis.stop();
});

const entry = () => {
  const [one] = app.sources.values();
  if (!one) throw new Error('no source');
  return one;
};
const ask = (idempotencyKey: string | null): Ask => ({
  ...app,
  actor: LOCAL_ACTOR,
  signal: new AbortController().signal,
  headers: { idempotencyKey, lastEventId: null },
});
const jobs = (count: number) => Array.from({ length: count }, (_, n) => ({ name: 'n', data: { n }, options: {} }));
const idsOf = (results: Awaited<ReturnType<typeof enqueue>>) =>
  results.map((one) => (one instanceof CodedError ? one.code : one.job.id));

async function countOf(queue: string): Promise<number> {
  const bull = new Queue(queue, { connection: { url: redis.url } });
  const count = await bull.count();
  await bull.close();
  return count;
}

it('adds a long list in the order of the input', async () => {
  const results = await enqueue(ask(null), entry(), 'order', jobs(450), { scope: 'order', body: 1 });
  expect(idsOf(results)).toEqual(Array.from({ length: 450 }, (_, n) => String(n + 1)));
  expect(await countOf('order')).toBe(450);
});

it('says which of a list were not added when the broker goes away between two steps, and adds just those by the same key', async () => {
  const { backend, config } = entry();
  let steps = 0;
  const flaky = {
    config,
    backend: {
      ...backend,
      async addJobs(queue: string, some: Parameters<typeof backend.addJobs>[1]) {
        steps += 1;
        if (steps === 3) await redis.kill();
        return backend.addJobs(queue, some);
      },
    },
  };
  const request = { scope: 'away', body: 'same' };
  const first = idsOf(await enqueue(ask('key-1'), flaky, 'away', jobs(450), request));
  expect(first.slice(0, 400)).not.toContain('broker_unavailable');
  expect(first.slice(400)).toEqual(Array(50).fill('broker_unavailable'));
  await redis.restart();
  await expect.poll(async () => (await backend.facts()).status, { timeout: 10_000 }).toBe('up');
  const second = idsOf(await enqueue(ask('key-1'), entry(), 'away', jobs(450), request));
  expect(second.slice(0, 400)).toEqual(first.slice(0, 400));
  expect(new Set(second).size).toBe(450);
  expect(await countOf('away')).toBe(450);
});

it('runs a job once though its first try lost its answer and the job has ended and gone', async () => {
  const one = [{ name: 'n', data: {}, options: { removeOnComplete: true } }];
  const request = { scope: 'lost', body: 'x' };
  const [first] = idsOf(await enqueue(ask('key-2'), entry(), 'lost', one, request));
  await app.store.query("UPDATE queuedeck.idempotency SET answer = NULL, lease_until = now() WHERE key = 'key-2'");
  const bull = new Queue('lost', { connection: { url: redis.url } });
  const { Worker } = await import('bullmq');
  let runs = 0;
  const worker = new Worker('lost', async () => void (runs += 1), {
    connection: { url: redis.url, maxRetriesPerRequest: null },
  });
  await expect
    .poll(() => bull.getJobCounts('waiting', 'active', 'completed'), { timeout: 10_000 })
    .toEqual({ waiting: 0, active: 0, completed: 0 });
  const [again] = idsOf(await enqueue(ask('key-2'), entry(), 'lost', one, request));
  expect(again).toBe(first);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await worker.close();
  await bull.close();
  expect(runs).toBe(1);
});
