import { FlowProducer } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { QueueBackend } from '@/lib/backends/backend';
import { openBackend } from '@/lib/backends/registry';
import { SourceConfig } from '@/lib/env';
import { startRedis, type TestServer } from '@/lib/testing/servers';
import { until } from '@/lib/testing/until';

/** Flows of BullMQ whose jobs lie under two prefixes. */
let server: TestServer;
let redis: Redis;
let backend: QueueBackend;
let flows: FlowProducer;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  flows = new FlowProducer({ connection: redis, prefix: 'bull' });
  backend = openBackend(SourceConfig.parse({ name: 'test', url: server.url }), { role: 'web' });
});
afterAll(async () => {
  await backend.close();
  await flows.close();
  redis.disconnect();
  await server.stop();
});

const WANTS = { kind: null, after: null, limit: 10 };

it('tells a parent under another prefix by its key, and none of a queue that is not there', async () => {
  const { job, children } = await flows.add({
    name: 'parent',
    queueName: 'theirs',
    prefix: 'other:app',
    children: [{ name: 'child', queueName: 'ours', data: {}, prefix: 'bull' }],
  });
  const id = children?.[0]?.job.id ?? '';
  await until(async () => (await backend.queueNames()).includes('ours'), 'the queue');
  const found = await backend.getJob('ours', id, 100);
  expect(found).toMatchObject({ parent: null, parentKey: `other:app:theirs:${job.id}` });
  const level = await backend.flows?.level('ours', id, WANTS);
  expect(level).toMatchObject({ parent: null, parentKey: `other:app:theirs:${job.id}` });
  await redis.hdel(`bull:ours:${id}`, 'parent');
  expect(await backend.getJob('ours', id, 100)).toMatchObject({
    parent: null,
    parentKey: `other:app:theirs:${job.id}`,
  });
});

it('tells children under another prefix by their keys, beside those that are here', async () => {
  const { job, children } = await flows.add({
    name: 'parent',
    queueName: 'mothers',
    children: [
      { name: 'here', queueName: 'kids', data: {} },
      { name: 'there', queueName: 'kids', data: {}, prefix: 'other' },
    ],
  });
  await until(async () => (await backend.queueNames()).includes('kids'), 'the queue');
  const there = `other:kids:${children?.[1]?.job.id}`;
  const found = await backend.getJob('mothers', job.id ?? '', 100);
  expect(found).toMatchObject({
    parent: null,
    parentKey: null,
    children: { total: 2, items: [{ queue: 'kids', name: 'here' }], elsewhere: [there] },
  });
  const level = await backend.flows?.level('mothers', job.id ?? '', WANTS);
  expect(level).toMatchObject({ items: [{ queue: 'kids' }], elsewhere: [there], next: null });
  expect(level).not.toHaveProperty('parentKey');
  const child = await backend.getJob('kids', children?.[0]?.job.id ?? '', 100);
  expect(child).toMatchObject({ parent: { queue: 'mothers', id: job.id }, parentKey: null });
});
