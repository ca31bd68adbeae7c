import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { postgresControl } from '@/lib/backends/bullmq/control/postgres';
import { readBeats } from '@/lib/backends/bullmq/control/protocol';
import { redisControl } from '@/lib/backends/bullmq/control/redis';
import { SourceConfig } from '@/lib/env';
import { startPostgres, startRedis } from '@/lib/testing/servers';
import { until } from '@/lib/testing/until';
import { defineTask } from '@/worker/define-task';
import { startTestWorker, type TestBroker } from '@/worker/testing/test-worker';

const work = defineTask({
  name: 'work',
  queue: 'work',
  description: 'Takes as long as it is told.',
  example: { ms: 1 },
  input: z.strictObject({ ms: z.number() }),
  retry: { attempts: 1, backoff: { type: 'fixed', delayMs: 10 } },
  timeoutMs: null,
  concurrency: 4,
  run: async (ctx, { ms }) => {
    ctx.log('begun');
    ctx.progress({ done: 0, total: 1 });
    return ctx.once('nap', () => sleep(ms, 'slept'));
  },
});

async function openBroker(
  kind: 'redis' | 'postgres',
): Promise<TestBroker & { server: NonNullable<TestBroker['server']> }> {
  const server = kind === 'redis' ? await startRedis() : await startPostgres();
  const source = SourceConfig.parse({ name: 'test', url: server.url, embedded: true });
  return { source, server, stop: () => server.stop() };
}

async function countBeats(source: SourceConfig): Promise<number> {
  if (source.url.startsWith('redis')) {
    const redis = new Redis(source.url);
    const beats = await readBeats(redisControl(redis, source.prefix)).finally(() => redis.disconnect());
    return beats.filter((beat) => Date.now() - beat.beatAt < 2_000).length;
  }
  const pool = new pg.Pool({ connectionString: source.url });
  const channel = postgresControl(async (text, values) => (await pool.query(text, values)).rows, source.schema);
  const beats = await readBeats(channel).finally(() => pool.end());
  return beats.filter((beat) => Date.now() - beat.beatAt < 2_000).length;
}

it.each(['redis', 'postgres'] as const)('goes on after it lost the broker (%s)', { timeout: 90_000 }, async (kind) => {
  const broker = await openBroker(kind);
  const bench = await startTestWorker(broker, [work]);
  const queue = bench.queue('work');
  const { id: running = '' } = await queue.add('work', { ms: 1_500 });
  await bench.waitFor('work', running, 'active');

  await broker.server.kill();
  await sleep(1_000);
  await broker.server.restart();

  expect((await until(() => queue.getJob(running).catch(() => null), 'the broker'))?.id).toBe(running);
  expect((await bench.waitFor('work', running, 'completed')).returnvalue).toBe('slept');
  const { id: later = '' } = await queue.add('work', { ms: 1 });
  expect((await bench.waitFor('work', later, 'completed')).returnvalue).toBe('slept');
  expect(await until(() => countBeats(broker.source).catch(() => 0), 'a fresh beat')).toBe(1);
  expect(await bench.store.query("SELECT 1 FROM queuedeck.effect WHERE state = 'done'")).toHaveLength(2);
  await bench.close();
  await broker.stop();
});
