import { expect, test } from '@playwright/test';
import { Job, JobLogs } from '@/lib/contracts/jobs';
import { addJob, expectInvalid, expectProblem, newQueue, readJson } from './support/api';

const CUT_BYTES = 262_144;

test('a job comes whole', async ({ request }) => {
  const queue = await newQueue(request, 'whole');
  const { id } = await addJob(request, queue, { name: 'a', data: { n: 1 }, options: { attempts: 3, priority: 2 } });
  const job = Job.parse(await readJson(await request.get(`${queue}/jobs/${id}`)));
  expect(job).toMatchObject({
    state: 'prioritized',
    attempts: 3,
    priority: 2,
    attemptsMade: 0,
    result: null,
    error: null,
  });
  expect(job).toMatchObject({ stacktraces: [], parent: null, children: null, cancel: null, file: null, logs: 0 });
  // PostgreSQL's jsonb writes a space after the colon.
  expect(JSON.parse(job.data.text)).toEqual({ n: 1 });
  expect(job.data).toMatchObject({ sizeBytes: job.data.text.length, truncated: false });
  expect(job.can).toContain('job.cancel');
  expect(job.cannot['job.retry']).toContain('prioritized');
});

test('a payload over 256 KB comes cut, with its true size, and whole with raw=1', async ({ request }) => {
  const queue = await newQueue(request, 'large');
  const text = 'x'.repeat(600_000);
  const { id } = await addJob(request, queue, { name: 'a', data: { text } });
  for (const flag of ['1', 'true']) {
    const { data } = await readJson<Job>(await request.get(`${queue}/jobs/${id}?raw=${flag}`));
    expect(JSON.parse(data.text)).toEqual({ text });
    expect(data).toMatchObject({ sizeBytes: data.text.length, truncated: false });
    const cut = (await readJson<Job>(await request.get(`${queue}/jobs/${id}`))).data;
    expect(cut).toMatchObject({ sizeBytes: data.text.length, truncated: true });
    expect(cut.text.length).toBeLessThanOrEqual(CUT_BYTES);
    expect(cut.text.length).toBeGreaterThan(CUT_BYTES - 16);
    expect(data.text.startsWith(cut.text)).toBe(true);
  }
});

test('the cut never splits a character', async ({ request }) => {
  const queue = await newQueue(request, 'utf8');
  for (const pad of ['', 'a', 'ab', 'abc']) {
    const { id } = await addJob(request, queue, { name: 'a', data: { text: pad + '✓🙂é'.repeat(60_000) } });
    const { data } = await readJson<Job>(await request.get(`${queue}/jobs/${id}`));
    expect(data.truncated).toBe(true);
    expect(data.text).not.toContain('\ufffd');
    expect(Buffer.from(data.text).toString()).toBe(data.text);
    expect(Buffer.byteLength(data.text)).toBeLessThanOrEqual(CUT_BYTES);
  }
});

test('a job without lines has an empty log', async ({ request }) => {
  const queue = await newQueue(request, 'logs');
  const { id } = await addJob(request, queue, { name: 'a' });
  const logs = JobLogs.parse(await readJson(await request.get(`${queue}/jobs/${id}/logs`)));
  expect(logs).toEqual({ items: [], nextCursor: null, total: 0 });
});

test('what is not there is 404', async ({ request }) => {
  const queue = await newQueue(request, 'missing');
  await expectProblem(await request.get(`${queue}/jobs/1`), 'queue_not_found');
  const { id } = await addJob(request, queue, { name: 'a' });
  for (const wrong of ['0', 'nobody', 'meta', 'events', 'id', 'wait', `${id}:logs`, 'x'.repeat(500)]) {
    const url = `${queue}/jobs/${encodeURIComponent(wrong)}`;
    await expectProblem(await request.get(url), 'job_not_found');
    await expectProblem(await request.get(`${url}/logs`), 'job_not_found');
  }
  await expectProblem(await request.get(`${queue}/jobs/${id}/file`), 'file_not_found');
});

test('parameters that do not fit are named', async ({ request }) => {
  const queue = await newQueue(request, 'params');
  const { id } = await addJob(request, queue, { name: 'a' });
  await expectInvalid(await request.get(`${queue}/jobs/${id}?raw=yes`), 'raw');
  await expectInvalid(await request.get(`${queue}/jobs/${id}?fields=data`), 'fields');
  await expectInvalid(await request.get(`${queue}/jobs/${id}/logs?limit=0`), 'limit');
  await expectInvalid(await request.get(`${queue}/jobs/${id}/logs?cursor=zzz`), 'cursor');
  await expectProblem(await request.get(`${queue}/jobs/${'x'.repeat(16_384)}`), 'job_not_found');
  await expectInvalid(await request.get(`${queue}/jobs/${'x'.repeat(16_385)}`), 'job');
});
