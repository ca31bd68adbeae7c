import { expect, test } from '@playwright/test';
import { type Queue, QueueAnswer, QueueList } from '@/lib/contracts/queues';
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

test('a new queue is in the list with its counts', async ({ request }) => {
  const queue = await newQueue(request, 'counts');
  await addJob(request, queue, { name: 'one' });
  await addJob(request, queue, { name: 'two' });
  await addJob(request, queue, { name: 'later', options: { delayMs: 3_600_000 } });
  await addJob(request, queue, { name: 'urgent', options: { priority: 3 } });
  const name = decodeURIComponent(queue.split('/').at(-1) ?? '');
  const find = async () => {
    const { items } = QueueList.parse(await readJson(await request.get(`${API}/queues?limit=200`)));
    return items.find((item) => item.name === name)?.counts;
  };
  await expect.poll(find).toMatchObject({ waiting: 2, delayed: 1, prioritized: 1, active: 0, completed: 0, failed: 0 });
});

test('one queue answers the same figures as the list', async ({ request }) => {
  const queue = await newQueue(request, 'one');
  await addJob(request, queue, { name: 'one' });
  await expect.poll(async () => (await request.get(queue)).status()).toBe(200);
  const answer = QueueAnswer.parse(await readJson(await request.get(queue)));
  expect(answer).toMatchObject({ counts: { waiting: 1 }, paused: false, concurrency: null, rateLimit: null });
  expect(answer.oldestWaitingMs).toBeGreaterThan(0);
  expect(answer.can).toContain('queue.pause');
  expect(Date.now() - Date.parse(answer.asOf)).toBeLessThan(2_500);
});

test('pausing and resuming show at once and may be repeated', async ({ request }) => {
  const queue = await newQueue(request, 'pause');
  await addJob(request, queue, { name: 'one' });
  await expect.poll(async () => (await request.get(queue)).status()).toBe(200);
  const isPaused = async () => (await readJson<Queue>(await request.get(queue))).paused;
  for (let i = 0; i < 2; i += 1) {
    expect(await readJson(await request.post(`${queue}/pause`))).toMatchObject({ paused: true });
    await expect.poll(isPaused).toBe(true);
  }
  for (let i = 0; i < 2; i += 1) {
    expect(await readJson(await request.delete(`${queue}/pause`))).toMatchObject({ paused: false });
    await expect.poll(isPaused).toBe(false);
  }
});

test('a pause says who, when and why, until it is resumed; a second one is not its own', async ({ request }) => {
  const queue = await newQueue(request, 'pause-why');
  await addJob(request, queue, { name: 'one' });
  await expect.poll(async () => (await request.get(queue)).status()).toBe(200);
  const read = async () => readJson<Queue>(await request.get(queue));
  expect((await read()).pause).toBeNull();
  const pause = (data: object) => request.post(`${queue}/pause`, { data });
  await expectInvalid(await pause({ reason: 'x'.repeat(501) }), 'reason');
  await expectInvalid(await pause({ reason: ' ' }), 'reason');
  await expectInvalid(await pause({ why: 'x' }), 'why');
  const from = Date.now();
  expect(await readJson(await pause({ reason: 'A deploy' }))).toMatchObject({ paused: true, changed: true });
  await expect.poll(async () => (await read()).pause).toMatchObject({ by: 'local', reason: 'A deploy' });
  expect(Math.abs(Date.parse((await read()).pause?.at ?? '') - from)).toBeLessThan(10_000);
  expect(await readJson(await pause({ reason: 'Another' }))).toMatchObject({ paused: true, changed: false });
  expect((await read()).pause?.reason).toBe('A deploy');
  const why = await readJson<{ sentence: string }>(await request.get(`${queue}/why`));
  expect(why.sentence).toContain('by local (“A deploy”)');
  await readJson(await request.delete(`${queue}/pause`));
  await expect.poll(async () => (await read()).paused).toBe(false);
  expect((await read()).pause).toBeNull();
});

test('pages of one walk through every queue once, in order', async ({ request }) => {
  for (const label of ['walk-a', 'walk-b']) await addJob(request, await newQueue(request, label), { name: 'one' });
  const names: string[] = [];
  let cursor: string | null = null;
  do {
    const query = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const page = QueueList.parse(await readJson(await request.get(`${API}/queues?limit=1${query}`)));
    names.push(...page.items.map((item) => `${item.source}/${item.name}`));
    cursor = page.nextCursor;
  } while (cursor);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(1);
});

for (const hostile of [
  'a/b',
  'a%2Fb',
  '50% off',
  '<script>alert(1)</script>',
  'täsk ✓ 队列',
  'with:colon',
  'x'.repeat(400),
])
  test(`a queue called ${JSON.stringify(hostile.slice(0, 30))} works`, async ({ request }) => {
    const source = await firstSource(request);
    const name = `${newQueueName('odd')} ${hostile}`;
    const queue = queueUrl(source, name);
    const added = await request.post(`${queue}/jobs`, { data: { name: hostile.slice(0, 256) } });
    expect(await readJson(added)).toMatchObject({ queue: name, name: hostile.slice(0, 256) });
    const { items } = await readJson<{ items: { name: string }[] }>(await request.get(`${queue}/jobs?state=waiting`));
    expect(items.map((item) => item.name)).toContain(hostile.slice(0, 256));
  });

test('an unknown source is 404', async ({ request }) => {
  await expectProblem(await request.get(`${API}/queues?source=nowhere`), 'source_not_found');
  await expectProblem(await request.get(`${API}/queues/nowhere/emails`), 'source_not_found');
  await expectProblem(await request.post(`${API}/queues/nowhere/emails/pause`), 'source_not_found');
});

test('an unknown queue is 404, and asking does not make it', async ({ request }) => {
  const queue = await newQueue(request, 'nobody');
  for (let i = 0; i < 2; i += 1) {
    await expectProblem(await request.get(queue), 'queue_not_found');
    await expectProblem(await request.post(`${queue}/pause`), 'queue_not_found');
    await expectProblem(await request.delete(`${queue}/pause`), 'queue_not_found');
    await expectProblem(await request.get(`${queue}/jobs?state=waiting`), 'queue_not_found');
  }
});

test('unknown and ill-fitting parameters are named', async ({ request }) => {
  await expectInvalid(await request.get(`${API}/queues?sort=name&limit=999`), 'limit', 'sort');
  await expectInvalid(await request.get(`${API}/queues?cursor=%25`), 'cursor');
});

test('a broken escape in the path is refused, and says nothing of the inside', async ({ request }) => {
  const source = await firstSource(request);
  const response = await request.get(`${API}/queues/${source}/%E0%A4%A`);
  // Next answers before any handler of ours is asked.
  expect(response.status()).toBeGreaterThanOrEqual(400);
  expect((await response.body()).length).toBeLessThan(200);
});
