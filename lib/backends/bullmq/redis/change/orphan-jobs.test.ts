import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Position, QueueBackend } from '@/lib/backends/backend';
import type { SweepBounds } from '@/lib/backends/changes';
import { openBackend } from '@/lib/backends/registry';
import { SourceConfig } from '@/lib/env';
import { startRedis, type TestServer } from '@/lib/testing/servers';

const BOUNDS: SweepBounds = { maxRemoved: 50_000, maxMs: 5_000 };
let server: TestServer;
let redis: Redis;
let backend: QueueBackend;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  backend = openBackend(SourceConfig.parse({ name: 'test', url: server.url }), { role: 'web' });
});
afterAll(async () => {
  await backend.close();
  redis.disconnect();
  await server.stop();
});

async function sweepAll(queue: string): Promise<number> {
  let [removed, from] = [0, null as Position | null];
  for (;;) {
    const swept = await backend.removeOrphans?.(queue, from, BOUNDS);
    if (swept?.kind !== 'swept') throw new Error(`removeOrphans answered ${swept?.kind}`);
    removed += swept.removed;
    from = swept.next;
    if (swept.done) return removed;
  }
}

it('removes what is in no state, and nothing else', async () => {
  const queue = new Queue('shop', { connection: redis });
  await queue.addBulk(Array.from({ length: 50 }, (_, i) => ({ name: `j${i}`, data: {} })));
  await queue.add('later', {}, { delay: 60_000 });
  await queue.add('urgent', {}, { priority: 2 });
  await queue.add('keyed', {}, { deduplication: { id: 'k' } });
  await queue.upsertJobScheduler('nightly', { pattern: '0 3 * * *' }, { name: 'night' });
  // A queue of another writer whose name goes on after ":".
  await redis.hset('bull:shop:b2b:7', { name: 'theirs', data: '{}', timestamp: 1 });
  await redis.rpush('bull:shop:b2b:7:logs', 'line');
  await redis.lpush('bull:shop:b2b:wait', '7');
  await redis.zadd('bull:shop:b2b:failed', 1, '8');
  await redis.hset('bull:shop:metrics:failed', 'count', 3);
  await redis.hset('bull:shop:running', { name: 'r', data: '{}', timestamp: 1 });
  await redis.set('bull:shop:running:lock', 'token');
  await redis.set('bull:shop:note', 'not a job');
  await redis.hset('bull:shop:settings', 'ours', 1);
  const before = new Set(await redis.keys('bull:*'));
  for (let i = 0; i < 30; i++) {
    await redis.hset(`bull:shop:lost${i}`, { name: 'n', data: '{}', timestamp: 1 });
    await redis.rpush(`bull:shop:lost${i}:logs`, 'line');
  }
  await redis.rpush('bull:shop:evicted:logs', 'its hash is gone');
  expect(await sweepAll('shop')).toBe(31);
  expect(new Set(await redis.keys('bull:*'))).toEqual(before);
  expect(await sweepAll('shop')).toBe(0);
  await queue.close();
});

it('goes on from where its bound ended it', async () => {
  for (let i = 0; i < 100; i++) await redis.hset(`bull:many:lost${i}`, { name: 'n', data: '{}', timestamp: 1 });
  for (let i = 0; i < 5000; i++) await redis.set(`filler:${i}`, '');
  const first = await backend.removeOrphans?.('many', null, { maxRemoved: 1, maxMs: 5_000 });
  if (first?.kind !== 'swept') throw new Error('refused');
  expect(first).toMatchObject({ done: false });
  let [removed, from] = [first.removed, first.next];
  for (let done = false; !done; ) {
    const swept = await backend.removeOrphans?.('many', from, BOUNDS);
    if (swept?.kind !== 'swept') throw new Error('refused');
    [removed, from, done] = [removed + swept.removed, swept.next, swept.done];
  }
  expect(removed).toBe(100);
});

it('refuses where too many wait to look each one up', async () => {
  for (let i = 0; i < 101; i++)
    await redis.rpush('bull:deep:wait', ...Array.from({ length: 1000 }, (_, n) => String(i * 1000 + n)));
  expect(await backend.removeOrphans?.('deep', null, BOUNDS)).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('100000'),
  });
});
