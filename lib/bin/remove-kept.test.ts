import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BulkMethods } from '@/lib/backends/bulk';
import { CodedError } from '@/lib/contracts/errors';
import { removeJob } from '@/lib/jobs/remove';
import { openPostgresBroker, openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { Answer, execute, type Verb } from '@/lib/verbs';
import { type OperationsBench, openOperationsBench } from '@/worker/monitor/testing/operations-bench';
import { settleLoads } from './settle-loads';

const SOURCE = 'test';

describe.each([
  ['Redis', openRedisBroker],
  ['PostgreSQL', openPostgresBroker],
] as const)('a job that is removed by itself on %s', (_, open) => {
  let broker: TestBroker;
  let bench: OperationsBench;
  beforeAll(async () => {
    broker = await open();
    bench = openOperationsBench(broker.config, await createTestDatabase());
    bench.startMonitor();
  });
  afterAll(async () => {
    await bench.close();
    await broker.close();
  });

  const add = async (queue: string, data: unknown = { n: 1 }, options: object = {}) =>
    (await broker.queue(queue).add('one', data, options)).id ?? '';
  const get = (queue: string, job: string) => broker.backend.getJob(queue, job, 1_000);
  const bin = (queue: string) => bench.call('bin.list', { source: SOURCE, queue, limit: 50 });
  const audit = (queue: string) =>
    bench.store.query<{ action: string; outcome: string; detail: Record<string, unknown> }>(
      'SELECT action, outcome, detail FROM queuedeck.audit WHERE queue = $1 ORDER BY id',
      [queue],
    );
  /** The bin's entry, as the header names it. */
  async function remove(queue: string, job: string, options: { children?: string; undoable?: string } = {}) {
    const result = await execute(removeJob as unknown as Verb, bench.ask, { source: SOURCE, queue, job, ...options });
    return result instanceof Answer ? result.headers['Queuedeck-Bin-Entry'] : undefined;
  }
  const codeOf = (run: Promise<unknown>) =>
    run.then(
      () => 'done',
      (error: unknown) => (error instanceof CodedError ? error.code : Promise.reject(error)),
    );
  async function putBack(entry: string | undefined) {
    const { id } = await bench.call('bin.restore', { body: { entries: [entry ?? ''] } });
    return bench.waitFor(id, 'done');
  }
  /** Runs `between` once, after the job was kept and before it is taken out. */
  async function whileKept<T>(between: () => Promise<unknown>, run: () => Promise<T>): Promise<T> {
    const bulk = bench.entry.backend.bulk as BulkMethods;
    const { keepJobs } = bulk;
    bulk.keepJobs = async (...given) => {
      const kept = await keepJobs(...given);
      bulk.keepJobs = keepJobs;
      await between();
      return kept;
    };
    return run().finally(() => {
      bulk.keepJobs = keepJobs;
    });
  }

  it('is in the bin, and comes back as it was, once', async () => {
    const id = await add('kept', { n: 12345678901234567890n.toString() }, { priority: 3, attempts: 4 });
    await broker.backend.addLogs?.('kept', id, ['first', 'second']);
    const before = await get('kept', id);
    const entry = await remove('kept', id);
    expect(entry).toMatch(/^\d+$/);
    expect(await get('kept', id)).toBeNull();
    expect((await bin('kept')).items).toMatchObject([
      { id: entry, operation: null, why: 'removed', jobs: 1, ids: [id] },
    ]);
    expect(await putBack(entry)).toMatchObject({ done: 1, failed: 0, skipped: 0 });
    expect(await get('kept', id)).toEqual({ ...before, waitMs: expect.any(Number) });
    expect((await broker.backend.getLogs('kept', id, 0, 10))?.lines).toEqual(['first', 'second']);
    expect((await bin('kept')).items).toEqual([]);
    expect(await codeOf(bench.call('bin.restore', { body: { entries: [entry ?? ''] } }))).toBe('nothing_matches');
    expect(await audit('kept')).toMatchObject([
      { action: 'job.remove', outcome: 'done', detail: { children: true, binEntry: entry } },
    ]);
  });

  it('leaves nothing of ours behind in the broker', async () => {
    const id = await add('clean', {});
    const entry = await remove('clean', id);
    const marks = await broker.backend.bulk?.changeJobs(`bin:${entry}`, 'clean', { kind: 'look' }, [{ id }]);
    expect(marks).toEqual([null]);
    // Where the marks were forgotten and not cleared, a later step would be told so.
    const [again] = (await broker.backend.bulk?.changeJobs(
      `bin:${entry}`,
      'clean',
      { kind: 'promote', from: 'delayed' },
      [{ id }],
    )) ?? [null];
    expect(again).toBe('skipped: gone');
  });

  it('is kept as it is when it goes, also where it changed meanwhile', async () => {
    const id = await add('changing', { n: 1 });
    const entry = await whileKept(
      () => broker.backend.editData?.('changing', id, '{"n":2}') ?? Promise.resolve(),
      () => remove('changing', id),
    );
    expect((await bin('changing')).jobs).toBe(1);
    await putBack(entry);
    expect((await get('changing', id))?.data.text.replaceAll(' ', '')).toBe('{"n":2}');
  });

  it('is not kept twice where somebody else takes it meanwhile', async () => {
    const id = await add('taken', {});
    const code = await codeOf(
      whileKept(
        () => broker.backend.remove?.('taken', id) ?? Promise.resolve(),
        () => remove('taken', id),
      ),
    );
    expect(code).toBe('job_not_found');
    expect((await bin('taken')).jobs).toBe(0);
    expect(await bench.store.query("SELECT 1 FROM queuedeck.bin WHERE queue = 'taken'")).toEqual([]);
  });

  it('is held by its mark where the request died after the removal, and is given up where before', async () => {
    const bulk = bench.entry.backend.bulk as BulkMethods;
    const { changeJobs } = bulk;
    const [out, stays] = [await add('died', {}), await add('died', {})];
    for (const [id, reaches] of [
      [out, true],
      [stays, false],
    ] as const) {
      bulk.changeJobs = async (...given) => {
        if (reaches) await changeJobs(...given);
        throw new CodedError('broker_unavailable', 'the connection is closed');
      };
      expect(await codeOf(remove('died', id))).toBe('broker_unavailable');
    }
    bulk.changeJobs = changeJobs;
    expect((await bin('died')).jobs).toBe(0);
    await settleLoads(bench.store, bench.ask.sources, 0);
    const { items } = await bin('died');
    expect(items).toMatchObject([{ jobs: 1, ids: [out] }]);
    expect(await bench.store.query("SELECT 1 FROM queuedeck.bin WHERE queue = 'died'")).toHaveLength(1);
    expect(await get('died', stays)).not.toBeNull();
    expect(await putBack(items[0]?.id)).toMatchObject({ done: 1 });
    expect(await get('died', out)).not.toBeNull();
  });

  it('goes without being kept where it cannot be, unless that was asked for', async () => {
    const big = await add('cannot', { text: 'x'.repeat(4_200_000) });
    expect((await bench.call('job.get', { source: SOURCE, queue: 'cannot', job: big })).bin.cannot).toMatch(/4 MB/);
    expect(await codeOf(remove('cannot', big, { undoable: '1' }))).toBe('not_undoable');
    expect(await get('cannot', big)).not.toBeNull();
    expect(await remove('cannot', big)).toBeUndefined();
    expect(await get('cannot', big)).toBeNull();
    const { job: parent } = await broker.flows().add({
      name: 'parent',
      queueName: 'cannot',
      children: [{ name: 'child', queueName: 'cannot', opts: { jobId: 'the-child' } }],
    });
    const id = parent.id ?? '';
    expect(await codeOf(remove('cannot', id, { undoable: '1' }))).toBe('not_undoable');
    expect(await remove('cannot', id, { children: '0' })).toMatch(/^\d+$/);
    expect(await get('cannot', 'the-child')).not.toBeNull();
    expect((await bin('cannot')).items).toMatchObject([{ ids: [id] }]);
  });

  it('is refused as before where it cannot go: gone, or held by a worker', async () => {
    expect(await codeOf(remove('refused', 'nobody'))).toBe('queue_not_found');
    const id = await add('refused', {});
    expect(await codeOf(remove('refused', 'nobody'))).toBe('job_not_found');
    let end: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      end = resolve;
    });
    const began = new Promise<void>((resolve) => {
      const worker = broker.worker('refused', async () => {
        resolve();
        await held;
      });
      worker.on('error', () => undefined);
    });
    await began;
    expect(await codeOf(remove('refused', id, { undoable: '1' }))).toBe('job_locked');
    expect(await codeOf(remove('refused', id))).toBe('job_locked');
    expect(await bench.store.query("SELECT 1 FROM queuedeck.bin WHERE queue = 'refused'")).toEqual([]);
    end();
  });

  it('is kept too when it is cancelled before it began', async () => {
    const id = await add('cancelled', { n: 3 });
    const answer = await bench.call('job.cancel', {
      source: SOURCE,
      queue: 'cancelled',
      job: id,
      body: { reason: 'why' },
    });
    expect(answer).toMatchObject({ outcome: 'removed', binEntry: expect.stringMatching(/^\d+$/) });
    expect(await get('cancelled', id)).toBeNull();
    expect((await bin('cancelled')).items).toMatchObject([{ why: 'cancelled', ids: [id] }]);
    expect(await putBack(answer.binEntry ?? '')).toMatchObject({ done: 1 });
    expect(await get('cancelled', id)).toMatchObject({ state: 'waiting' });
  });
});
