import { expect, test } from '@playwright/test';
import { JobWhy, Why } from '@/lib/contracts/why';
import { API, addJob, expectProblem, firstSource, newQueue, newQueueName, queueUrl, readJson } from './support/api';

test('a queue and a job say why they do not move, with what else stands in the way', async ({ request }) => {
  const queue = await newQueue(request, 'why');
  const { id } = await addJob(request, queue, { name: 'a' });
  expect(Why.parse(await readJson(await request.get(`${queue}/why`)))).toMatchObject({
    code: 'no-worker',
    figures: { ready: 1 },
    since: null,
  });
  expect((await request.post(`${queue}/pause`)).ok()).toBe(true);
  const paused = Why.parse(await readJson(await request.get(`${queue}/why`)));
  expect(paused.code).toBe('paused');
  expect(paused.sentence).toMatch(/^The queue has been paused for .* by local; 1 waits\.$/);
  expect(paused.others.map(({ code }) => code)).toContain('no-worker');
  const own = JobWhy.parse(await readJson(await request.get(`${queue}/jobs/${id}/why`)));
  expect(own).toMatchObject({ id, state: 'waiting', code: 'paused', waitsFor: [] });
});

test('a delayed job says until when', async ({ request }) => {
  const queue = await newQueue(request, 'why');
  const { id } = await addJob(request, queue, { name: 'a', options: { delayMs: 120_000 } });
  const own = JobWhy.parse(await readJson(await request.get(`${queue}/jobs/${id}/why`)));
  expect(own.code).toBe('delayed');
  expect(Date.parse(own.until ?? '') - Date.now()).toBeGreaterThan(100_000);
});

test('what is not there is 404', async ({ request }) => {
  const source = await firstSource(request);
  const nowhere = queueUrl(source, newQueueName('nowhere'));
  await expectProblem(await request.get(`${nowhere}/why`), 'queue_not_found');
  await expectProblem(await request.get(`${nowhere}/jobs/1/why`), 'queue_not_found');
  const queue = await newQueue(request, 'why');
  await addJob(request, queue, { name: 'a' });
  await expectProblem(await request.get(`${queue}/jobs/nobody/why`), 'job_not_found');
  await expectProblem(await request.get(`${API}/queues/nowhere/x/why`), 'source_not_found');
});
