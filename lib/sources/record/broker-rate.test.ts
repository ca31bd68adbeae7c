import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { QueueBackend } from '@/lib/backends/backend';
import { openBackend } from '@/lib/backends/registry';
import { SourceConfig } from '@/lib/env';
import { openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { readBrokerRate } from './broker-rate';

let broker: TestBroker;
let redis: Redis;
const opened: QueueBackend[] = [];
beforeAll(async () => {
  broker = await openRedisBroker();
  redis = new Redis(broker.config.url);
  redis.on('error', () => undefined);
});
afterAll(async () => {
  for (const backend of opened) await backend.close();
  redis.disconnect();
  await broker.close();
});

function openAs(url: string): QueueBackend {
  const backend = openBackend(SourceConfig.parse({ name: 'as', url }), { role: 'web' });
  opened.push(backend);
  return backend;
}

const SOON = { timeout: 10_000, interval: 100 };

it('is what the broker counts of all its clients, and is not known before there are two readings', async () => {
  expect(await readBrokerRate(broker.backend)).toEqual({ commandsPerSecond: null, why: 'It is being counted.' });
  for (let i = 0; i < 20; i += 1) {
    const pipeline = redis.pipeline();
    for (let n = 0; n < 500; n += 1) pipeline.ping();
    await pipeline.exec();
    await sleep(50);
  }
  await expect.poll(async () => (await readBrokerRate(broker.backend)).commandsPerSecond, SOON).toBeGreaterThan(100);
  expect(await readBrokerRate(broker.backend)).toMatchObject({ why: null });
});

it('is one reading for all who ask', async () => {
  const count = async () => Number(/cmdstat_info:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1]);
  await readBrokerRate(broker.backend);
  const before = await count();
  await Promise.all(Array.from({ length: 100 }, () => readBrokerRate(broker.backend)));
  // Its own, and one more where two seconds were over meanwhile.
  expect((await count()) - before).toBeLessThanOrEqual(2);
});

it('is not known where INFO is refused, where the broker is away, and where nobody counts', async () => {
  await redis.acl('SETUSER', 'blind', 'on', '>secret', '~*', '+@all', '-info');
  const url = new URL(broker.config.url);
  url.username = 'blind';
  url.password = 'secret';
  const blind = openAs(url.href);
  await expect
    .poll(() => readBrokerRate(blind), SOON)
    .toEqual({ commandsPerSecond: null, why: 'INFO is refused to its user: add +info.' });
  const postgres = openAs('postgres://nobody@127.0.0.1:1/none');
  expect(await readBrokerRate(postgres)).toEqual({
    commandsPerSecond: null,
    why: 'It is not counted by this kind of broker.',
  });
  const away = openAs('redis://127.0.0.1:1');
  await expect
    .poll(() => readBrokerRate(away), SOON)
    .toEqual({ commandsPerSecond: null, why: 'The broker does not answer.' });
});

it('begins anew where the count does, as that of a server that was restarted', async () => {
  await redis.config('RESETSTAT');
  await expect.poll(() => readBrokerRate(broker.backend), SOON).toMatchObject({ commandsPerSecond: null });
  await expect.poll(async () => (await readBrokerRate(broker.backend)).commandsPerSecond, SOON).toBeGreaterThan(0);
  expect((await readBrokerRate(broker.backend)).commandsPerSecond).toBeLessThan(100);
});
