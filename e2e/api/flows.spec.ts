import { randomUUID } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { Flow, FlowAdded, FlowFailures, FlowList, FlowRetried } from '@/lib/contracts/flows';
import { Operation } from '@/lib/contracts/operations';
import { API, expectInvalid, expectProblem, firstSource, newQueueName, queueUrl, readJson } from './support/api';

test('a tree is added, listed and walked', async ({ request }) => {
  const source = await firstSource(request);
  const [top, kids] = [newQueueName('flow'), newQueueName('flow-kids')];
  const mid = { queue: kids, name: 'mid', children: [{ queue: kids, name: 'leaf', data: { deep: true } }] };
  const flow = { queue: top, name: 'top', children: [mid, { queue: kids, name: 'plain' }] };
  const response = await request.post(`${API}/flows`, { data: { source, flow } });
  expect(response.status()).toBe(201);
  const added = FlowAdded.parse(await response.json());
  expect(added).toMatchObject({ queue: top, state: 'waiting-children', nodes: 4 });

  const list = FlowList.parse(await readJson(await request.get(`${API}/flows?state=waiting-children&limit=50`)));
  expect(list.searched).toBeGreaterThan(0);
  const found = list.items.find((item) => item.id === added.id);
  expect(found).toMatchObject({ name: 'top', children: { total: 2, pending: 2 } });

  const url = `${queueUrl(source, top)}/jobs/${added.id}/flow`;
  const level = Flow.parse(await readJson(await request.get(url)));
  expect(level.nodes.map((node) => node.name).sort()).toEqual(['mid', 'plain']);
  const whole = Flow.parse(await readJson(await request.get(`${url}?depth=3`)));
  expect(whole.nodes.map((node) => node.name).sort()).toEqual(['leaf', 'mid', 'plain']);
  expect(whole.criticalPath?.jobs.length).toBeGreaterThan(1);
  expect(whole.nodes.every((node) => node.nextCursor === null)).toBe(true);
  await expectInvalid(await request.get(`${url}?depth=6`), 'depth');
  await expectProblem(await request.get(`${queueUrl(source, top)}/jobs/nobody/flow`), 'job_not_found');
});

test('the same key adds one tree', async ({ request }) => {
  const source = await firstSource(request);
  const key = randomUUID();
  const flow = { queue: newQueueName('flow-once'), name: 'top', children: [{ queue: newQueueName('kid'), name: 'k' }] };
  const send = () => request.post(`${API}/flows`, { data: { source, flow }, headers: { 'idempotency-key': key } });
  const first = await send();
  const again = await send();
  expect([first.status(), again.status()]).toEqual([201, 200]);
  expect(again.headers()['idempotency-replayed']).toBe('true');
  expect(await again.json()).toEqual(await first.json());
});

test('a tree that does not fit is refused, and nothing of it is added', async ({ request }) => {
  const source = await firstSource(request);
  const queue = newQueueName('flow-bad');
  const send = (flow: object) => request.post(`${API}/flows`, { data: { source, flow } });
  await expectInvalid(
    await send({
      queue,
      name: 'top',
      children: [
        { queue, name: 'fine' },
        { queue, name: '' },
      ],
    }),
    'flow.children[1].name',
  );
  const wide = Array.from({ length: 1000 }, () => ({ queue, name: 'k' }));
  await expectInvalid(await send({ queue, name: 'top', children: wide }), 'flow');
  await expectProblem(await request.get(`${queueUrl(source, queue)}/jobs?state=waiting`), 'queue_not_found');
});

test('what failed below a job is told, listed and retried as an operation', async ({ request }) => {
  const source = await firstSource(request);
  const queue = newQueueName('flow-failed');
  // No webhook may go there: it fails at once.
  const data = { url: 'https://10.0.0.1/orders', event: 'order.paid', payload: {} };
  const leaf = { queue: 'webhooks', name: 'deliver-webhook', data, options: { attempts: 1 } };
  const flow = { queue, name: 'top', children: [{ queue, name: 'mid', children: [leaf] }] };
  const added = FlowAdded.parse(await readJson(await request.post(`${API}/flows`, { data: { source, flow } })));
  const url = `${queueUrl(source, queue)}/jobs/${added.id}/flow`;
  await expectProblem(await request.post(`${url}/retry`, { data: {} }), 'nothing_matches');
  const failures = async () => FlowFailures.parse(await readJson(await request.get(`${url}/failures`)));
  await expect.poll(async () => (await failures()).jobs, { timeout: 30_000 }).toBe(1);
  expect(await failures()).toMatchObject({
    ...{ blocked: 0, ignored: 0, exact: true, can: ['flow.retry'] },
    queues: [{ queue: 'webhooks', jobs: 1 }],
    sample: [{ queue: 'webhooks', name: 'deliver-webhook' }],
  });

  const find = async () => {
    const list = FlowList.parse(await readJson(await request.get(`${API}/flows?state=failed&limit=200`)));
    expect(list.recorded).toMatchObject([{ source }]);
    expect(list.failing?.flows ?? 0).toBeGreaterThan(0);
    return list.items.find(({ id }) => id === added.id);
  };
  await expect.poll(async () => (await find())?.failed?.count, { timeout: 30_000 }).toBe(1);
  expect(await find()).toMatchObject({ name: 'top', state: 'waiting-children', children: { total: 1, pending: 1 } });

  await expectInvalid(await request.post(`${url}/retry`, { data: { reason: '' } }), 'reason');
  const retried = await request.post(`${url}/retry`, { data: { reason: 'a test' } });
  expect(retried.status()).toBe(201);
  const { operations, jobs } = FlowRetried.parse(await retried.json());
  expect([jobs, operations.length]).toEqual([1, 1]);
  const operation = async () =>
    Operation.parse(await readJson(await request.get(`${API}/operations/${operations[0]?.id}`)));
  await expect.poll(async () => (await operation()).state, { timeout: 20_000 }).toBe('done');
  expect(await operation()).toMatchObject({ kind: 'retry', done: 1, reason: 'a test', queue: 'webhooks' });
});
