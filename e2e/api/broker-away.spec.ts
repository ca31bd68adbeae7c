import { randomUUID } from 'node:crypto';
import { type APIRequestContext, type APIResponse, expect, test } from '@playwright/test';
import { OWN_SOURCE, type OwnStack, startOwnStack } from '@/e2e/support/own-stack';
import type { JobList } from '@/lib/contracts/jobs';
import type { QueueList } from '@/lib/contracts/queues';
import type { SourceList } from '@/lib/contracts/sources';
import { API, expectProblem, queueUrl, readJson } from './support/api';

let stack: OwnStack;
let queue: string;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  stack = await startOwnStack();
  queue = stack.url + queueUrl(OWN_SOURCE, 'away');
});
test.afterAll(() => stack?.stop());

/** Every kind of call that needs the broker. */
const calls = (request: APIRequestContext, id: string): Record<string, () => Promise<APIResponse>> => ({
  add: () => request.post(`${queue}/jobs`, { data: { name: 'lost' } }),
  'add with a key': () =>
    request.post(`${queue}/jobs`, { data: { name: 'lost' }, headers: { 'idempotency-key': randomUUID() } }),
  list: () => request.get(`${queue}/jobs?state=waiting`),
  get: () => request.get(`${queue}/jobs/${id}`),
  logs: () => request.get(`${queue}/jobs/${id}/logs`),
  retry: () => request.post(`${queue}/jobs/${id}/retry`),
  cancel: () => request.post(`${queue}/jobs/${id}/cancel`),
  remove: () => request.delete(`${queue}/jobs/${id}`),
});

async function expectAway(call: () => Promise<APIResponse>): Promise<void> {
  const from = performance.now();
  const response = await call();
  expect(performance.now() - from).toBeLessThan(3_000);
  await expectProblem(response, 'broker_unavailable');
  expect(Number(response.headers()['retry-after'])).toBeGreaterThanOrEqual(1);
}

const waitUntilBack = (request: APIRequestContext) =>
  expect.poll(async () => (await request.get(`${queue}/jobs?state=waiting`)).status(), { timeout: 10_000 }).toBe(200);

const addOne = async (request: APIRequestContext): Promise<string> =>
  (await readJson<{ id: string }>(await request.post(`${queue}/jobs`, { data: { name: 'kept' } }))).id;

test('a broker that is gone: 503 with Retry-After within 3 s, and back by itself', async ({ request }) => {
  const id = await addOne(request);
  await expect.poll(async () => (await request.get(queue)).status()).toBe(200);
  await stack.redis.kill();
  for (const [name, call] of Object.entries(calls(request, id))) await test.step(name, () => expectAway(call));
  await test.step('the last figures stay, with their age', async () => {
    const { items, asOf } = await readJson<QueueList>(await request.get(`${stack.url}${API}/queues`));
    expect(items.map((item) => item.name)).toContain('away');
    expect(Date.now() - Date.parse(asOf)).toBeGreaterThan(500);
  });
  await test.step('the source says so', async () => {
    const { items } = await readJson<SourceList>(await request.get(`${stack.url}${API}/sources`));
    expect(items[0]?.status).not.toBe('up');
    expect(items[0]?.reason).toBeTruthy();
    expect((await request.get(`${stack.url}${API}/readyz`)).status()).toBe(503);
    expect((await request.get(`${stack.url}${API}/healthz`)).status()).toBe(200);
  });
  await stack.redis.restart();
  await waitUntilBack(request);
  expect((await request.get(`${queue}/jobs/${id}`)).status()).toBe(200);
});

test('a broker that takes connections and does not answer: the same', async ({ request }) => {
  const id = await addOne(request);
  stack.redis.freeze();
  try {
    for (const [name, call] of Object.entries(calls(request, id))) await test.step(name, () => expectAway(call));
  } finally {
    stack.redis.thaw();
  }
  await waitUntilBack(request);
});

test('nothing is half-enqueued: the same key afterwards gives the list once', async ({ request }) => {
  const list = Array.from({ length: 300 }, (_, i) => ({ name: `whole-${i}` }));
  const headers = { 'idempotency-key': randomUUID() };
  const post = () => request.post(`${queue}/jobs`, { data: list, headers });
  stack.redis.freeze();
  try {
    await expectAway(post);
  } finally {
    stack.redis.thaw();
  }
  await waitUntilBack(request);
  // The first request's lease may still run: it was given up by a time-out, not by the broker's word.
  await expect.poll(async () => (await post()).ok(), { timeout: 20_000, intervals: [500] }).toBe(true);
  const names: string[] = [];
  let cursor: string | null = null;
  do {
    const next: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const page = await readJson<JobList>(await request.get(`${queue}/jobs?state=waiting&limit=200${next}`));
    names.push(...page.items.map((item) => item.name).filter((name) => name.startsWith('whole-')));
    cursor = page.nextCursor;
  } while (cursor);
  expect(names.sort()).toEqual(list.map((job) => job.name).sort());
});

test('a store that is gone stops changes, not reading', async ({ request }) => {
  const id = await addOne(request);
  await stack.postgres.kill();
  const from = performance.now();
  const response = await request.post(`${queue}/jobs/${id}/cancel`);
  expect(performance.now() - from).toBeLessThan(5_000);
  await expectProblem(response, 'store_unavailable');
  expect((await request.get(`${queue}/jobs?state=waiting`)).status()).toBe(200);
  expect((await request.get(`${queue}/jobs/${id}`)).status()).toBe(200);
  await stack.postgres.restart();
  await expect
    .poll(async () => (await request.post(`${queue}/jobs/${id}/cancel`)).status(), { timeout: 10_000 })
    .toBe(200);
});
