import { expect, test } from '@playwright/test';
import { Enqueued, EnqueuedMany, type Job } from '@/lib/contracts/jobs';
import {
  API,
  addJob,
  expectInvalid,
  expectProblem,
  firstSource,
  newQueue,
  newQueueName,
  queueUrl,
  readJson,
} from './support/api';

test('adding answers 201, where the job is, and the job is there as sent', async ({ request }) => {
  const queue = await newQueue(request, 'add');
  const data = { text: 'Grüße ✓', deep: { list: [1, 2.5, null, true] } };
  const response = await request.post(`${queue}/jobs`, { data: { name: 'greet', data } });
  expect(response.status()).toBe(201);
  const added = Enqueued.parse(await response.json());
  expect(added).toMatchObject({ name: 'greet', state: 'waiting' });
  const { location } = response.headers();
  expect(location).toBe(`${queue}/jobs/${added.id}`);
  const job = await readJson<Job>(await request.get(location ?? ''));
  expect(JSON.parse(job.data.text)).toEqual(data);
  expect(job).toMatchObject({ id: added.id, state: 'waiting', attemptsMade: 0, startedAt: null, finishedAt: null });
});

test('options decide the state', async ({ request }) => {
  const queue = await newQueue(request, 'options');
  expect(await addJob(request, queue, { name: 'a', options: { delayMs: 60_000 } })).toMatchObject({ state: 'delayed' });
  expect(await addJob(request, queue, { name: 'b', options: { priority: 7 } })).toMatchObject({ state: 'prioritized' });
  const options = { id: 'my-own', attempts: 5, backoff: { type: 'exponential', delayMs: 250 } };
  expect(await addJob(request, queue, { name: 'c', options })).toMatchObject({ state: 'waiting', id: 'my-own' });
  expect(await readJson<Job>(await request.get(`${queue}/jobs/my-own`))).toMatchObject({ attempts: 5 });
});

test('an id that is taken answers the job that has it, and adds nothing', async ({ request }) => {
  const queue = await newQueue(request, 'taken');
  await addJob(request, queue, { name: 'first', data: { n: 1 }, options: { id: 'same-id' } });
  const second = await request.post(`${queue}/jobs`, {
    data: { name: 'second', data: { n: 2 }, options: { id: 'same-id' } },
  });
  expect(second.status()).toBe(200);
  expect(await second.json()).toMatchObject({ id: 'same-id' });
  expect((await readJson<Job>(await request.get(`${queue}/jobs/same-id`))).data.text).toBe('{"n":1}');
});

test('a list keeps its order, and one bad item does not spoil the others', async ({ request }) => {
  const queue = await newQueue(request, 'batch');
  const list = [
    { name: 'a' },
    { name: '' },
    { name: 'c', options: { wrong: 1 } },
    { name: 'd', options: { delayMs: 60_000 } },
  ];
  const response = await request.post(`${queue}/jobs`, { data: list });
  expect(response.status()).toBe(207);
  const { items } = EnqueuedMany.parse(await response.json());
  expect(items.map((item) => item.status)).toEqual([201, 422, 422, 201]);
  expect(items.map((item) => item.job?.name ?? null)).toEqual(['a', null, null, 'd']);
  expect(items[1]?.error?.errors.map((error) => error.path)).toEqual(['name']);
  expect(items[2]?.error?.errors.map((error) => error.path)).toEqual(['options.wrong']);
  expect(items[3]?.job?.state).toBe('delayed');
});

test('a list of 1,000 is taken, in order', async ({ request }) => {
  const queue = await newQueue(request, 'thousand');
  const list = Array.from({ length: 1000 }, (_, i) => ({ name: `job-${i}`, data: { i } }));
  const { items } = await readJson<EnqueuedMany>(await request.post(`${queue}/jobs`, { data: list }));
  expect(items.map((item) => item.job?.name)).toEqual(list.map((job) => job.name));
  expect(new Set(items.map((item) => item.job?.id)).size).toBe(1000);
});

const MISFITS: [what: string, body: unknown, ...paths: string[]][] = [
  ['no name', { data: {} }, 'name'],
  ['an empty name', { name: '' }, 'name'],
  ['a name that is too long', { name: 'x'.repeat(257) }, 'name'],
  ['an unknown field', { name: 'a', priority: 1 }, 'priority'],
  ['two unknown fields', { name: 'a', foo: 1, bar: 2 }, 'bar', 'foo'],
  ['an unknown option', { name: 'a', options: { delay: 5 } }, 'options.delay'],
  ['a negative delay', { name: 'a', options: { delayMs: -1 } }, 'options.delayMs'],
  ['a fractional priority', { name: 'a', options: { priority: 1.5 } }, 'options.priority'],
  ['a priority out of range', { name: 'a', options: { priority: 2_097_152 } }, 'options.priority'],
  ['no attempts', { name: 'a', options: { attempts: 0 } }, 'options.attempts'],
  ['an id that is a number', { name: 'a', options: { id: '42' } }, 'options.id'],
  ['an id with a colon', { name: 'a', options: { id: 'a:b' } }, 'options.id'],
  ['an id that BullMQ keeps for the queue', { name: 'a', options: { id: 'meta' } }, 'options.id'],
  ['another such id', { name: 'a', options: { id: 'delayed' } }, 'options.id'],
  ['an unknown backoff', { name: 'a', options: { backoff: { type: 'magic', delayMs: 1 } } }, 'options.backoff.type'],
  ['several at once', { name: '', options: { delayMs: 'x', lifo: 1 } }, 'name', 'options.delayMs', 'options.lifo'],
];

for (const [what, body, ...paths] of MISFITS)
  test(`${what} is refused and named`, async ({ request }) => {
    await expectInvalid(await request.post(`${await newQueue(request, 'misfit')}/jobs`, { data: body }), ...paths);
  });

test('lists of none and of more than 1,000 are refused', async ({ request }) => {
  const queue = await newQueue(request, 'bounds');
  await expectProblem(await request.post(`${queue}/jobs`, { data: [] }), 'validation_failed');
  const many = Array.from({ length: 1001 }, () => ({ name: 'a' }));
  await expectProblem(await request.post(`${queue}/jobs`, { data: many }), 'validation_failed');
  await expectProblem(await request.get(`${queue}/jobs?state=waiting`), 'queue_not_found');
});

test('bodies that are no body', async ({ request }) => {
  const url = `${await newQueue(request, 'bodies')}/jobs`;
  const json = { 'content-type': 'application/json' };
  await expectProblem(await request.post(url, { headers: json, data: Buffer.from('{"name": "a",}') }), 'bad_request');
  await expectProblem(
    await request.post(url, { headers: json, data: Buffer.from('{"name":"\xff"}', 'latin1') }),
    'bad_request',
  );
  await expectProblem(
    await request.post(url, { headers: { 'content-type': 'text/plain' }, data: '{"name":"a"}' }),
    'unsupported_media_type',
  );
  await expectProblem(await request.post(url, { form: { name: 'a' } }), 'unsupported_media_type');
  await expectProblem(await request.post(url), 'validation_failed');
  for (const text of ['"a"', '5', 'null'])
    await expectProblem(await request.post(url, { headers: json, data: Buffer.from(text) }), 'validation_failed');
  const large = { name: 'a', data: { text: 'x'.repeat(1_048_576) } };
  await expectProblem(await request.post(url, { data: large }), 'body_too_large');
  const fits = { name: 'a', data: { text: 'x'.repeat(1_000_000) } };
  expect((await request.post(url, { data: fits })).status()).toBe(201);
});

test('a number that JavaScript would change is refused, not stored changed', async ({ request }) => {
  const url = `${await newQueue(request, 'digits')}/jobs`;
  const headers = { 'content-type': 'application/json' };
  const data = Buffer.from('{"name":"a","data":{"id":12345678901234567890}}');
  const problem = await expectProblem(await request.post(url, { headers, data }), 'validation_failed');
  expect(problem.detail).toContain('12345678901234567890');
});

test("a task's name on its own queue is held to the task's schema", async ({ request }) => {
  const emails = queueUrl(await firstSource(request), 'emails');
  const body = { name: 'send-welcome-email', data: { to: 'nobody', name: '', extra: 1 } };
  await expectInvalid(await request.post(`${emails}/jobs`, { data: body }), 'data.extra', 'data.name', 'data.to');
});

test('an unknown source is 404', async ({ request }) => {
  await expectProblem(
    await request.post(`${API}/queues/nowhere/${newQueueName('x')}/jobs`, { data: { name: 'a' } }),
    'source_not_found',
  );
});
