import { type APIRequestContext, expect, test } from '@playwright/test';
import { ChildrenRemoved } from '@/lib/contracts/job-changes';
import { Enqueued, type Job, JobChanged, type JobLogs } from '@/lib/contracts/jobs';
import { API, addJob, expectInvalid, expectProblem, newQueue, readJson, waitForState } from './support/api';

const BIG = '{"order": 12345678901234567890}';

const read = async (request: APIRequestContext, url: string) => readJson<Job>(await request.get(url));

/** A paused queue, so that nothing takes what the spec looks at, and one job in it. */
async function newJob(request: APIRequestContext, label: string, options: object = {}) {
  const queue = await newQueue(request, label);
  const { id } = await addJob(request, queue, { name: 'one', data: { n: 1 }, options });
  return { queue, id, url: `${queue}/jobs/${encodeURIComponent(id)}` };
}

/** A job of the stack's own that fails at once, and for good. */
async function newFailure(request: APIRequestContext): Promise<string> {
  const response = await request.post(`${API}/tasks/deliver-webhook`, {
    data: { input: { url: 'http://169.254.169.254/latest', event: 'spec.failed' } },
  });
  const { source, queue, id } = await readJson<Enqueued>(response);
  const url = `${API}/queues/${source}/${queue}/jobs/${id}`;
  await waitForState(request, url, 'failed');
  return url;
}

test('data is edited as value or as text, every digit kept', async ({ request }) => {
  const { url } = await newJob(request, 'edit');
  expect(JobChanged.parse(await readJson(await request.put(`${url}/data`, { data: { text: BIG } })))).toMatchObject({
    state: 'waiting',
  });
  expect((await read(request, url)).data.text).toBe(BIG);
  await readJson(await request.put(`${url}/data`, { data: { data: { n: 2 } } }));
  expect(JSON.parse((await read(request, url)).data.text)).toEqual({ n: 2 });
  await expectInvalid(await request.put(`${url}/data`, { data: {} }), '');
  await expectInvalid(await request.put(`${url}/data`, { data: { data: 1, text: '1' } }), '');
  await expectInvalid(await request.put(`${url}/data`, { data: { text: '{oops' } }), 'text');
  await expectProblem(
    await request.put(`${url}/data`, { headers: { 'content-type': 'application/json' }, data: `{"data":${BIG}}` }),
    'validation_failed',
  );
  expect(JSON.parse((await read(request, url)).data.text)).toEqual({ n: 2 });
});

test('a failed job is retried with other data and fresh attempts', async ({ request }) => {
  const url = await newFailure(request);
  const data = { url: 'http://169.254.169.254/other', event: 'spec.edited' };
  expect(await readJson(await request.post(`${url}/retry`, { data: { resetAttempts: true, data } }))).toMatchObject({
    state: 'waiting',
  });
  const job = await waitForState(request, url, 'failed');
  expect(JSON.parse(job.data.text)).toEqual(data);
  expect(job.attemptsMade).toBe(1);
  await expectInvalid(await request.post(`${url}/retry`, { data: { data, text: '{}' } }), '');
});

test('a waiting job gets another place, a delayed one another time', async ({ request }) => {
  const waiting = await newJob(request, 'place');
  expect(await readJson(await request.put(`${waiting.url}/priority`, { data: { priority: 7 } }))).toMatchObject({
    state: 'prioritized',
  });
  expect(await read(request, waiting.url)).toMatchObject({ state: 'prioritized', priority: 7 });
  await expectInvalid(await request.put(`${waiting.url}/priority`, { data: { priority: 2_097_152 } }), 'priority');
  const refused = await expectProblem(
    await request.put(`${waiting.url}/delay`, { data: { delayMs: 1000 } }),
    'wrong_state',
  );
  expect(refused.state).toBe('prioritized');
  expect(refused.detail).toContain('as soon as a worker is free');
  const delayed = await newJob(request, 'time', { delayMs: 3_600_000 });
  const runAt = new Date(Date.now() + 7_200_000).toISOString();
  expect(await readJson(await request.put(`${delayed.url}/delay`, { data: { runAt } }))).toMatchObject({
    state: 'delayed',
  });
  const moved = Date.parse((await read(request, delayed.url)).runAt ?? '');
  expect(Math.abs(moved - Date.parse(runAt))).toBeLessThan(50);
  await readJson(await request.put(`${delayed.url}/delay`, { data: { delayMs: 60_000 } }));
  expect(Date.parse((await read(request, delayed.url)).runAt ?? '')).toBeLessThan(Date.now() + 61_000);
  await expectProblem(await request.put(`${delayed.url}/delay`, { data: { delayMs: 1, runAt } }), 'validation_failed');
});

test('progress and log lines come from outside, and the log is cleared', async ({ request }) => {
  const { url } = await newJob(request, 'log');
  await readJson(await request.put(`${url}/progress`, { data: { progress: { done: 3, total: 4 } } }));
  await readJson(await request.post(`${url}/logs`, { data: { lines: ['first', 'second', 'third'] } }));
  expect(await read(request, url)).toMatchObject({ progress: { done: 3, total: 4 }, logs: 3 });
  const lines = async () => (await readJson<JobLogs>(await request.get(`${url}/logs`))).items;
  await readJson(await request.delete(`${url}/logs?keep=1`));
  expect(await lines()).toEqual(['third']);
  await readJson(await request.delete(`${url}/logs`));
  expect(await lines()).toEqual([]);
  await expectInvalid(await request.post(`${url}/logs`, { data: { lines: [] } }), 'lines');
  await expectInvalid(await request.put(`${url}/progress`, { data: {} }), 'progress');
});

test('a duplicate has name, data and options of its own copy, once per Idempotency-Key', async ({ request }) => {
  const { queue, url } = await newJob(request, 'copy', { attempts: 5, priority: 3 });
  await readJson(await request.put(`${url}/data`, { data: { text: BIG } }));
  const first = await request.post(`${url}/duplicate`);
  expect(first.status()).toBe(201);
  const copy = Enqueued.parse(await readJson(first));
  expect(first.headers().location).toContain(copy.id);
  const found = await read(request, `${queue}/jobs/${copy.id}`);
  expect(found).toMatchObject({ name: 'one', attempts: 5, priority: 3, state: 'prioritized' });
  expect(found.data.text).toBe(BIG);
  const headers = { 'idempotency-key': `copy-${Date.now()}` };
  const once = await readJson<Enqueued>(await request.post(`${url}/duplicate`, { headers }));
  const again = await request.post(`${url}/duplicate`, { headers });
  expect(again.status()).toBe(200);
  expect(again.headers()['idempotency-replayed']).toBe('true');
  expect((await readJson<Enqueued>(again)).id).toBe(once.id);
});

test('a deduplication key is freed', async ({ request }) => {
  const options = { deduplication: { id: 'key' } };
  const { queue, id, url } = await newJob(request, 'dedup', options);
  expect((await addJob(request, queue, { name: 'two', options })).id).toBe(id);
  await readJson(await request.delete(`${url}/deduplication`));
  expect((await addJob(request, queue, { name: 'two', options })).id).not.toBe(id);
  await expectProblem(await request.delete(`${url}/deduplication`), 'wrong_state');
});

test('a job without children says so, and takes the flag that leaves them', async ({ request }) => {
  const { url } = await newJob(request, 'children');
  const job = await read(request, url);
  expect(job.cannot['job.remove-children']).toBe('It has no children.');
  expect(ChildrenRemoved.parse(await readJson(await request.delete(`${url}/children`)))).toMatchObject({
    removed: 0,
    left: 0,
    done: true,
  });
  await expectInvalid(await request.delete(`${url}?children=maybe`), 'children');
  expect((await request.delete(`${url}?children=0`)).status()).toBe(204);
  await expectProblem(await request.get(url), 'job_not_found');
});

test('what may be done is told with the reason why not', async ({ request }) => {
  const { url } = await newJob(request, 'can');
  const { can, cannot } = await read(request, url);
  expect(can).toEqual(
    expect.arrayContaining(['job.edit', 'job.prioritize', 'job.duplicate', 'job.progress', 'job.log', 'job.remove']),
  );
  for (const verb of ['job.retry', 'job.reschedule', 'job.clear-logs', 'job.undeduplicate'])
    expect(cannot[verb], verb).toMatch(/\.$/);
});

for (const [method, path, data] of [
  ['post', 'duplicate', undefined],
  ['put', 'data', { data: 1 }],
  ['put', 'priority', { priority: 1 }],
  ['put', 'delay', { delayMs: 1 }],
  ['put', 'progress', { progress: 1 }],
  ['post', 'logs', { lines: ['x'] }],
  ['delete', 'logs', undefined],
  ['delete', 'deduplication', undefined],
  ['delete', 'children', undefined],
] as const)
  test(`${method} …/${path} of what is not there is 404`, async ({ request }) => {
    const { queue } = await newJob(request, 'gone');
    const options = data === undefined ? {} : { data };
    await expectProblem(await request[method](`${queue}/jobs/nobody/${path}`, options), 'job_not_found');
    await expectProblem(await request[method](`${queue}-not/jobs/1/${path}`, options), 'queue_not_found');
  });
