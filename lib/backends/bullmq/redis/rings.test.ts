import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { QueueBackend } from '@/lib/backends/backend';
import { SourceConfig } from '@/lib/env';
import { startRedis, type TestServer } from '@/lib/testing/servers';
import { openRedisBackend } from '../redis';

let server: TestServer;
let redis: Redis;
let backend: QueueBackend;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  backend = openRedisBackend(SourceConfig.parse({ name: 'test', url: server.url }));
});
beforeEach(() => redis.flushall());
afterAll(async () => {
  await backend.close();
  redis.disconnect();
  await server.stop();
});

const KINDS = [':dependencies', ':processed', ':failed', ':unsuccessful'] as const;

/** A job that waits for its children, and no event of it. */
async function put(id: string, more: Record<string, string> = {}): Promise<void> {
  await redis.hset('bull:r:meta', 'version', 'bullmq:6.7.0');
  await redis.hset(`bull:r:${id}`, { name: 'x', timestamp: Date.now(), data: '{}', opts: '{}', ...more });
  await redis.zadd('bull:r:waiting-children', Date.now(), id);
}

async function hang(parent: string, key: string, kind: (typeof KINDS)[number]): Promise<void> {
  if (kind === ':dependencies') await redis.sadd(`bull:r:${parent}${kind}`, key);
  else if (kind === ':unsuccessful') await redis.zadd(`bull:r:${parent}${kind}`, 1, key);
  else await redis.hset(`bull:r:${parent}${kind}`, key, '1');
}

const jobsLeft = async () => (await redis.zrange('bull:r:waiting-children', '0', '-1')).sort();

describe.each(KINDS)('children kept in %s', (kind) => {
  it.each([
    ['one', ['own']],
    ['two', ['a', 'b']],
    ['three', ['a', 'b', 'c']],
  ])('may lead back to their parent: a ring of %s goes as a whole', async (_, ids) => {
    for (const id of ids) await put(id);
    for (const [i, id] of ids.entries()) await hang(id, `bull:r:${ids[(i + 1) % ids.length]}`, kind);
    await put('zz-beside');
    expect(await backend.getJob('r', ids[0] as string, 10)).toMatchObject({ children: { total: 1 } });
    expect(await backend.remove?.('r', ids[0] as string, true)).toMatchObject({ kind: 'done' });
    expect(await jobsLeft()).toEqual(['zz-beside']);
    expect(await redis.keys('bull:r:[a-c]*')).toEqual([]);
  });

  it('may all hang on each other', async () => {
    const ids = Array.from({ length: 60 }, (_, i) => `dense-${i}`);
    for (const id of ids) await put(id);
    for (const id of ids) for (const other of ids) if (id !== other) await hang(id, `bull:r:${other}`, kind);
    expect(await backend.remove?.('r', 'dense-0', true)).toMatchObject({ kind: 'done' });
    expect(await jobsLeft()).toEqual([]);
  });

  it('may be what is no key of a job', async () => {
    await put('p');
    for (const key of ['nonsense', '', ':', '::::', 'bull:r:gone', 'elsewhere:r:1']) await hang('p', key, kind);
    expect(await backend.getJob('r', 'p', 10)).not.toBeNull();
    expect(await backend.flows?.level('r', 'p', { kind: null, after: null, limit: 10 })).not.toBeNull();
    expect((await backend.removeChildren?.('r', 'p'))?.kind).toBe('removed');
    expect(await backend.remove?.('r', 'p', true)).toMatchObject({ kind: 'done' });
    expect(await jobsLeft()).toEqual([]);
  });
});

it('refuses to walk what is too large, and says how much hangs on it', async () => {
  for (let i = 0; i < 2_100; i += 1) await put(`deep-${i}`);
  for (let i = 0; i < 2_099; i += 1) await hang(`deep-${i}`, `bull:r:deep-${i + 1}`, ':dependencies');
  for (const outcome of [
    await backend.remove?.('r', 'deep-0', true),
    await backend.cancel?.('r', 'deep-0', { by: 'ann', reason: null, at: 0 }),
  ])
    expect(outcome).toEqual({ kind: 'refused', reason: expect.stringContaining('2000 go at most') });
  expect(await jobsLeft()).toHaveLength(2_100);
});

it('removes no children of a job whose way up leads back to it', async () => {
  await put('a', { parentKey: 'bull:r:b' });
  await put('b', { parentKey: 'bull:r:a' });
  await hang('a', 'bull:r:b', ':dependencies');
  expect(await backend.removeChildren?.('r', 'a')).toMatchObject({ kind: 'refused' });
  // A way up that ends in a ring of others, in nothing, or in what is no job.
  await put('above-ring', { parentKey: 'bull:r:b' });
  await put('under-nothing', { parentKey: 'nonsense' });
  for (const id of ['above-ring', 'under-nothing'])
    expect(await backend.removeChildren?.('r', id)).toMatchObject({ kind: 'removed', removed: 0 });
});
