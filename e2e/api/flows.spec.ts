import { randomUUID } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { Flow, FlowAdded, FlowList } from '@/lib/contracts/flows';
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
