import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RecordingMethods } from '@/lib/backends/recording';
import { openBackend } from '@/lib/backends/registry';
import { SourceConfig } from '@/lib/env';
import { startRedis, type TestServer } from '@/lib/testing/servers';
import { until } from '@/lib/testing/until';
import { openRecording, type Recording } from '@/worker/testing/recording';
import { recordHistory } from '../record-history';

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

it('compares all other queues while the reading of one fails, and that one once it does not', async () => {
  const others = Array.from({ length: 20 }, (_, n) => `other-${n}`);
  const names = [...others.slice(0, 10), 'slow', ...others.slice(10)];
  for (const name of names) await test.openQueue(name).addBulk([{ name: 'one', data: {} }]);
  const backend = openBackend(SourceConfig.parse({ name: test.source, url: server.url }), { role: 'web' });
  const slow = { isBroken: true, times: 0 };
  failOn(backend.recording, 'slow', slow);
  const stopping = new AbortController();
  const ended = recordHistory({
    ...{ store: test.store, backend, owner: 'owner', keepMs: 86_400_000 },
    signal: stopping.signal,
  });
  try {
    const recorded = async (queues: string[]) =>
      (await Promise.all(queues.map((name) => test.jobs(name)))).every((jobs) => jobs.length === 1);
    await until(() => recorded(others));
    await until(async () => slow.times >= 2);
    expect(await test.jobs('slow')).toEqual([]);
    slow.isBroken = false;
    await until(() => recorded(names));
    expect(await test.figures('slow')).toMatchObject({ added: 1 });
  } finally {
    stopping.abort();
    await ended;
    await backend.close();
  }
});

/** As a broker does that takes too long over one queue, each time. */
function failOn(recording: RecordingMethods | undefined, name: string, fault: { isBroken: boolean; times: number }) {
  if (!recording) throw new Error('it cannot be recorded');
  const sweep = recording.sweepFields.bind(recording);
  recording.sweepFields = async (queue, ...rest) => {
    if (queue !== name || !fault.isBroken) return sweep(queue, ...rest);
    fault.times += 1;
    throw new Error('canceling statement due to statement timeout');
  };
}
