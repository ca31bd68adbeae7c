import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'bullmq';
import { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { job } from '@/lib/backends/conformance/broker';
import { findFreePort } from '@/lib/embedded/free-port';
import { findRedisBinary } from '@/lib/embedded/redis-server';
import { SourceConfig } from '@/lib/env';
import { until } from '@/lib/testing/until';
import { openRedisBackend } from '../redis';

// One node that holds all slots refuses commands across slots as a big Cluster does.
let port = 0;
let stop: () => void = () => undefined;

beforeAll(async () => {
  // Its bus listens 10,000 ports higher.
  do port = await findFreePort();
  while (port > 55_000);
  const dir = mkdtempSync(path.join(tmpdir(), 'queuedeck-cluster-'));
  const args = [
    '--port',
    `${port}`,
    '--cluster-enabled',
    'yes',
    '--cluster-announce-ip',
    '127.0.0.1',
    '--bind',
    '127.0.0.1',
    '--dir',
    dir,
    '--save',
    '',
  ];
  const server = spawn(findRedisBinary()?.command ?? 'redis-server', args, { stdio: 'ignore' });
  stop = () => {
    server.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  };
  const node = new Redis(port, { maxRetriesPerRequest: null });
  node.on('error', () => undefined);
  await node.cluster('ADDSLOTSRANGE', 0, 16_383);
  await until(async () => String(await node.cluster('INFO')).includes('cluster_state:ok'), 'the cluster');
  node.disconnect();
});
afterAll(() => stop());

it.each([
  ['{bull}', ['a', 'b', 'c']],
  ['bull', ['{a}', '{b}', '{c}']],
])('reads, changes and hears queues with the prefix %s', async (prefix, queues) => {
  const cluster = [{ host: '127.0.0.1', port }];
  const backend = openRedisBackend(
    SourceConfig.parse({ name: 'test', url: `redis://127.0.0.1:${port}`, prefix, cluster }),
  );
  const ends = new AbortController();
  const heard: string[] = [];
  const done = (async () => {
    for await (const events of backend.events(ends.signal))
      for (const event of events) if (event.type === 'state') heard.push(`${event.queue} ${event.state}`);
  })();
  expect((await backend.facts()).status).toBe('up');
  for (const queue of queues) await backend.addJobs(queue, [job('fine'), job('bad', { id: 'own' })]);
  expect(await backend.queueNames()).toEqual(queues);
  expect((await backend.snapshot()).queues.map((queue) => queue.counts.waiting)).toEqual([2, 2, 2]);
  const connection = new Cluster(cluster, { redisOptions: { maxRetriesPerRequest: null } });
  const run = async (one: { name: string }) => {
    if (one.name === 'bad') throw new Error('no');
  };
  const workers = queues.map((name) => new Worker(name, run, { connection, prefix, name: 'clustered' }));
  await until(() => queues.every((queue) => heard.includes(`${queue} failed`)), 'all failures');
  const { queues: figures } = await backend.snapshot();
  expect(figures.map(({ counts, lastError }) => [counts.completed, counts.failed, lastError?.message])).toEqual(
    queues.map(() => [1, 1, 'no']),
  );
  expect((await backend.listWorkers()).map((worker) => worker.queues)).toEqual([queues]);
  expect(await backend.retry?.(queues[0] as string, 'own')).toMatchObject({ kind: 'done' });
  expect((await backend.getJob(queues[1] as string, 'own', 100))?.error?.message).toBe('no');
  await Promise.all(workers.map((worker) => worker.close()));
  ends.abort();
  await done;
  await backend.close();
  connection.disconnect();
});
