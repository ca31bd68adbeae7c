import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { BackendEvent } from '@/lib/backends/backend';
import { createTestDatabase } from '@/lib/testing/test-database';
import { until } from '@/lib/testing/until';
import { openTestBroker, type TestBroker } from './open-test-broker';

let broker: TestBroker;
const tails: { end(): Promise<void> }[] = [];

beforeAll(async () => {
  broker = await openTestBroker(await createTestDatabase());
});
afterEach(async () => {
  await Promise.all(tails.splice(0).map((tail) => tail.end()));
});
afterAll(() => broker.close());

/** Resolves once the tail stands. */
async function tail() {
  const events: BackendEvent[] = [];
  const stop = new AbortController();
  let stands = false;
  const done = (async () => {
    for await (const batch of broker.backend.events(stop.signal)) {
      events.push(...batch);
      stands = true;
    }
  })();
  const end = async () => {
    stop.abort();
    await done;
  };
  tails.push({ end });
  await until(() => stands, 'the tail to stand');
  const of = (queue: string) =>
    events.flatMap((event) => (event.type === 'state' && event.queue === queue ? [`${event.id} ${event.state}`] : []));
  return { events, of, end };
}

async function figures(queue: string) {
  return (await broker.backend.snapshot()).queues.find((one) => one.name === queue)?.counts;
}

it('tells each step of a job, over all queues, and nothing from before', async () => {
  await broker.backend.addJobs('a', [{ name: 'old', data: {}, options: {} }]);
  const { events, of } = await tail();
  const [ok] = await broker.backend.addJobs('a', [{ name: 'ok', data: {}, options: { priority: 1 } }]);
  await broker.backend.addJobs('b', [{ name: 'bad', data: {}, options: { id: 'bad', delayMs: 50 } }]);
  await until(() => of('a').length === 1 && of('b').length === 1, 'the first states');
  broker.worker('a', async (job) => {
    await job.updateProgress({ done: 3 });
    return 'x'.repeat(100_000);
  });
  broker.worker('b', async () => {
    throw new Error('line one\nline two');
  });
  await until(() => of('b').at(-1) === 'bad failed' && of('a').at(-1)?.endsWith('completed'), 'both to end');
  expect(of('a').filter((one) => one.startsWith(`${ok?.id} `))).toEqual(
    ['prioritized', 'active', 'completed'].map((state) => `${ok?.id} ${state}`),
  );
  expect(of('b')).toEqual(['bad delayed', 'bad waiting', 'bad active', 'bad failed']);
  expect(events).toContainEqual(expect.objectContaining({ type: 'progress', queue: 'a', progress: { done: 3 } }));
  expect(events.find((one) => one.type === 'state' && one.state === 'failed')).toMatchObject({
    name: 'bad',
    error: 'line one',
  });
});

it('tells removals, cancels and pauses', async () => {
  const { events, of } = await tail();
  const options = [{ id: 'r' }, { id: 'c' }];
  await broker.backend.addJobs(
    'c',
    options.map((one) => ({ name: 'n', data: {}, options: one })),
  );
  await broker.backend.remove?.('c', 'r');
  await broker.backend.cancel?.('c', 'c', { by: 'me', reason: null, at: Date.now() });
  await broker.backend.pause?.('c');
  await until(() => events.some((one) => one.type === 'queue' && one.queue === 'c'), 'the pause');
  expect(of('c')).toEqual(['r waiting', 'c waiting', 'r null', 'c null']);
});

it('hears a bulk add, which tells no event channel, and loses none of thousands', async () => {
  const { of } = await tail();
  const batches = Array.from({ length: 6 }, (_, i) => `q${i}`);
  for (const queue of batches)
    await broker.backend.addJobs(
      queue,
      Array.from({ length: 1000 }, () => ({ name: 'n', data: {}, options: {} })),
    );
  await until(() => batches.every((queue) => of(queue).length >= 1000), 'all 6,000');
  for (const queue of batches) expect(new Set(of(queue)).size).toBe(1000);
  for (const queue of batches) expect(of(queue)).toHaveLength(1000);
});

it('delivers what is committed after younger events, once', async () => {
  const { of } = await tail();
  const slow = await broker.pool.connect();
  const publish = `SELECT publish_event('late', 'active', jsonb_build_object('jobId', $1::text))`;
  try {
    await slow.query('BEGIN');
    await slow.query(publish, ['slow']);
    for (const id of ['f1', 'f2', 'f3']) await broker.sql(publish, [id]);
    await until(() => of('late').length === 3, 'the fast ones');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await slow.query('COMMIT');
  } finally {
    slow.release();
  }
  await until(() => of('late').length === 4, 'the slow one');
  await broker.sql(publish, ['f4']);
  await until(() => of('late').length === 5, 'the last');
  expect(of('late')).toEqual(['f1 active', 'f2 active', 'f3 active', 'slow active', 'f4 active']);
});

it('loses nothing and doubles nothing with many committers at once', async () => {
  const { of } = await tail();
  // Ids are given out in one order and committed in another: about every second round has such a pair.
  for (const round of [1, 2, 3, 4, 5]) {
    const queue = `many-${round}`;
    const worker = broker.worker(queue, async () => {}, { concurrency: 20 });
    await broker.backend.addJobs(
      queue,
      Array.from({ length: 400 }, () => ({ name: 'n', data: {}, options: {} })),
    );
    await until(async () => (await figures(queue))?.completed === 400, 'all to end');
    await until(() => of(queue).length >= 1200, `all of ${queue} to be told`);
    await worker.close();
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (const round of [1, 2, 3, 4, 5]) {
    const told = of(`many-${round}`);
    expect(told).toHaveLength(1200);
    expect(new Set(told).size).toBe(1200);
  }
});

it('says "gap" when events were trimmed unread', async () => {
  const { events, of } = await tail();
  await broker.sql(`INSERT INTO meta VALUES ('short', 'opts.maxLenEvents', '20')`);
  await broker.sql(`INSERT INTO event (queue, event, data, created_at_ms)
    SELECT 'short', 'active', jsonb_build_object('jobId', i), 1 FROM generate_series(1, 100) i`);
  await broker.sql(
    `DELETE FROM event WHERE queue = 'short' AND id <= (SELECT max(id) - 20 FROM event WHERE queue = 'short')`,
  );
  await broker.sql(`SELECT pg_notify('bullmq_events', 'short')`);
  await until(() => of('short').length === 20, 'what is left');
  expect(events.filter((one) => one.type === 'gap')).toHaveLength(1);
});

it('comes back after its connection is cut, with a gap', async () => {
  const { events, of } = await tail();
  await broker.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'queuedeck:tail'`);
  await until(() => events.some((one) => one.type === 'gap'), 'the gap');
  await broker.backend.addJobs('back', [{ name: 'n', data: {}, options: {} }]);
  await until(() => of('back').length === 1, 'the next event');
});

it('leaves no session behind when it ends', async () => {
  const one = await tail();
  const client = new pg.Client({ connectionString: broker.config.url });
  await client.connect();
  await one.end();
  const count = async () => {
    const { rows } = await client.query(
      `SELECT FROM pg_stat_activity WHERE application_name = 'queuedeck:tail' AND datname = current_database()`,
    );
    return rows.length;
  };
  await until(async () => (await count()) === 0, 'the session to end');
  expect(await count()).toBe(0);
  await client.end();
});
