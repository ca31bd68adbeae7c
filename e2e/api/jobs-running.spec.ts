import { expect, test } from '@playwright/test';
import { type Job as HeldJob, Queue, Worker } from 'bullmq';
import { Connection } from '@/e2e/bench/broker/connection';
import { OWN_SOURCE, type OwnStack, startOwnStack } from '@/e2e/support/own-stack';
import type { Job, JobList, JobLogs } from '@/lib/contracts/jobs';
import { addJob, expectProblem, queueUrl, readJson, waitForState } from './support/api';

/** Jobs in the hands of a worker that knows nothing of Queuedeck. */
const QUEUE = 'foreign';
let stack: OwnStack;
let url: string;
let worker: Worker | undefined;
let letGo: () => void = () => undefined;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  stack = await startOwnStack();
  url = stack.url + queueUrl(OWN_SOURCE, QUEUE);
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const connection = { host: '127.0.0.1', port: stack.redis.port, maxRetriesPerRequest: null };
  const process = async (job: HeldJob): Promise<unknown> => {
    for (let i = 0; i < 250; i += 1) await job.log(`line ${i}`);
    await job.updateProgress({ done: 1, total: 2, note: 'half' });
    if (job.name === 'hold') await held;
    if (job.name === 'fail') throw new Error(`first line\nsecond line ${'x'.repeat(1000)}`);
    return { large: 'y'.repeat(400_000) };
  };
  worker = new Worker<unknown, unknown>(QUEUE, process, { connection, concurrency: 5 });
  worker.on('error', () => undefined);
});
test.afterAll(async () => {
  letGo();
  await worker?.close();
  await stack?.stop();
});

test('a running job shows its progress, its log in pages, and who runs it', async ({ request }) => {
  const { id } = await addJob(request, url, { name: 'hold' });
  const jobUrl = `${url}/jobs/${id}`;
  await waitForState(request, jobUrl, 'active');
  await expect
    .poll(async () => (await readJson<Job>(await request.get(jobUrl))).progress)
    .toEqual({ done: 1, total: 2, note: 'half' });
  const lines: string[] = [];
  let cursor: string | null = null;
  do {
    const next: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const page = await readJson<JobLogs>(await request.get(`${jobUrl}/logs?limit=100${next}`));
    expect(page.total).toBe(250);
    lines.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  expect(lines).toEqual(Array.from({ length: 250 }, (_, i) => `line ${i}`));
  const { items } = await readJson<JobList>(await request.get(`${url}/jobs?state=active`));
  expect(items).toMatchObject([{ id, state: 'active', progress: { done: 1 } }]);
});

test('what runs cannot be removed, retried or promoted: 409 with its state', async ({ request }) => {
  const { id } = await addJob(request, url, { name: 'hold' });
  const jobUrl = `${url}/jobs/${id}`;
  await waitForState(request, jobUrl, 'active');
  expect((await expectProblem(await request.delete(jobUrl), 'job_locked')).state).toBe('active');
  for (const verb of ['retry', 'promote'])
    expect((await expectProblem(await request.post(`${jobUrl}/${verb}`), 'wrong_state')).state).toBe('active');
});

test('a worker without the control module leaves a cancellation requested, and the answer says why', async ({
  request,
}) => {
  const { id } = await addJob(request, url, { name: 'hold' });
  const jobUrl = `${url}/jobs/${id}`;
  await waitForState(request, jobUrl, 'active');
  const answer = await readJson<{ outcome: string; note: string }>(
    await request.post(`${jobUrl}/cancel`, { data: { reason: 'test' } }),
  );
  expect(answer.outcome).toBe('requested');
  expect(answer.note).toContain('control module');
  const job = await readJson<Job>(await request.get(jobUrl));
  expect(job.cancel).toMatchObject({ state: 'requested', acknowledgedAt: null, reason: 'test' });
  expect(job.state).toBe('active');
});

test('a failure: first line in the list, all of it in the job', async ({ request }) => {
  const { id } = await addJob(request, url, { name: 'fail' });
  const job = await waitForState(request, `${url}/jobs/${id}`, 'failed');
  expect(job.error?.message).toContain('second line');
  expect(job.error?.stack).toContain('at ');
  const { items } = await readJson<JobList>(await request.get(`${url}/jobs?state=failed`));
  expect(items.find((row) => row.id === id)?.error).toBe('first line');
});

test('a large result is cut like data', async ({ request }) => {
  const { id } = await addJob(request, url, { name: 'ok' });
  const job = await waitForState(request, `${url}/jobs/${id}`, 'completed');
  expect(job.result).toMatchObject({ truncated: true, sizeBytes: 400_012 });
  expect(job.result?.text.length).toBeLessThanOrEqual(262_144);
});

test('numbers that JavaScript cannot hold keep their digits', async ({ request }) => {
  const text = '{"id":12345678901234567890,"price":0.10000000000000000555}';
  const queue = new Queue('digits', { connection: { host: '127.0.0.1', port: stack.redis.port } });
  queue.on('error', () => undefined);
  const job = await queue.add('digits', {});
  await queue.close();
  const connection = await Connection.open(stack.redis.port);
  await connection.call('HSET', `bull:digits:${job.id}`, 'data', text);
  connection.close();
  const read = async () => (await request.get(`${stack.url}${queueUrl(OWN_SOURCE, 'digits')}/jobs/${job.id}`)).json();
  await expect.poll(async () => (await read()).data?.text).toBe(text);
});
