import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { QueueBackend } from '@/lib/backends/backend';
import { STATE_CODES } from '@/lib/store/history/states';
import { startPostgresBroker } from '@/lib/testing/brokers';
import { startRedis, type TestServer } from '@/lib/testing/servers';
import { until, untilReached } from '@/lib/testing/until';
import { openRecording, type Recording } from '../testing/recording';
import { REMOVED } from './recording/gap-rows';

/** Each test runs on the broker of its group. */
let open: () => Promise<TestServer> = startRedis;
let test: Recording;

beforeEach(async () => {
  test = await openRecording(await open());
});
afterEach(async () => {
  await test.close();
  await test.server.stop();
});

const bulk = (jobs: number, options: object = {}) =>
  Array.from({ length: jobs }, (_, n) => ({ name: 'a', data: { n }, opts: options }));

const isOver = ({ state }: Record<string, unknown>) => Number(state) >= STATE_CODES.completed;

/** Names of queues of which the recorder keeps anything. */
const readKnown = async () =>
  (await test.store.query<{ name: string }>(`SELECT name::json #>> '{}' AS name FROM queuedeck.recorder_queue`)).map(
    ({ name }) => name,
  );

describe.each([
  ['Redis', startRedis],
  ['PostgreSQL', startPostgresBroker],
])('recording BullMQ on %s, one queue beside others', (_name, start) => {
  beforeAll(() => {
    open = start;
  });

  it('ends the open jobs of a queue that is obliterated, within ten seconds and as one gap', async () => {
    test.startRecorder();
    await until(test.isRecording);
    const queue = test.openQueue('tenant');
    await queue.addBulk([...bulk(300), ...bulk(100, { delay: 3_600_000 }), ...bulk(50, { priority: 5 })]);
    const other = test.openQueue('other');
    await other.addBulk(bulk(20));
    await until(async () => (await test.jobs('tenant')).length === 450 && (await test.jobs('other')).length === 20);
    await queue.obliterate({ force: true });
    const at = Date.now();
    await until(async () => (await test.jobs('tenant')).every(isOver));
    expect(Date.now() - at).toBeLessThan(10_000);
    await until(async () => (await test.gaps('tenant')).length > 0);
    await sleep(3_000);
    const gaps = await test.gaps('tenant');
    expect(gaps).toHaveLength(1);
    // What else happened in it since it was read last is not known; how many jobs were open is.
    const reason = `${REMOVED}; 450 of its jobs had not ended`;
    expect(gaps[0]).toEqual({ queue: 'tenant', unseen: null, reason });
    expect((await test.figures('tenant')).unseen).toBe(450);
    expect((await test.jobs('other')).some(isOver)).toBe(false);
    expect(await test.gaps('other')).toEqual([]);
  });

  it('forgets names that came and went, and has told what it did not see of them', async () => {
    test.startRecorder();
    await until(test.isRecording);
    const living = test.openQueue('living');
    await living.addBulk(bulk(5));
    const names = Array.from({ length: 60 }, (_, n) => `pull-request-${n}`);
    for (let at = 0; at < names.length; at += 20)
      await Promise.all(
        names.slice(at, at + 20).map(async (name) => {
          const queue = test.openQueue(name);
          await queue.addBulk(bulk(3));
          await sleep(1_500);
          await queue.obliterate({ force: true });
        }),
      );
    await until(async () => {
      const known = await readKnown();
      return known.includes('living') && known.length === 1;
    });
    await living.addBulk(bulk(5));
    await until(async () => (await test.jobs('living')).length === 10);
    const rows = await test.store.query(
      `SELECT 1 FROM queuedeck.job j JOIN queuedeck.scope s ON s.id = j.queue_id WHERE s.queue LIKE 'pull-request-%' AND j.state < $1`,
      [STATE_CODES.completed],
    );
    expect(rows).toHaveLength(0);
  });

  it('compares all other queues while the reading of one fails, and that one once it does not', async () => {
    const others = Array.from({ length: 20 }, (_, n) => `other-${n}`);
    const names = [...others.slice(0, 10), 'slow', ...others.slice(10)];
    for (const name of names) await test.openQueue(name).addBulk(bulk(1));
    const slow = { isBroken: true, times: 0 };
    test.startRecorder(undefined, (backend) => failOn('slow', slow, backend));
    const recorded = async (queues: string[]) =>
      (await Promise.all(queues.map((name) => test.jobs(name)))).every((jobs) => jobs.length === 1);
    await until(() => recorded(others));
    await until(async () => slow.times >= 2);
    expect(await test.jobs('slow')).toEqual([]);
    slow.isBroken = false;
    await until(() => recorded(names));
    expect((await test.figures('slow')).added).toBe(1);
  });
});

/** As where a broker takes too long over one queue, each time. */
function failOn(name: string, fault: { isBroken: boolean; times: number }, { recording }: QueueBackend): void {
  if (!recording) throw new Error('it cannot be recorded');
  const sweep = recording.sweepFields.bind(recording);
  recording.sweepFields = async (queue, ...rest) => {
    if (queue !== name || !fault.isBroken) return sweep(queue, ...rest);
    fault.times += 1;
    throw new Error('canceling statement due to statement timeout');
  };
}

describe('recording a burst beside other queues', () => {
  beforeAll(() => {
    open = startRedis;
  });

  it('has all of two bursts that the broker trims, or tells how much it did not see', async () => {
    const queues = Array.from({ length: 9 }, (_, n) => test.openQueue(`queue-${n}`));
    for (const queue of queues) await queue.addBulk(bulk(1));
    test.startRecorder();
    await until(test.isRecording);
    await until(async () => (await test.jobs('queue-8')).length === 1);
    const [burst] = queues;
    for (let round = 1; round <= 2; round += 1) {
      await Promise.all(Array.from({ length: 4 }, () => burst?.addBulk(bulk(5_000))));
      const all = 20_000 * round + 1;
      await untilReached(async () => (await test.figures('queue-0')).added ?? 0, all, 'added');
      const told = async () => (await test.gaps('queue-0')).reduce((sum, gap) => sum + (gap.unseen ?? 0), 0);
      const known = async () => (await test.countJobs('queue-0')) + (await told());
      await untilReached(known, all, 'recorded and told');
      expect(await known()).toBe(all);
      expect(await test.figures('queue-0')).toMatchObject({ added: all, unseen: await told() });
    }
    for (let n = 1; n < 9; n += 1) expect(await test.gaps(`queue-${n}`)).toEqual([]);
  }, 480_000);
});
