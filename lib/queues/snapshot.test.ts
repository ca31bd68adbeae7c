import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueueBackend } from '@/lib/backends/backend';
import { openBackend } from '@/lib/backends/registry';
import { SourceConfig } from '@/lib/env';
import { SharedSnapshot, sharedSnapshot } from '@/lib/queues/snapshot';
import { startRedis, type TestServer } from '@/lib/testing/servers';

describe('SharedSnapshot', () => {
  let redis: TestServer;
  let backend: QueueBackend;
  let reads = 0;
  const add = (id: string) =>
    backend.addJobs('emails', [{ name: 'later', data: {}, options: { id, delayMs: 3_600_000 } }]);
  /** The real backend, its reads counted. */
  const counted = () =>
    new Proxy(backend, {
      get(target, name) {
        if (name === 'snapshot') reads += 1;
        const value = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });

  beforeAll(async () => {
    redis = await startRedis();
    backend = openBackend(SourceConfig.parse({ name: 'main', url: redis.url }), { role: 'web' });
    await add('first');
  });
  afterAll(async () => {
    await backend.close();
    await redis.stop();
  });

  it('reads once for fifty who ask together, and again when a second is over', async () => {
    reads = 0;
    const snapshot = new SharedSnapshot(counted());
    const answers = await Promise.all(Array.from({ length: 50 }, () => snapshot.figures()));
    expect(reads).toBe(1);
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatchObject({ source: 'main', status: 'up', queues: [{ name: 'emails', workers: 0 }] });
    await sleep(1_100);
    await snapshot.figures();
    expect(reads).toBe(2);
  });

  it('keeps to one read a second however often it is told of changes, and shows the last of them', async () => {
    const snapshot = new SharedSnapshot(counted());
    await snapshot.figures();
    reads = 0;
    const until = Date.now() + 3_000;
    for (let i = 0; Date.now() < until; i += 1) {
      await add(`often-${i}`);
      snapshot.readSoon();
      await sleep(20);
    }
    await add('last');
    snapshot.readSoon();
    await sleep(1_200);
    expect(reads).toBeGreaterThanOrEqual(3);
    expect(reads).toBeLessThanOrEqual(6);
    const total = (await backend.snapshot()).queues[0]?.counts.delayed;
    expect(snapshot.last().queues[0]?.counts.delayed).toBe(total);
  });

  it('keeps the identity of what did not change', async () => {
    const snapshot = new SharedSnapshot(backend);
    const before = await snapshot.figures();
    await sleep(1_100);
    const after = await snapshot.figures();
    expect(after.at).toBeGreaterThan(before.at ?? 0);
    expect(after.queues[0]).toBe(before.queues[0]);
  });

  it('keeps the last figures with their age while the broker is away, at once, and comes back', async () => {
    const snapshot = new SharedSnapshot(backend);
    const { at } = await snapshot.figures();
    await redis.kill();
    await sleep(1_100);
    const away = await snapshot.figures();
    expect(away).toMatchObject({ at, status: 'down', queues: [{ name: 'emails' }] });
    expect(away.reason).toBeTruthy();
    const from = Date.now();
    await Promise.all(Array.from({ length: 20 }, () => snapshot.figures()));
    expect(Date.now() - from).toBeLessThan(200);
    await redis.restart();
    await expect.poll(async () => (await snapshot.figures()).status, { timeout: 8_000, interval: 200 }).toBe('up');
  });

  it('does not keep callers waiting for a broker that takes connections and does not answer', async () => {
    const snapshot = new SharedSnapshot(backend);
    await snapshot.figures();
    redis.freeze();
    try {
      await sleep(1_100);
      expect((await snapshot.figures()).status).toBe('down');
      await sleep(1_100);
      const from = Date.now();
      expect((await snapshot.figures()).queues).toHaveLength(1);
      expect(Date.now() - from).toBeLessThan(900);
    } finally {
      redis.thaw();
    }
    await expect.poll(async () => (await snapshot.figures()).status, { timeout: 8_000, interval: 200 }).toBe('up');
  });

  it('is one per backend', () => {
    expect(sharedSnapshot(backend)).toBe(sharedSnapshot(backend));
  });
});
