import { type APIRequestContext, expect, test } from '@playwright/test';
import { CancelResult, type Enqueued, type Job, JobChanged } from '@/lib/contracts/jobs';
import {
  API,
  addJob,
  expectInvalid,
  expectProblem,
  firstSource,
  newQueue,
  readJson,
  waitForState,
} from './support/api';

/** A job of each ending, by the stack's own tasks. */
async function runTask(request: APIRequestContext, task: string, input: object, options: object = {}): Promise<string> {
  const response = await request.post(`${API}/tasks/${task}`, { data: { input, options } });
  const { source, queue, id } = await readJson<Enqueued>(response);
  return `${API}/queues/${source}/${queue}/jobs/${id}`;
}
const runToCompleted = (request: APIRequestContext) =>
  runTask(request, 'send-welcome-email', { to: 'ada@example.com', name: 'Ada' });
/** Metadata addresses are never posted to: fails at once, and for good. */
const runToFailed = (request: APIRequestContext) =>
  runTask(request, 'deliver-webhook', { url: 'http://169.254.169.254/latest', event: 'spec.failed' });

test('a failed job says why, and is retried', async ({ request }) => {
  const url = await runToFailed(request);
  const job = await waitForState(request, url, 'failed');
  expect(job.error?.code).toMatch(/^[a-z_]+$/);
  expect(job.error?.message).toContain('169.254');
  expect(job.stacktraces.length).toBe(1);
  expect(job.finishedAt).not.toBeNull();
  expect(job.can).toEqual(expect.arrayContaining(['job.retry', 'job.remove']));
  const retried = JobChanged.parse(await readJson(await request.post(`${url}/retry`)));
  expect(retried).toMatchObject({ id: job.id, state: 'waiting' });
  await expect.poll(async () => (await waitForState(request, url, 'failed')).attemptsStarted).toBeGreaterThan(1);
});

test('a completed job shows its result, and can run again', async ({ request }) => {
  const url = await runToCompleted(request);
  const job = await waitForState(request, url, 'completed');
  expect(JSON.parse(job.result?.text ?? 'null')).toMatchObject({ to: 'ada@example.com' });
  expect(job.runMs).toBeGreaterThanOrEqual(0);
  await expectProblem(await request.post(`${url}/cancel`), 'wrong_state');
  expect(await readJson(await request.post(`${url}/retry`))).toMatchObject({ state: 'waiting' });
  await waitForState(request, url, 'completed');
});

test('a job that waits can be neither retried nor promoted: 409 with its actual state', async ({ request }) => {
  const queue = await newQueue(request, 'waiting');
  const { id } = await addJob(request, queue, { name: 'a' });
  for (const verb of ['retry', 'promote']) {
    const problem = await expectProblem(await request.post(`${queue}/jobs/${id}/${verb}`), 'wrong_state');
    expect(problem.state).toBe('waiting');
  }
});

test('a delayed job is promoted once', async ({ request }) => {
  const queue = await newQueue(request, 'promote');
  const { id } = await addJob(request, queue, { name: 'a', options: { delayMs: 3_600_000 } });
  expect(await readJson(await request.post(`${queue}/jobs/${id}/promote`))).toMatchObject({ id, state: 'waiting' });
  expect((await expectProblem(await request.post(`${queue}/jobs/${id}/promote`), 'wrong_state')).state).toBe('waiting');
});

for (const [state, options] of [
  ['waiting', {}],
  ['delayed', { delayMs: 3_600_000 }],
  ['prioritized', { priority: 9 }],
] as const) {
  test(`a ${state} job is cancelled: gone from the queue, recorded as cancelled`, async ({ request }) => {
    const queue = await newQueue(request, 'cancel');
    const { id } = await addJob(request, queue, { name: 'a', options });
    const response = await request.post(`${queue}/jobs/${id}/cancel`, { data: { reason: 'not needed' } });
    expect(CancelResult.parse(await readJson(response))).toMatchObject({ id, outcome: 'removed', note: null });
    const problem = await expectProblem(await request.get(`${queue}/jobs/${id}`), 'job_cancelled');
    expect(problem.detail).toContain('not needed');
    await expectProblem(await request.post(`${queue}/jobs/${id}/cancel`), 'job_cancelled');
    await expectProblem(await request.post(`${queue}/jobs/${id}/retry`), 'job_cancelled');
  });

  test(`a ${state} job is removed once`, async ({ request }) => {
    const queue = await newQueue(request, 'remove');
    await addJob(request, queue, { name: 'stays' });
    const { id } = await addJob(request, queue, { name: 'a', options });
    const response = await request.delete(`${queue}/jobs/${id}`);
    expect(response.status()).toBe(204);
    expect((await response.body()).length).toBe(0);
    await expectProblem(await request.get(`${queue}/jobs/${id}`), 'job_not_found');
    await expectProblem(await request.delete(`${queue}/jobs/${id}`), 'job_not_found');
  });
}

test('a job that is removed names its entry of the recycle bin, and comes back from it', async ({ request }) => {
  const queue = await newQueue(request, 'undo');
  const { id } = await addJob(request, queue, { name: 'a', data: { n: 7 } });
  const url = `${queue}/jobs/${id}`;
  const before = await readJson<Job>(await request.get(url));
  expect(before.bin).toEqual({ hours: 24, cannot: null });
  const removed = await request.delete(`${url}?undoable=1`);
  expect(removed.status()).toBe(204);
  const entry = removed.headers()['queuedeck-bin-entry'] ?? '';
  await expectProblem(await request.get(url), 'job_not_found');
  const restored = await request.post(`${API}/bin/restore`, { data: { entries: [entry] } });
  expect(restored.status()).toBe(201);
  const back = await waitForState(request, url, 'waiting');
  expect(back).toMatchObject({ name: 'a', addedAt: before.addedAt, data: before.data, options: before.options });
  await expectProblem(await request.post(`${API}/bin/restore`, { data: { entries: [entry] } }), 'nothing_matches');
  const cancelled = CancelResult.parse(await readJson(await request.post(`${url}/cancel`)));
  expect(cancelled).toMatchObject({ outcome: 'removed', binEntry: expect.stringMatching(/^\d+$/) });
});

test('what could not be put back is not removed where that is asked for', async ({ request }) => {
  const queue = await newQueue(request, 'flow');
  const name = decodeURIComponent(queue.split('/').at(-1) ?? '');
  const child = { name: 'child', queue: name, options: { id: 'the-child' } };
  const flow = { name: 'parent', queue: name, options: { id: 'the-parent' }, children: [child] };
  const source = await firstSource(request);
  expect((await request.post(`${API}/flows`, { data: { source, flow } })).status()).toBe(201);
  const url = `${queue}/jobs/the-parent`;
  const problem = await expectProblem(await request.delete(`${url}?undoable=1`), 'not_undoable');
  expect(problem.detail).toContain('not the flow below it');
  await expectInvalid(await request.delete(`${url}?undoable=maybe`), 'undoable');
  const removed = await request.delete(`${url}?undoable=1&children=0`);
  expect(removed.status()).toBe(204);
  expect(removed.headers()['queuedeck-bin-entry']).toMatch(/^\d+$/);
  const last = await request.delete(`${queue}/jobs/the-child`);
  expect(last.headers()['queuedeck-bin-entry']).toMatch(/^\d+$/);
});

test('of twenty who cancel the same job, one does', async ({ request }) => {
  const queue = await newQueue(request, 'race');
  await addJob(request, queue, { name: 'stays' });
  const { id } = await addJob(request, queue, { name: 'a' });
  const answers = await Promise.all(Array.from({ length: 20 }, () => request.post(`${queue}/jobs/${id}/cancel`)));
  const statuses = answers.map((answer) => answer.status());
  expect(statuses.filter((status) => status === 200).length).toBe(1);
  expect(statuses.filter((status) => [404, 410].includes(status)).length).toBe(19);
});

for (const verb of ['retry', 'promote', 'cancel'])
  test(`${verb} of what is not there is 404`, async ({ request }) => {
    const queue = await newQueue(request, 'gone');
    await expectProblem(await request.post(`${queue}/jobs/1/${verb}`), 'queue_not_found');
    await addJob(request, queue, { name: 'a' });
    await expectProblem(await request.post(`${queue}/jobs/nobody/${verb}`), 'job_not_found');
  });

test("a queue's own keys are no jobs: nothing can be done to them", async ({ request }) => {
  const queue = await newQueue(request, 'keys');
  const { id } = await addJob(request, queue, { name: 'a' });
  for (const key of ['meta', 'id', 'events', 'wait', 'marker', `${id}:logs`]) {
    const url = `${queue}/jobs/${encodeURIComponent(key)}`;
    await expectProblem(await request.delete(url), 'job_not_found');
    for (const verb of ['retry', 'promote', 'cancel'])
      await expectProblem(await request.post(`${url}/${verb}`), 'job_not_found');
  }
  expect((await readJson<{ state: string }>(await request.get(`${queue}/jobs/${id}`))).state).toBe('waiting');
});

test('bodies that do not fit are named', async ({ request }) => {
  const queue = await newQueue(request, 'body');
  const { id } = await addJob(request, queue, { name: 'a' });
  const post = (verb: string, data: unknown) => request.post(`${queue}/jobs/${id}/${verb}`, { data });
  await expectInvalid(await post('cancel', { reason: 'x'.repeat(301) }), 'reason');
  await expectInvalid(await post('cancel', { force: true }), 'force');
  await expectInvalid(await post('retry', { force: true }), 'force');
  expect((await readJson<{ state: string }>(await request.get(`${queue}/jobs/${id}`))).state).toBe('waiting');
});
