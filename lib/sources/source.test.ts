import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SourceInspection } from '@/lib/backends/inspection';
import { openPostgresBroker, openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { findWarnings } from './warnings';

async function codesOf({ backend }: TestBroker): Promise<string[]> {
  const [facts, inspection] = await Promise.all([backend.facts(), inspect(backend)]);
  return findWarnings(facts, inspection).map(({ code }) => code);
}

async function inspect(backend: TestBroker['backend']): Promise<SourceInspection> {
  if (!backend.inspect) throw new Error('cannot inspect');
  return backend.inspect();
}

/** `fresh` facts: they are kept for a second. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 1_000));

describe('a Redis source', () => {
  let broker: TestBroker;
  let redis: Redis;
  beforeAll(async () => {
    broker = await openRedisBroker();
    redis = new Redis(broker.config.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await broker.close();
  });

  it('samples sizes, and finds the largest payload', async () => {
    const small = broker.queue('small');
    await small.addBulk(Array.from({ length: 300 }, (_, i) => ({ name: 'n', data: { i } })));
    const big = await broker.queue('big').add('huge', { text: 'x'.repeat(900_000) });
    await broker.backend.queueNames();
    const { sizes, redis: settings, clients, clockSkewMs, startedAt } = await inspect(broker.backend);
    expect(sizes?.largest[0]).toMatchObject({ queue: 'big', id: big.id, name: 'huge', state: 'waiting' });
    expect(sizes?.largest[0]?.payloadBytes).toBeGreaterThan(900_000);
    expect(sizes?.queues[0]).toMatchObject({ queue: 'big', jobs: 1, sampledJobs: 1 });
    const row = sizes?.queues.find(({ queue }) => queue === 'small');
    expect(row).toMatchObject({ jobs: 300, sampledJobs: 8 });
    const [, true1] = await Promise.all([null, redis.memory('USAGE', 'bull:small:1')]);
    expect(row?.bytesPerJob).toBeGreaterThan(Number(true1) * 0.5);
    expect(row?.bytesPerJob).toBeLessThan(Number(true1) * 2);
    expect(settings).toMatchObject({ evictionPolicy: 'noeviction', appendOnly: true, legacy: [] });
    expect(clients?.connected).toBeGreaterThan(0);
    expect(Math.abs(clockSkewMs ?? 9_999)).toBeLessThan(500);
    const uptimeS = Number(/uptime_in_seconds:(\d+)/.exec(await redis.info('server'))?.[1]);
    expect(Math.abs(Date.now() - uptimeS * 1000 - (startedAt ?? 0))).toBeLessThan(3_000);
  });

  it('has nothing to warn of when all is well', async () => {
    expect(await codesOf(broker)).toEqual([]);
  });

  it('warns of eviction, of no persistence, and of memory that is near full', async () => {
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await redis.config('SET', 'appendonly', 'no');
    await redis.config('SET', 'save', '60 1');
    expect(await codesOf(broker)).toEqual(['eviction-policy', 'snapshots-only']);
    await redis.config('SET', 'save', '');
    await settle();
    const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
    await redis.config('SET', 'maxmemory', String(Math.round(used * 1.04)));
    await settle();
    expect((await codesOf(broker)).sort()).toEqual(['eviction-policy', 'memory-near-full', 'no-persistence']);
    for (const [name, value] of [
      ['maxmemory', '0'],
      ['maxmemory-policy', 'noeviction'],
      ['appendonly', 'yes'],
    ] as const)
      await redis.config('SET', name, value);
    await settle();
  });

  it('warns of keys that are not of the queues, and of what BullMQ 5 left', async () => {
    await redis.mset(Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`cache:${i}`, 'x'])));
    await redis.lpush('bull:small:paused', '9001', '9002');
    await redis.zadd('bull:small:repeat', 1_900_000_000_000, 'nightly:::UTC:0 3 * * *');
    const { redis: settings } = await inspect(broker.backend);
    expect(settings?.legacy).toEqual([
      { queue: 'small', kind: 'paused-list', count: 2 },
      { queue: 'small', kind: 'repeatables', count: 1 },
    ]);
    expect(settings?.foreign?.example).toMatch(/^cache:/);
    expect((await codesOf(broker)).sort()).toEqual(['keys-without-prefix', 'legacy-paused-list', 'legacy-repeatables']);
  });

  it('does not take the schedulers of BullMQ 6 for old ones', async () => {
    await redis.del('bull:small:repeat', 'bull:small:paused');
    const queue = broker.queue('small') as unknown as {
      upsertJobScheduler(id: string, repeat: object): Promise<unknown>;
    };
    await queue.upsertJobScheduler('hourly', { every: 3_600_000 });
    expect((await inspect(broker.backend)).redis?.legacy).toEqual([]);
  });
});

describe('a PostgreSQL source', () => {
  let broker: TestBroker;
  beforeAll(async () => {
    broker = await openPostgresBroker();
  });
  afterAll(() => broker.close());

  it('tells sizes, settings and connections', async () => {
    const began = Date.now();
    await broker.queue('small').addBulk(Array.from({ length: 300 }, (_, i) => ({ name: 'n', data: { i } })));
    const noise = Array.from({ length: 40_000 }, () => Math.random().toString(36).slice(2)).join('');
    const big = await broker.queue('big').add('huge', { text: noise });
    const { sizes, postgres, clients, clockSkewMs, startedAt } = await inspect(broker.backend);
    expect(postgres?.databaseBytes).toBeGreaterThan(postgres?.jobBytes ?? Number.POSITIVE_INFINITY);
    expect(postgres?.tables.map(({ name }) => name)).toEqual(['event', 'job']);
    expect(clients).toMatchObject({ max: 300 });
    expect(startedAt).toBeLessThan(began);
    expect(startedAt).toBeGreaterThan(began - 3_600_000);
    expect(Math.abs(clockSkewMs ?? 9_999)).toBeLessThan(500);
    expect(sizes?.largest[0]).toMatchObject({ queue: 'big', id: big.id, name: 'huge' });
    expect(sizes?.queues.find(({ queue }) => queue === 'small')).toMatchObject({ jobs: 300, sampledJobs: 300 });
  });

  it('warns of unsafe settings', async () => {
    // The test server runs with fsync off.
    expect(await codesOf(broker)).toContain('fsync-off');
    const client = new pg.Client({ connectionString: broker.config.url });
    await client.connect();
    await client.query('ALTER SYSTEM SET autovacuum = off');
    await client.query('SELECT pg_reload_conf()');
    await client.end();
    await settle();
    expect(await codesOf(broker)).toContain('autovacuum-off');
  });
});
