import { randomUUID } from 'node:crypto';
import { type APIRequestContext, expect, test } from '@playwright/test';
import { OWN_SOURCE, type OwnStack, startOwnStack } from '@/e2e/support/own-stack';
import type { Enqueued, EnqueuedMany, JobList } from '@/lib/contracts/jobs';
import { API, expectInvalid, expectProblem, newQueue, queueUrl, readJson } from './support/api';

const countWaiting = async (request: APIRequestContext, queue: string): Promise<number> =>
  (await readJson<JobList>(await request.get(`${queue}/jobs?state=waiting&limit=200`))).items.length;

const send = (request: APIRequestContext, queue: string, key: string, data: unknown) =>
  request.post(`${queue}/jobs`, { data, headers: { 'idempotency-key': key } });

test('the same key and body answers the first job', async ({ request }) => {
  const queue = await newQueue(request, 'replay');
  const key = randomUUID();
  const first = await send(request, queue, key, { name: 'a', data: { x: 1, y: 2 } });
  expect(first.status()).toBe(201);
  expect(first.headers()['idempotency-replayed']).toBeUndefined();
  // The same value, written in another order.
  const again = await send(request, queue, key, { data: { y: 2, x: 1 }, name: 'a' });
  expect(again.status()).toBe(200);
  expect(again.headers()).toMatchObject({ 'idempotency-replayed': 'true', location: first.headers().location });
  expect(await again.json()).toEqual(await first.json());
  expect(await countWaiting(request, queue)).toBe(1);
});

test('the same key with another body is 409 and adds nothing', async ({ request }) => {
  const queue = await newQueue(request, 'conflict');
  const key = randomUUID();
  await send(request, queue, key, { name: 'a', data: { n: 1 } });
  await expectProblem(await send(request, queue, key, { name: 'a', data: { n: 2 } }), 'idempotency_conflict');
  expect(await countWaiting(request, queue)).toBe(1);
});

test('a key belongs to its queue', async ({ request }) => {
  const key = randomUUID();
  for (const label of ['mine', 'yours']) {
    const queue = await newQueue(request, label);
    expect((await send(request, queue, key, { name: 'a' })).status()).toBe(201);
  }
});

test('twenty at once make one job', async ({ request }) => {
  const queue = await newQueue(request, 'parallel');
  const key = randomUUID();
  const answers = await Promise.all(Array.from({ length: 20 }, () => send(request, queue, key, { name: 'a' })));
  const ids = await Promise.all(answers.map(async (answer) => (await readJson<Enqueued>(answer)).id));
  expect(new Set(ids).size).toBe(1);
  expect(answers.filter((answer) => answer.status() === 201).length).toBe(1);
  expect(await countWaiting(request, queue)).toBe(1);
});

test('a list is replayed as a whole', async ({ request }) => {
  const queue = await newQueue(request, 'list');
  const key = randomUUID();
  const list = [{ name: 'a' }, { name: '' }, { name: 'c' }];
  const first = await send(request, queue, key, list);
  const again = await send(request, queue, key, list);
  expect(again.headers()['idempotency-replayed']).toBe('true');
  const ids = async (response: typeof first) =>
    (await readJson<EnqueuedMany>(response)).items.map((item) => item.job?.id ?? null);
  expect(await ids(again)).toEqual(await ids(first));
  expect(await countWaiting(request, queue)).toBe(2);
});

test('the first answer holds after its job is gone', async ({ request }) => {
  const queue = await newQueue(request, 'gone');
  const key = randomUUID();
  const first = await readJson<Enqueued>(await send(request, queue, key, { name: 'a' }));
  await request.delete(`${queue}/jobs/${first.id}`);
  const again = await send(request, queue, key, { name: 'a' });
  expect(again.status()).toBe(200);
  expect(await again.json()).toEqual(first);
});

test('tasks take a key too', async ({ request }) => {
  const key = randomUUID();
  const run = (name: string) =>
    request.post(`${API}/tasks/send-welcome-email`, {
      data: { input: { to: 'ada@example.com', name } },
      headers: { 'idempotency-key': key },
    });
  const first = await run('Ada');
  const again = await run('Ada');
  expect([first.status(), again.status()]).toEqual([201, 200]);
  expect(await again.json()).toMatchObject({ id: (await first.json()).id });
  await expectProblem(await run('Grace'), 'idempotency_conflict');
});

test('a key that is none is refused', async ({ request }) => {
  const queue = await newQueue(request, 'bad-key');
  for (const key of ['x'.repeat(256), 'two words'])
    await expectInvalid(await send(request, queue, key, { name: 'a' }), 'Idempotency-Key');
});

test.describe('over a restart of the web process', () => {
  let stack: OwnStack;
  test.beforeAll(async () => {
    stack = await startOwnStack();
  });
  test.afterAll(() => stack?.stop());

  test('the key still answers the first job', async ({ request }) => {
    const queue = stack.url + queueUrl(OWN_SOURCE, 'restart');
    const key = randomUUID();
    const first = await send(request, queue, key, { name: 'a' });
    expect(first.status()).toBe(201);
    await stack.restartWeb();
    const again = await send(request, queue, key, { name: 'a' });
    expect(again.status()).toBe(200);
    expect(await again.json()).toEqual(await first.json());
    await expectProblem(await send(request, queue, key, { name: 'b' }), 'idempotency_conflict');
    expect(await countWaiting(request, queue)).toBe(1);
  });
});
