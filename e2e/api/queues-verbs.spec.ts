import { type APIRequestContext, expect, test } from '@playwright/test';
import { QueueMeta, RateLimitNow, SweepResult } from '@/lib/contracts/queue-changes';
import type { Queue } from '@/lib/contracts/queues';
import { addJob, expectInvalid, expectProblem, newQueue, readJson } from './support/api';

async function fill(request: APIRequestContext, queue: string, count: number, options: object = {}): Promise<void> {
  const jobs = Array.from({ length: count }, (_, i) => ({ name: `j${i}`, options }));
  expect((await request.post(`${queue}/jobs`, { data: jobs })).status()).toBe(207);
}

const sweep = async (request: APIRequestContext, url: string, data: object = {}) =>
  SweepResult.parse(await readJson(await request.post(url, { data })));

const read = async (request: APIRequestContext, queue: string) => readJson<Queue>(await request.get(queue));

test('a queue is drained, with what is delayed when asked', async ({ request }) => {
  const queue = await newQueue(request, 'drain');
  await fill(request, queue, 250);
  await fill(request, queue, 20, { priority: 4 });
  await fill(request, queue, 10, { delayMs: 3_600_000 });
  expect(await sweep(request, `${queue}/drain`)).toMatchObject({ removed: 270, done: true, nextCursor: null });
  await expect
    .poll(async () => (await read(request, queue)).counts)
    .toMatchObject({
      waiting: 0,
      prioritized: 0,
      delayed: 10,
    });
  expect(await sweep(request, `${queue}/drain`, { delayed: true })).toMatchObject({ removed: 10, done: true });
  await expect.poll(async () => (await read(request, queue)).cannot['queue.drain']).toBe('Nothing waits in it.');
});

test('jobs of one state are cleaned, up to a limit and by age', async ({ request }) => {
  const queue = await newQueue(request, 'clean');
  await fill(request, queue, 60);
  const clean = (data: object) => sweep(request, `${queue}/clean`, { state: 'waiting', ...data });
  expect(await clean({ olderThanMs: 3_600_000 })).toMatchObject({ removed: 0, done: true });
  expect(await clean({ limit: 25 })).toMatchObject({ removed: 25, done: false });
  expect(await clean({})).toMatchObject({ removed: 35, done: true });
  await expectInvalid(await request.post(`${queue}/clean`, { data: { state: 'waiting-children' } }), 'state');
  await expectInvalid(await request.post(`${queue}/clean`, { data: { state: 'failed', limit: 50_001 } }), 'limit');
  await expectInvalid(await request.post(`${queue}/clean`, { data: {} }), 'state');
});

test('a queue is obliterated only paused, and by its name', async ({ request }) => {
  const queue = await newQueue(request, 'gone');
  const name = decodeURIComponent(queue.split('/').at(-1) ?? '');
  await fill(request, queue, 100);
  await fill(request, queue, 10, { delayMs: 3_600_000 });
  const obliterate = (confirm: string) => request.delete(queue, { data: { confirm } });
  await expectInvalid(await obliterate('another'), 'confirm');
  expect((await expectProblem(await obliterate(name), 'queue_state')).detail).toContain('not paused');
  await readJson(await request.post(`${queue}/pause`));
  expect(SweepResult.parse(await readJson(await obliterate(name)))).toMatchObject({ removed: 110, done: true });
  await expect.poll(async () => (await request.get(queue)).status()).toBe(404);
  await expectProblem(await obliterate(name), 'queue_not_found');
});

test('global concurrency is set and cleared', async ({ request }) => {
  const queue = await newQueue(request, 'slots');
  await addJob(request, queue, { name: 'one' });
  expect(await readJson(await request.put(`${queue}/concurrency`, { data: { concurrency: 3 } }))).toMatchObject({
    concurrency: 3,
  });
  await expect.poll(async () => (await read(request, queue)).concurrency).toBe(3);
  expect(await readJson(await request.delete(`${queue}/concurrency`))).toMatchObject({ concurrency: null });
  await expect.poll(async () => (await read(request, queue)).concurrency).toBeNull();
  await expectInvalid(await request.put(`${queue}/concurrency`, { data: { concurrency: 0 } }), 'concurrency');
});

test('a rate limit is set, told and cleared', async ({ request }) => {
  const queue = await newQueue(request, 'rate');
  await addJob(request, queue, { name: 'one' });
  const limit = async () => RateLimitNow.parse(await readJson(await request.get(`${queue}/rate-limit`)));
  expect(await limit()).toMatchObject({ max: null, durationMs: null, holdsMs: 0 });
  await readJson(await request.put(`${queue}/rate-limit`, { data: { max: 5, durationMs: 1000 } }));
  expect(await limit()).toMatchObject({ max: 5, durationMs: 1000, holdsMs: 0 });
  await expect.poll(async () => (await read(request, queue)).rateLimit).toEqual({ max: 5, durationMs: 1000 });
  expect(await readJson(await request.delete(`${queue}/rate-limit`))).toMatchObject({ max: null, durationMs: null });
  await expectInvalid(await request.put(`${queue}/rate-limit`, { data: { max: 5 } }), 'durationMs');
});

test('events are trimmed, or the backend says why it cannot', async ({ request }) => {
  const queue = await newQueue(request, 'events');
  await fill(request, queue, 50);
  const { can, cannot } = await read(request, queue);
  const response = await request.post(`${queue}/events/trim`, { data: { maxLength: 10 } });
  if (can.includes('queue.trim-events'))
    expect((await readJson<{ removed: number }>(response)).removed).toBeGreaterThan(30);
  else expect((await expectProblem(response, 'not_supported')).detail).toBe(cannot['queue.trim-events']);
});

test('orphans are removed, or the backend says why there are none', async ({ request }) => {
  const queue = await newQueue(request, 'orphans');
  await fill(request, queue, 5);
  const { can, cannot } = await read(request, queue);
  const response = await request.post(`${queue}/orphans/remove`);
  if (can.includes('queue.remove-orphans'))
    expect(SweepResult.parse(await readJson(response))).toMatchObject({ removed: 0 });
  else expect((await expectProblem(response, 'not_supported')).detail).toBe(cannot['queue.remove-orphans']);
  await expect.poll(async () => (await read(request, queue)).counts.waiting).toBe(5);
});

test('what the queue says of itself is exported', async ({ request }) => {
  const queue = await newQueue(request, 'meta');
  await fill(request, queue, 3);
  await readJson(await request.put(`${queue}/concurrency`, { data: { concurrency: 2 } }));
  const meta = QueueMeta.parse(await readJson(await request.get(`${queue}/meta`)));
  expect(meta.fields).toMatchObject({ concurrency: '2' });
  expect(meta.schedulers).toBe(0);
  await expect
    .poll(async () => QueueMeta.parse(await readJson(await request.get(`${queue}/meta`))).counts)
    .toMatchObject({ waiting: 3 });
});

for (const [method, path, data] of [
  ['post', '/drain', {}],
  ['post', '/clean', { state: 'failed' }],
  ['delete', '', { confirm: 'x' }],
  ['post', '/orphans/remove', {}],
  ['put', '/concurrency', { concurrency: 1 }],
  ['delete', '/concurrency', undefined],
  ['get', '/rate-limit', undefined],
  ['put', '/rate-limit', { max: 1, durationMs: 1 }],
  ['delete', '/rate-limit', undefined],
  ['post', '/events/trim', { maxLength: 1 }],
  ['get', '/meta', undefined],
] as const)
  test(`${method} …${path} of an unknown queue is 404`, async ({ request }) => {
    const queue = await newQueue(request, 'nobody');
    const response = await request[method](`${queue}${path}`, data === undefined ? {} : { data });
    await expectProblem(response, 'queue_not_found');
  });
