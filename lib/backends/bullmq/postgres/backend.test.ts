import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrokerRow, NewJob, Position } from '@/lib/backends/backend';
import { JOB_STATES, type JobState } from '@/lib/contracts/states';
import { createTestDatabase } from '@/lib/testing/test-database';
import { until } from '@/lib/testing/until';
import type { Query } from './connection';
import { type Counted, countQueues } from './count-queues';
import { openTestBroker, type TestBroker } from './open-test-broker';

let broker: TestBroker;
beforeAll(async () => {
  broker = await openTestBroker(await createTestDatabase());
});
afterAll(() => broker.close());

const job = (name: string, options: NewJob['options'] = {}, data: unknown = {}): NewJob => ({ name, data, options });

async function readAll(queue: string, state: JobState, limit: number): Promise<BrokerRow[]> {
  const rows: BrokerRow[] = [];
  let position: Position | null = null;
  do {
    const page = await broker.backend.listJobs(queue, state, position, limit);
    rows.push(...page.items);
    position = page.next;
  } while (position !== null);
  return rows;
}

const figuresOf = async (queue: string) => (await broker.backend.snapshot()).queues.find((one) => one.name === queue);

/** Rows as BullMQ would have left them, by the thousand. */
function fill(queue: string, count: number, columns: Record<string, string>) {
  const names = Object.keys(columns).map((name) => `, ${name}`);
  const values = Object.values(columns).map((value) => `, ${value}`);
  return broker.sql(
    `INSERT INTO job (queue, id, seq, name, added_at_ms${names.join('')})
     SELECT $1, 'j' || i, nextval('job_seq'), 'filled', 1700000000000 + i${values.join('')} FROM generate_series(1, $2::int) AS i`,
    [queue, count],
  );
}

describe('adding', () => {
  it('adds a thousand in one go, each once and in order', async () => {
    const jobs = Array.from({ length: 1000 }, (_, i) => job(`n${i}`, { id: `job-${i % 990}` }));
    const added = await broker.backend.addJobs('bulk', jobs);
    expect(added.filter((one) => one.existed)).toHaveLength(10);
    const rows = await readAll('bulk', 'waiting', 200);
    expect(rows.map((row) => row.name)).toEqual(jobs.slice(0, 990).map((one) => one.name));
  });

  it('refuses what PostgreSQL cannot hold, and adds nothing', async () => {
    const jobs = [job('good'), job('bad', {}, { text: 'a\u0000b' })];
    await expect(broker.backend.addJobs('refuse', jobs)).rejects.toMatchObject({ code: 'validation_failed' });
    expect(await broker.backend.hasQueue('refuse')).toBe(false);
  });
});

describe('lists', () => {
  const columns: Record<JobState, Record<string, string>> = {
    waiting: { state: "'waiting'" },
    prioritized: { state: "'waiting'", priority: '1 + i % 3' },
    delayed: { state: "'delayed'", process_at_ms: '1900000000000 + i / 40' },
    active: { state: "'active'", processed_at_ms: '1700000001000 + i / 40', locked_until_ms: '1' },
    'waiting-children': { state: "'waiting-children'" },
    completed: { state: "'completed'", finished_at_ms: '1700000002000 + i / 40' },
    failed: { state: "'failed'", finished_at_ms: '1700000002000', failed_reason: "E'one\\ntwo'" },
  };

  it.each(JOB_STATES)('pages through %s without a gap or a repeat, ties included', async (state) => {
    const queue = `list-${state}`;
    await fill(queue, 101, columns[state]);
    const rows = await readAll(queue, state, 10);
    expect(new Set(rows.map((row) => row.id)).size).toBe(101);
    expect(rows).toHaveLength(101);
    expect(rows.every((row) => row.state === state)).toBe(true);
    const others = JOB_STATES.filter((other) => other !== state);
    for (const other of others) expect((await broker.backend.listJobs(queue, other, null, 5)).items).toEqual([]);
  });

  it('shows what runs next first, and the newest of what is over', async () => {
    const names = async (state: JobState) => (await readAll(`list-${state}`, state, 200)).map((row) => row.id);
    expect((await names('waiting'))[0]).toBe('j1');
    expect((await names('prioritized')).slice(0, 2)).toEqual(['j3', 'j6']);
    expect((await names('completed')).slice(-1)).toEqual(['j1']);
  });

  it('refuses a cursor that is not its own', async () => {
    const positions: Position[] = [{ seq: 'x' }, { finished_at_ms: '1' }, {}];
    for (const position of positions)
      await expect(broker.backend.listJobs('list-completed', 'completed', position, 5)).rejects.toMatchObject({
        code: 'validation_failed',
      });
    await expect(broker.backend.getJob('a\u0000b', '1', 5)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('carries the first line of an error, and no payload', async () => {
    const { items } = await broker.backend.listJobs('list-failed', 'failed', null, 1);
    expect(items[0]).toMatchObject({ error: 'one', addedAt: '2023-11-14T22:13:20.101Z' });
    expect(Object.keys(items[0] ?? {})).not.toContain('data');
  });
});

describe('figures', () => {
  it('counts every state, and says where it stopped counting', async () => {
    await fill('many', 10_001, { state: "'completed'", finished_at_ms: '1700000002000 + i' });
    await broker.backend.addJobs('many', [job('a'), job('b', { priority: 1 }), job('c', { delayMs: 9000 })]);
    const figures = await figuresOf('many');
    expect(figures?.counts).toEqual({
      waiting: 1,
      active: 0,
      delayed: 1,
      prioritized: 1,
      'waiting-children': 0,
      completed: 10_000,
      failed: 0,
    });
    expect(figures?.countsAtLeast).toEqual(['completed']);
    await broker.sql(`DELETE FROM job WHERE queue = 'many' AND id IN ('j1', 'j2')`);
    await broker.backend.addJobs('many', [job('d')]);
    const fewer = await figuresOf('many');
    expect([fewer?.counts.completed, fewer?.counts.waiting, fewer?.countsAtLeast]).toEqual([9999, 2, []]);
  });

  it('does not count a long state again while too little happened to bring it below the cap', async () => {
    const counted: string[] = [];
    const spy: Query = async (text, values) => {
      if (text.includes('skipped')) counted.push(String((values?.[1] as number[] | undefined)?.[0]));
      return (await broker.pool.query(text, values)).rows;
    };
    const marks = new Map<string, Counted>();
    await fill('long', 15_000, { state: "'completed'", finished_at_ms: '1700000002000 + i' });
    const at = (eventId: number, deleted: number, atMs: number) => ({ eventId, deleted, atMs });
    await countQueues(spy, marks, ['long'], at(100, 0, 1000));
    await broker.sql(`DELETE FROM job WHERE queue = 'long' AND finished_at_ms <= 1700000006000`);
    await countQueues(spy, marks, ['long'], at(150, 4000, 2000));
    expect(marks.get('long')?.counts.completed).toBe(15_000);
    await countQueues(spy, marks, ['long'], at(1200, 4000, 3000));
    expect(marks.get('long')?.counts.completed).toBe(11_000);
    await countQueues(spy, marks, ['long'], at(1200, 4000, 8001));
    const completed = String(1 << JOB_STATES.indexOf('completed'));
    expect(counted).toEqual(['0', completed, '0', '0']);
  });

  it('tells pause, limits, the oldest wait and the newest failure', async () => {
    const queue = broker.queue('facts');
    await queue.setGlobalConcurrency(7);
    await queue.setGlobalRateLimit(100, 1000);
    await broker.backend.pause?.('facts');
    await fill('facts', 3, { state: "'waiting'" });
    await broker.sql(`UPDATE job SET state = 'failed', finished_at_ms = 1700000005000 + seq % 2, failed_reason = 'of ' || id
                       WHERE queue = 'facts' AND id = 'j3'`);
    const before = Date.now();
    const figures = await figuresOf('facts');
    expect(figures).toMatchObject({
      paused: true,
      concurrency: 7,
      rateLimit: { max: 100, durationMs: 1000 },
      lastError: { message: 'of j3' },
    });
    expect(figures?.oldestWaitingMs).toBeGreaterThan(before - 1_700_000_000_010);
    await broker.backend.resume?.('facts');
    expect(await queue.isPaused()).toBe(false);
    expect((await figuresOf('facts'))?.paused).toBe(false);
  });

  it('counts anew after changes that BullMQ announces, and after removals that it does not', async () => {
    const added = await broker.backend.addJobs('fresh', [job('a'), job('b'), job('c')]);
    expect((await figuresOf('fresh'))?.counts.waiting).toBe(3);
    // As if the queue had been quiet for long.
    await broker.sql(`UPDATE event SET created_at_ms = 1 WHERE queue = 'fresh'`);
    await figuresOf('fresh');
    await broker.sql('SELECT remove($1, $2, true)', ['fresh', added[0]?.id]);
    await broker.sql('SELECT pg_stat_force_next_flush()');
    await until(async () => (await figuresOf('fresh'))?.counts.waiting === 2, 'the removal to be counted');
    await broker.backend.addJobs('fresh', [job('d')]);
    expect((await figuresOf('fresh'))?.counts.waiting).toBe(3);
  });

  it('knows a queue by its jobs or by its settings', async () => {
    await fill('"; DROP', 1, { state: "'waiting'" });
    const names = await broker.backend.queueNames();
    expect(names).toContain('"; DROP');
    expect(names).toContain('facts');
    expect(await broker.backend.hasQueue('"; DROP')).toBe(true);
    expect(await broker.backend.hasQueue('never')).toBe(false);
  });
});

describe('one job', () => {
  it('keeps big integers, cuts big payloads and tells their true size', async () => {
    await broker.sql(
      `INSERT INTO job (queue, id, seq, name, state, added_at_ms, data)
       VALUES ('big', 'x', 1, 'n', 'waiting', 1700000000000, '{"id": 12345678901234567890, "text": "äöü"}')`,
    );
    const whole = await broker.backend.getJob('big', 'x', 1000);
    expect(whole?.data).toEqual({
      text: '{"id": 12345678901234567890, "text": "äöü"}',
      sizeBytes: 46,
      truncated: false,
    });
    const cut = await broker.backend.getJob('big', 'x', 39);
    expect(cut?.data).toEqual({ text: '{"id": 12345678901234567890, "text": "', sizeBytes: 46, truncated: true });
    expect(await broker.backend.getJob('big', 'none', 10)).toBeNull();
  });

  it('shows parents, children, failures with their stacks, and logs', async () => {
    await broker.flows().add({
      name: 'parent',
      queueName: 'family',
      opts: { jobId: 'p' },
      children: [
        { name: 'bad', queueName: 'kids', opts: { jobId: 'k1' } },
        { name: 'good', queueName: 'kids', opts: { jobId: 'k2', priority: 2 } },
      ],
    });
    const parent = await broker.backend.getJob('family', 'p', 100);
    expect(parent?.state).toBe('waiting-children');
    expect(parent?.children).toEqual({
      total: 2,
      items: [
        { queue: 'kids', id: 'k1', name: 'bad', state: 'waiting' },
        { queue: 'kids', id: 'k2', name: 'good', state: 'prioritized' },
      ],
      elsewhere: [],
    });
    broker.worker('kids', async (one) => {
      for (const line of ['one', 'two', 'three']) await one.log(line);
      if (one.name === 'bad') throw new Error('no luck');
    });
    const child = await until(async () => {
      const found = await broker.backend.getJob('kids', 'k1', 100);
      return found?.state === 'failed' ? found : null;
    }, 'the child to fail');
    expect(child).toMatchObject({ parent: { queue: 'family', id: 'p' }, logs: 3, error: { message: 'no luck' } });
    expect(child.stacktraces).toHaveLength(1);
    expect(child.error?.stack).toContain('no luck');
    expect(await broker.backend.getLogs('kids', 'k1', 1, 1)).toEqual({ lines: ['two'], total: 3 });
    expect(await broker.backend.getLogs('kids', 'k1', 9, 5)).toEqual({ lines: [], total: 3 });
    expect(await broker.backend.getLogs('kids', 'none', 0, 5)).toBeNull();
  });
});

describe('changes', () => {
  it('cancels only what has not begun, however many ask at once', async () => {
    const { backend } = broker;
    const order = { by: 'me', reason: null, at: Date.now() };
    const [one] = await backend.addJobs('cancel', [job('a', { priority: 4 })]);
    const asked = await Promise.all([1, 2, 3, 4].map(() => backend.cancel?.('cancel', one?.id ?? '', order)));
    expect(asked.map((answer) => answer?.kind).sort()).toEqual(['gone', 'gone', 'gone', 'removed']);
    expect(asked.find((answer) => answer?.kind === 'removed')).toMatchObject({
      job: { name: 'a', state: 'prioritized' },
    });
    await fill('cancel', 1, { state: "'completed'", finished_at_ms: '1' });
    expect(await backend.cancel?.('cancel', 'j1', order)).toEqual({ kind: 'wrong-state', state: 'completed' });
    await broker.sql(
      `UPDATE job SET state = 'active', lock_token = 't', locked_until_ms = 9000000000000 WHERE id = 'j1'`,
    );
    expect(await backend.cancel?.('cancel', 'j1', order)).toEqual({
      kind: 'requested',
      acknowledged: false,
      workerBeats: false,
    });
    expect(await backend.cancelState?.('cancel', 'j1')).toEqual({ ...order, acknowledgedAt: null });
  });
});

describe('workers', () => {
  it('lists the sessions of BullMQ workers, named or not', async () => {
    const long = `q-${'x'.repeat(70)}`;
    for (const name of ['crew', long, 'crëw']) await broker.backend.addJobs(name, [job('a')]);
    await broker.worker('crëw', async () => {}, { name: 'other' }).waitUntilReady();
    await broker.worker('crew', async () => {}).waitUntilReady();
    await broker.worker('crew', async () => {}, { name: 'mate' }).waitUntilReady();
    await broker.worker(long, async () => {}, { name: 'mate' }).waitUntilReady();
    const workers = (await broker.backend.listWorkers()).filter((one) =>
      one.queues.some((q) => q === 'crew' || q === long || q === 'crëw'),
    );
    expect(workers.map((one) => one.queues[0]).sort()).toEqual(['crew', 'crew', 'crëw', long]);
    expect(workers[0]).toMatchObject({ source: 'test', beats: false, status: 'up', slots: null, busy: null });
    expect(workers[0]?.address).toMatch(/^127\.0\.0\.1:\d+$/);
  });
});
