import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBackend } from '@/lib/backends/registry';
import { SourceConfig } from '@/lib/env';
import { startRedis, type TestServer } from '@/lib/testing/servers';
import { until } from '@/lib/testing/until';
import { openRecording, type Recording } from '@/worker/testing/recording';
import { compareQueue } from './compare-queue';
import type { Finding, QueueTask } from './findings';

let server: TestServer;
let test: Recording;
beforeAll(async () => {
  server = await startRedis();
  test = await openRecording(server);
});
afterAll(async () => {
  await test.close();
  await server.stop();
});

const bulk = (count: number) => Array.from({ length: count }, (_, n) => ({ name: 'one', data: { n } }));

it('looks for what a life before left open where a queue is compared for the first time again, and only there', async () => {
  const stop = test.startRecorder();
  const queue = test.openQueue('tenant');
  await until(test.isRecording);
  await queue.addBulk(bulk(20));
  await until(async () => (await test.jobs('tenant')).length === 20);
  await stop();
  const backend = openBackend(SourceConfig.parse({ name: test.source, url: server.url }), { role: 'web' });
  const compare = async (isAgain: boolean): Promise<Finding[]> => {
    const { queues } = await backend.snapshot();
    const counts = queues.find(({ name }) => name === 'tenant')?.counts ?? null;
    const { recording } = backend;
    if (!recording) throw new Error('it cannot be recorded');
    const ports = {
      store: test.store,
      backend,
      recording,
      counts,
      isFollowed: true,
      isAgain,
      signal: AbortSignal.timeout(60_000),
    };
    const task: QueueTask = { queue: 'tenant', why: 'first', depth: 'whole', fromMs: 0, gap: null, settled: 0 };
    const findings: Finding[] = [];
    for await (const one of compareQueue(ports, task)) findings.push(one);
    return findings;
  };
  try {
    expect((await compare(true)).map(({ kind }) => kind)).toEqual(['swept', 'done']);
    await queue.obliterate({ force: true });
    await queue.addBulk(bulk(5));
    expect((await compare(false)).map(({ kind }) => kind)).toEqual(['swept', 'done']);
    const missing = (await compare(true)).flatMap((one) => (one.kind === 'missing' ? one.ids : []));
    expect(missing.sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 15 }, (_, n) => `${n + 6}`));
  } finally {
    await backend.close();
  }
});
