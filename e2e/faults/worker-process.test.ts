import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis, type TestServer } from '@/lib/testing/servers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { until } from '@/lib/testing/until';
import { bundleEntry } from '../support/bundle';

describe('the worker process', () => {
  let file: string;
  let redis: TestServer;
  let databaseUrl: string;
  let hanging: Server;
  const home = mkdtempSync(path.join(tmpdir(), 'queuedeck-worker-'));
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    [file, redis, databaseUrl] = await Promise.all([bundleEntry('worker/main.ts'), startRedis(), createTestDatabase()]);
    hanging = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(hanging, 'listening');
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    hanging.closeAllConnections();
    hanging.close();
    await redis.stop();
    rmSync(home, { recursive: true, force: true });
    rmSync(file, { force: true });
  });

  const start = (given: Record<string, string>) => {
    const env = {
      NODE_ENV: 'test',
      QUEUEDECK_HOME: home,
      LOG_LEVEL: 'error',
      QUEUEDECK_WEBHOOK_ALLOW: '127.0.0.1',
      ...given,
    };
    const child: ChildProcess = spawn(process.execPath, [file], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: env as NodeJS.ProcessEnv,
    });
    children.push(child);
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    const exited = once(child, 'exit').then(([code]) => ({ code: code as number | null, said }));
    return { child, exited, ready: once(child, 'message').then(([message]) => message as unknown) };
  };
  const wired = () => ({ REDIS_URL: redis.url, DATABASE_URL: databaseUrl, QUEUEDECK_WORKER: '1' });

  it('gives its running job back on SIGTERM after its grace, and leaves nothing locked', async () => {
    const { child, exited, ready } = start({ ...wired(), QUEUEDECK_GRACE: '0.3' });
    expect(await ready).toEqual({ type: 'ready' });
    const queue = new Queue('webhooks', { connection: { url: redis.url } });
    const url = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}/`;
    const job = await queue.add('deliver-webhook', { url, event: 'order.paid', payload: {} }, { attempts: 3 });
    const id = job.id ?? '';
    await until(async () => (await queue.getJobState(id)) === 'active', 'an active job');
    const client = new Redis(redis.url);
    expect(await until(async () => client.hlen('queuedeck:bull:beats'), 'a beat')).toBe(1);

    child.kill('SIGTERM');
    expect(await exited).toMatchObject({ code: 0 });
    expect(await queue.getJobState(id)).toBe('waiting');
    expect(await queue.getJob(id)).toMatchObject({ attemptsMade: 0 });
    expect(await client.keys('bull:*:lock')).toEqual([]);
    expect(await client.hlen('queuedeck:bull:beats')).toBe(0);
    client.disconnect();
    await queue.obliterate({ force: true });
    await queue.close();
  });

  it('works on every source that has it and on no other, also while one of them is away', async () => {
    const [one, two, none] = ['one', 'two', 'none'].map((name) => ({ name, url: redis.url, prefix: name }));
    const away = { name: 'away', url: 'redis://127.0.0.1:1', worker: true };
    const sources = JSON.stringify([{ ...one, worker: true }, two, none, away]);
    const env = { ...wired(), QUEUEDECK_SOURCES: sources, QUEUEDECK_WORKER: 'two', QUEUEDECK_GRACE: '5' };
    const { child, exited, ready } = start(env);
    await ready;
    const queues = ['one', 'two', 'none'].map(
      (prefix) => new Queue('emails', { connection: { url: redis.url }, prefix }),
    );
    // The address is no address: it fails at once, which is all that is asked here.
    const jobs = await Promise.all(queues.map((queue) => queue.add('send-welcome-email', { to: 'x' })));
    const stateOf = (i: number) => queues[i]?.getJobState(jobs[i]?.id ?? '');
    await until(async () => (await stateOf(0)) === 'failed' && (await stateOf(1)) === 'failed', 'both to be run');
    child.kill('SIGTERM');
    expect(await exited).toMatchObject({ code: 0 });
    expect(await stateOf(2)).toBe('waiting');
    const client = new Redis(redis.url);
    expect(await client.keys('queuedeck:none:*')).toEqual([]);
    client.disconnect();
    for (const queue of queues) {
      await queue.obliterate({ force: true });
      await queue.close();
    }
  });

  it('ends when its launcher goes', async () => {
    const { child, exited, ready } = start({ ...wired(), QUEUEDECK_GRACE: '0' });
    await ready;
    child.disconnect();
    expect(await exited).toMatchObject({ code: 0 });
  });

  it('is ready without a broker, and ends at once when it never came', async () => {
    const { child, exited, ready } = start({ ...wired(), REDIS_URL: 'redis://127.0.0.1:1' });
    await ready;
    child.kill('SIGTERM');
    expect(await exited).toMatchObject({ code: 0 });
  });

  it('says that it has nowhere to work, and exits 2', async () => {
    const { code, said } = await start({ ...wired(), QUEUEDECK_WORKER: '' }).exited;
    expect(code).toBe(2);
    expect(said).toMatch(/^QUEUEDECK_WORKER: names no source/);
  });

  it('says all that is missing, and exits 2', async () => {
    const { code, said } = await start({}).exited;
    expect(code).toBe(2);
    expect(said).toMatch(/QUEUEDECK_SOURCES: .*\nDATABASE_URL: /);
  });
});
