import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { QueueBackend } from '@/lib/backends/backend';
import { figuresOf, job, readAll } from '@/lib/backends/conformance/broker';
import type { CodedError } from '@/lib/contracts/errors';
import { SourceConfig } from '@/lib/env';
import { startRedis, type TestServer } from '@/lib/testing/servers';
import { until } from '@/lib/testing/until';
import { openRedisBackend } from '../redis';

let server: TestServer;
let redis: Redis;
let backend: QueueBackend;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
});
beforeEach(async () => {
  await backend?.close();
  await redis.flushall();
  backend = openRedisBackend(SourceConfig.parse({ name: 'test', url: server.url }));
});
afterAll(async () => {
  await backend.close();
  redis.disconnect();
  await server.stop();
});

/** Commands that the server ran since `CONFIG RESETSTAT`, those inside scripts included, but for INFO and CONFIG. */
async function commandsRun(): Promise<number> {
  const lines = (await redis.info('commandstats')).split('\r\n');
  return lines
    .filter((line) => line.startsWith('cmdstat_') && !/^cmdstat_(info|config)/.test(line))
    .reduce((sum, line) => sum + Number(/calls=(\d+)/.exec(line)?.[1] ?? 0), 0);
}

describe('what BullMQ 5 leaves behind', () => {
  it('counts and lists jobs of the legacy paused list after those of wait, and resumes them all', async () => {
    await backend.addJobs('legacy', [job('a'), job('b'), job('c'), job('d')]);
    const ids = await redis.lrange('bull:legacy:wait', 0, 1);
    await redis.lrem('bull:legacy:wait', 1, ids[0] as string);
    await redis.lrem('bull:legacy:wait', 1, ids[1] as string);
    await redis.rpush('bull:legacy:paused', ...ids);
    await redis.hset('bull:legacy:meta', 'paused', 1);
    expect(await figuresOf(backend, 'legacy')).toMatchObject({ paused: true, counts: { waiting: 4 } });
    for (const limit of [1, 2, 3, 10]) {
      const rows = await readAll(backend, 'legacy', 'waiting', limit);
      expect(rows.map((row) => row.name)).toEqual(['a', 'b', 'c', 'd']);
    }
    expect((await backend.getJob('legacy', ids[0] as string, 100))?.state).toBe('waiting');
    await backend.resume?.('legacy');
    expect(await redis.exists('bull:legacy:paused')).toBe(0);
    expect(await figuresOf(backend, 'legacy')).toMatchObject({ paused: false, counts: { waiting: 4 } });
  });

  it('does not show delay markers as jobs', async () => {
    await backend.addJobs('marker', [job('a')]);
    await redis.lpush('bull:marker:wait', '0:123456');
    expect((await readAll(backend, 'marker', 'waiting', 10)).map((row) => row.name)).toEqual(['a']);
  });
});

describe('finding queues', () => {
  it('takes names with colons, and no job or scheduler called meta for a queue', async () => {
    await backend.addJobs('real', [job('x', { id: 'meta-like' })]);
    await redis.hset('bull:a:b:c:meta', 'opts.maxLenEvents', '10000');
    await redis.hset('bull:real:repeat:meta', 'name', 'x', 'pattern', '* * * * *');
    await redis.hset('bull:real:job:meta', 'name', 'x', 'data', '{}', 'opts', '{}', 'timestamp', '1', 'version', '3');
    await redis.set('bull:text:meta', 'no hash');
    await redis.hset('other:q:meta', 'version', 'bullmq:6');
    expect(await backend.queueNames()).toEqual(['a:b:c', 'real']);
    expect(await backend.hasQueue('text')).toBe(false);
    expect(await backend.hasQueue('a:b:c')).toBe(true);
  });

  it('knows prefixes with colons and glob signs', async () => {
    const config = SourceConfig.parse({ name: 'test', url: server.url, prefix: 'my:app[1]*' });
    const other = openRedisBackend(config);
    await redis.hset('my:app1x:q:meta', 'version', 'bullmq:6');
    await other.addJobs('q', [job('x')]);
    expect(await other.queueNames()).toEqual(['q']);
    expect((await readAll(other, 'q', 'waiting', 10)).map((row) => row.name)).toEqual(['x']);
    await other.close();
  });

  it.each(['wait', 'paused', 'active', 'delayed', 'prioritized', 'waiting-children', 'completed', 'failed'])(
    'takes a queue without meta for one by a job in its %s',
    async (structure) => {
      await redis.hset('bull:no:meta:7', { name: 'x', timestamp: 1, data: '{}', opts: '{}' });
      const isList = ['wait', 'paused', 'active'].includes(structure);
      // Some of its neighbours are evicted.
      for (const id of ['gone1', 'gone2', '7'])
        await (isList
          ? redis.rpush(`bull:no:meta:${structure}`, id)
          : redis.zadd(`bull:no:meta:${structure}`, 4096, id));
      expect(await backend.hasQueue('no:meta')).toBe(true);
      expect(await backend.queueNames()).toEqual(['no:meta']);
      const other = openRedisBackend(SourceConfig.parse({ name: 'test', url: server.url }));
      expect(await other.queueNames()).toEqual(['no:meta']);
      const counts = Object.values((await figuresOf(other, 'no:meta'))?.counts ?? {});
      expect(counts.filter((count) => count === 3)).toHaveLength(1);
      await redis.del(`bull:no:meta:${structure}`);
      await until(async () => (await other.queueNames()).length === 0, 'it to be forgotten');
      await other.close();
    },
  );

  it("takes what is left of a queue, keys of jobs and what is somebody else's for none", async () => {
    const queue = new Queue('was', { connection: redis });
    await queue.add('x', {});
    await queue.obliterate({ force: true });
    await queue.close();
    await redis.del('bull:was:meta');
    await redis.xadd('bull:was:events', '*', 'event', 'removed', 'jobId', '1');
    await redis.set('bull:was:id', 1);
    await redis.zadd('bull:was:marker', 0, '0');
    await redis.hset('bull:real:meta', 'version', 'bullmq:6.7.0');
    for (const id of ['wait', 'failed', 'delayed'])
      await redis.hset(`bull:real:${id}`, { name: 'a job', timestamp: 1, data: '{}', opts: '{}' });
    await redis.hset('bull:flow:1:failed', 'bull:kids:1', 'no');
    await redis.hset('bull:flow:metrics:completed', 'count', 3);
    await redis.hset('bull:flow:repeat:active', 'name', 'x');
    await redis.set('bull:flow:de:wait', '1');
    await redis.rpush('bull:theirs:wait', 'an', 'own', 'list');
    await redis.zadd('bull:theirs:completed', 1, 'an', 2, 'own', 3, 'set');
    await redis.sadd('bull:other:active', 'a');
    expect(await backend.queueNames()).toEqual(['real']);
    for (const name of ['was', 'flow:1', 'flow:metrics', 'flow:repeat', 'flow:de', 'theirs', 'other'])
      expect([name, await backend.hasQueue(name)]).toEqual([name, false]);
  });

  it('asks for a queue without meta no more often than for any other', async () => {
    await redis.hset('bull:bare:7', { name: 'x', timestamp: 1, data: '{}', opts: '{}' });
    await redis.rpush('bull:bare:wait', '7');
    for (let i = 0; i < 50; i++) await redis.hset(`bull:bare:${i}:failed`, 'bull:kids:1', 'no');
    expect(await backend.queueNames()).toEqual(['bare']);
    await redis.config('RESETSTAT');
    const scans = async () => Number(/cmdstat_scan:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1] ?? 0);
    // A new key is what a scan waits for.
    await redis.set('bull:bare:more', 'x');
    await until(async () => (await scans()) > 0, 'a scan');
    await until(async () => (await backend.queueNames()).includes('bare'), 'the queue');
    expect(await redis.info('commandstats')).not.toMatch(/cmdstat_(evalsha|eval|hmget|hexists|type|lrange):/);
  });

  it('shows configured queues without any key', async () => {
    const other = openRedisBackend(SourceConfig.parse({ name: 'test', url: server.url, queues: ['later'] }));
    expect(await other.queueNames()).toEqual(['later']);
    expect((await figuresOf(other, 'later'))?.counts.waiting).toBe(0);
    await other.close();
  });
});

describe('what it costs', () => {
  it('reads 20 quiet queues with few commands, and writes none', async () => {
    for (let i = 0; i < 20; i++) await backend.addJobs(`quiet${i}`, [job('x')]);
    await backend.snapshot();
    const changesBefore = /rdb_changes_since_last_save:(\d+)/.exec(await redis.info('persistence'))?.[1];
    await new Promise((resolve) => setTimeout(resolve, 10));
    await backend.snapshot();
    await redis.config('RESETSTAT');
    for (let i = 0; i < 5; i++) await backend.snapshot();
    expect((await commandsRun()) / 5).toBeLessThan(30);
    await backend.listJobs('quiet1', 'waiting', null, 50);
    await backend.getJob('quiet1', '1', 1000);
    expect(/rdb_changes_since_last_save:(\d+)/.exec(await redis.info('persistence'))?.[1]).toBe(changesBefore);
  });

  it('stays within 7 commands for each queue when all are busy', async () => {
    for (let i = 0; i < 20; i++) await backend.addJobs(`busy${i}`, [job('x'), job('d', { delayMs: 60_000 })]);
    await backend.snapshot();
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 20; i++) await backend.addJobs(`busy${i}`, [job('y')]);
      await redis.config('RESETSTAT');
      const { queues } = await backend.snapshot();
      expect(await commandsRun()).toBeLessThan(20 * 7 + 20);
      expect(queues.find((queue) => queue.name === 'busy7')?.counts.waiting).toBe(2 + round);
    }
  });

  it('lists 50 rows in one script', async () => {
    await backend.addJobs(
      'one-trip',
      Array.from({ length: 120 }, (_, i) => job(`n${i}`)),
    );
    const first = await backend.listJobs('one-trip', 'waiting', null, 50);
    await redis.config('RESETSTAT');
    await backend.listJobs('one-trip', 'waiting', first.next, 50);
    expect(/cmdstat_evalsha:calls=1,/.test(await redis.info('commandstats'))).toBe(true);
  });

  it('does not fetch a return value for an event', async () => {
    const ends = new AbortController();
    const seen: unknown[] = [];
    const done = (async () => {
      for await (const events of backend.events(ends.signal)) seen.push(...events);
    })();
    await backend.addJobs('returns', [job('x')]);
    const worker = new Worker('returns', async () => ({ big: 'x'.repeat(500_000) }), { connection: redis });
    await until(() => seen.some((event) => JSON.stringify(event).includes('"completed"')), 'the end');
    expect(JSON.stringify(seen).length).toBeLessThan(5_000);
    await worker.close();
    ends.abort();
    await done;
  });
});

describe('foreign situations', () => {
  it('hears a queue that it adds to at once, though the tail waits', async () => {
    const ends = new AbortController();
    const seen: string[] = [];
    const done = (async () => {
      for await (const events of backend.events(ends.signal))
        for (const event of events) if (event.type === 'state') seen.push(`${event.queue} ${event.state}`);
    })();
    await backend.addJobs('first', [job('x')]);
    await until(() => seen.includes('first waiting'), 'the first queue');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const from = Date.now();
    await backend.addJobs('second', [job('x')]);
    await until(() => seen.includes('second waiting'), 'the second queue');
    expect(Date.now() - from).toBeLessThan(1_000);
    ends.abort();
    await done;
  });

  it('shows rows of jobs whose hash is gone as not there, and goes on after them', async () => {
    await backend.addJobs('evicted', [job('a'), job('b'), job('c')]);
    await redis.del('bull:evicted:2');
    expect((await readAll(backend, 'evicted', 'waiting', 1)).map((row) => row.name)).toEqual(['a', 'c']);
    expect(await backend.getJob('evicted', '2', 100)).toBeNull();
  });

  it('pages through ties of one millisecond without a skip, though rows leave', async () => {
    for (let i = 0; i < 200; i++) {
      await redis.hset(`bull:ties:t${i}`, { name: `t${i}`, timestamp: 1, finishedOn: 5, opts: '{}', data: '{}' });
      await redis.zadd('bull:ties:completed', 5, `t${i}`);
    }
    let page = 0;
    const rows = await readAll(backend, 'ties', 'completed', 10, async () => {
      page += 1;
      if (page % 3 === 0) await backend.remove?.('ties', rowsSeen.at(-1) ?? '');
      rowsSeen.push(...(await backend.listJobs('ties', 'completed', null, 1)).items.map((row) => row.id));
    });
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
    expect(rows.length).toBeGreaterThanOrEqual(190);
  });
  const rowsSeen: string[] = [];

  it('tells the newest failure of a queue that keeps only one', async () => {
    const fail = async (id: string, at: number) => {
      await redis.hset(`bull:last:${id}`, { name: id, timestamp: 1, opts: '{}', failedReason: `${id} broke` });
      await redis.del('bull:last:failed');
      await redis.zadd('bull:last:failed', at, id);
      await redis.xadd('bull:last:events', '*', 'event', 'failed', 'jobId', id);
    };
    await redis.hset('bull:last:meta', 'version', 'bullmq:6');
    await fail('a', 1);
    expect((await figuresOf(backend, 'last'))?.lastError?.message).toBe('a broke');
    await fail('b', 2);
    await until(async () => (await figuresOf(backend, 'last'))?.lastError?.message === 'b broke', 'the newer failure');
  });

  it('cuts 50 failures of a megabyte, and holds the broker briefly', async () => {
    for (let i = 0; i < 50; i++) {
      await redis.hset(`bull:fat:f${i}`, {
        name: 'f',
        timestamp: 1,
        finishedOn: i,
        opts: '{}',
        failedReason: 'E'.repeat(1_000_000),
      });
      await redis.zadd('bull:fat:failed', i, `f${i}`);
    }
    const page = await backend.listJobs('fat', 'failed', null, 50);
    expect(page.items).toHaveLength(50);
    expect(page.items[0]?.error).toBe('E'.repeat(300));
    expect(page.items[49]?.error).toMatch(/an error text of 1000000 bytes/);
    expect(JSON.stringify(page).length).toBeLessThan(40_000);
  });

  it('shows what waits for a parent with more children than are shown', async () => {
    const queue = new Queue('kids', { connection: redis });
    await redis.hset('bull:mum:m', { name: 'mum', timestamp: 1, opts: '{}', data: '{}' });
    await redis.zadd('bull:mum:waiting-children', 1, 'm');
    for (let i = 0; i < 60; i++) await redis.sadd('bull:mum:m:dependencies', `bull:kids:k${i}`);
    const found = await backend.getJob('mum', 'm', 100);
    expect(found?.children?.total).toBe(60);
    expect(found?.children?.items).toHaveLength(20);
    await queue.close();
  });

  it('says that credentials are refused, without telling them', async () => {
    await redis.config('SET', 'requirepass', 'secret-word');
    const other = openRedisBackend(
      SourceConfig.parse({ name: 'test', url: server.url.replace('//', '//:wrong-word@') }),
    );
    try {
      await expect(other.snapshot()).rejects.toMatchObject({ code: 'broker_unavailable' });
      const facts = await other.facts();
      expect(facts).toMatchObject({ status: 'down' });
      expect(facts.reason).not.toMatch(/word/);
    } finally {
      await redis.config('SET', 'requirepass', '');
      await other.close();
    }
  });

  it('says of each call why there is no connection, until there is one', async () => {
    const own = await startRedis();
    const other = openRedisBackend(SourceConfig.parse({ name: 'test', url: own.url }));
    const reasonOf = (call: Promise<unknown> | undefined) =>
      call?.then(
        () => 'it answers',
        ({ code, detail }: CodedError) => `${code}: ${detail}`,
      );
    try {
      await other.getJob('a', '1', 100);
      await own.kill();
      const refuses = 'The broker refuses connections.';
      await expect
        .poll(() => reasonOf(other.getJob('a', '1', 100)), { timeout: 10_000 })
        .toBe(`broker_unavailable: ${refuses}`);
      for (const call of [other.addJobs('a', [job('a')]), other.pause?.('a')])
        expect(await reasonOf(call)).toBe(`broker_unavailable: ${refuses}`);
      expect(await other.facts()).toMatchObject({ status: 'down', reason: refuses });
      await own.restart();
      await expect.poll(() => reasonOf(other.getJob('a', '1', 100)), { timeout: 10_000 }).toBe('it answers');
    } finally {
      await other.close();
      await own.stop();
    }
  });
});
