import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Position } from '@/lib/backends/backend';
import type { BulkChange, BulkItem, BulkMethods, BulkOutcome, ScanWants } from '@/lib/backends/bulk';
import type { JobState } from '@/lib/contracts/states';
import { type Bench, figuresOf, holdActive, job, readAll, runAll } from './broker';

const ALL: ScanWants = { names: null, timeField: 'added', fromMs: null, toMs: null, error: null, data: false };

const bulkOf = ({ backend }: Bench): BulkMethods => {
  if (!backend.bulk) throw new Error('no bulk');
  return backend.bulk;
};

async function scanAll(bench: Bench, queue: string, state: JobState, wants: Partial<ScanWants> = {}) {
  const jobs = new Map<string, string | null>();
  let position: Position | null = null;
  do {
    const step = await bulkOf(bench).scanJobs(queue, state, { ...ALL, ...wants }, position);
    for (const { id, data } of step.jobs) jobs.set(id, data);
    position = step.next === null ? null : (JSON.parse(JSON.stringify(step.next)) as Position);
  } while (position !== null);
  return jobs;
}

async function change(bench: Bench, operation: string, queue: string, what: BulkChange, items: BulkItem[]) {
  const outcomes: BulkOutcome[] = [];
  while (outcomes.length < items.length) {
    const step = await bulkOf(bench).changeJobs(operation, queue, what, items.slice(outcomes.length));
    expect(step.length).toBeGreaterThan(0);
    outcomes.push(...step);
  }
  return outcomes;
}

async function keepAll(bench: Bench, queue: string, ids: string[]) {
  const { through, jobs } = await bulkOf(bench).keepJobs(queue, ids);
  expect(through).toBe(ids.length);
  return jobs;
}

const addMany = async ({ backend }: Bench, queue: string, count: number, options: object = {}) =>
  (
    await backend.addJobs(
      queue,
      Array.from({ length: count }, (_, n) => job(n % 2 === 0 ? 'even' : 'odd', options, { n, user: { id: `u${n}` } })),
    )
  ).map(({ id }) => id);

async function failMany(bench: Bench, queue: string, count: number): Promise<string[]> {
  const added = await bench.backend.addJobs(
    queue,
    Array.from({ length: count }, (_, n) => job(`fails-${n % 2}`, {}, { n })),
  );
  await runAll(bench, queue, count);
  return added.map(({ id }) => id);
}

export function testBulk(bench: Bench): void {
  it('finds every job of a state once, by name, time, error and with its data', async () => {
    const queue = 'bulk-scan';
    const ids = await addMany(bench, queue, 250);
    expect([...(await scanAll(bench, queue, 'waiting')).keys()].sort()).toEqual([...ids].sort());
    expect((await scanAll(bench, queue, 'waiting', { names: ['odd'] })).size).toBe(125);
    const withData = await scanAll(bench, queue, 'waiting', { data: true });
    expect(JSON.parse(withData.get(ids[7] ?? '') ?? '')).toEqual({ n: 7, user: { id: 'u7' } });
    expect((await scanAll(bench, queue, 'waiting', { toMs: Date.now() - 3_600_000 })).size).toBe(0);
    expect((await scanAll(bench, queue, 'waiting', { fromMs: Date.now() - 3_600_000 })).size).toBe(250);
    expect((await scanAll(bench, queue, 'failed')).size).toBe(0);
    const failed = await failMany(bench, 'bulk-scan-failed', 20);
    const found = await scanAll(bench, 'bulk-scan-failed', 'failed', { error: 'no: fails-1' });
    expect(found.size).toBe(10);
    expect(
      [...(await scanAll(bench, 'bulk-scan-failed', 'failed', { timeField: 'finished', fromMs: 1 })).keys()].sort(),
    ).toEqual([...failed].sort());
    expect(await bulkOf(bench).readStates('bulk-scan-failed', [failed[0] ?? '', 'nope'])).toEqual(['failed', null]);
  });

  it('scans what is delayed and prioritized', async () => {
    const queue = 'bulk-scan-sorted';
    await addMany(bench, queue, 30, { delayMs: 60_000 });
    await addMany(bench, queue, 30, { priority: 5 });
    expect((await scanAll(bench, queue, 'delayed')).size).toBe(30);
    expect((await scanAll(bench, queue, 'prioritized', { names: ['even'] })).size).toBe(15);
  });

  it('retries each job once, however often the step is repeated', async () => {
    const queue = 'bulk-retry';
    const ids = await failMany(bench, queue, 12);
    const operation = randomUUID();
    const what: BulkChange = { kind: 'retry', from: 'failed', resetAttempts: false };
    const items = [...ids, 'nope'].map((id) => ({ id }));
    const first = await change(bench, operation, queue, what, items);
    expect(first).toEqual([...ids.map(() => 'done'), 'skipped: gone']);
    await runAll(bench, queue, 12);
    expect(await change(bench, operation, queue, what, items)).toEqual(first);
    expect((await figuresOf(bench.backend, queue))?.counts).toMatchObject({ failed: 12, waiting: 0 });
    expect(await change(bench, operation, queue, { kind: 'look' }, [{ id: 'nope' }, { id: 'other' }])).toEqual([
      'skipped: gone',
      null,
    ]);
    await bulkOf(bench).forgetMarks(operation, queue);
    expect(await change(bench, operation, queue, { kind: 'look' }, [{ id: 'nope' }])).toEqual([null]);
    const late = items.slice(0, 2);
    expect(await change(bench, operation, queue, what, late)).toEqual(['ended', 'ended']);
    expect((await figuresOf(bench.backend, queue))?.counts).toMatchObject({ failed: 12, waiting: 0 });
  });

  it('names the next run of completed jobs by the operation, with new data too', async () => {
    const queue = 'bulk-run';
    const added = await addMany(bench, queue, 4, { attempts: 2 });
    await bench.backend.addJobs(queue, [job('urgent', { priority: 4 })]);
    const ids = [...added, ...(await scanAll(bench, queue, 'prioritized')).keys()];
    await runAll(bench, queue, 5);
    const items = ids.map((id) => ({ id }));
    const from = 'completed' as const;
    const operation = randomUUID();
    const what = { kind: 'retry', from, resetAttempts: false, effectRun: operation } as const;
    expect(await change(bench, operation, queue, what, items)).toEqual(ids.map(() => 'done'));
    const runOf = async (id: string) => (await bench.backend.getJob(queue, id, 1000))?.options;
    for (const id of ids) expect(await runOf(id)).toMatchObject({ effectRun: operation });
    await runAll(bench, queue, 5);
    const { jobs } = await bulkOf(bench).readData(queue, ids);
    const edits = jobs.map(({ id, print }) => ({ id, print, data: '{"new":1}' }));
    const edit = { kind: 'edit-and-retry', from, effectRun: 'edited:1' } as const;
    expect(await change(bench, randomUUID(), queue, edit, edits)).toEqual(edits.map(() => 'done'));
    for (const id of ids) expect(await runOf(id)).toMatchObject({ effectRun: 'edited:1' });
    await runAll(bench, queue, 5);
    const plain = { kind: 'retry', from, resetAttempts: false } as const;
    expect(await change(bench, randomUUID(), queue, plain, items)).toEqual(ids.map(() => 'done'));
    for (const id of ids) expect(await runOf(id)).toMatchObject({ effectRun: 'edited:1' });
  });

  it('changes only what is in the state that it was chosen in', async () => {
    const queue = 'bulk-state';
    const [waiting = ''] = await addMany(bench, queue, 1);
    const kinds: BulkChange[] = [
      { kind: 'retry', from: 'failed', resetAttempts: true },
      { kind: 'promote', from: 'delayed' },
      { kind: 'remove', from: 'failed' },
      { kind: 'move', from: 'failed', toQueue: 'bulk-elsewhere' },
    ];
    for (const what of kinds)
      expect(await change(bench, randomUUID(), queue, what, [{ id: waiting, print: 'x' }])).toEqual([
        expect.stringMatching(/^skipped: no longer .* \(now waiting\)$/),
      ]);
    expect((await bench.backend.getJob(queue, waiting, 100))?.state).toBe('waiting');
    const held = await holdActive(bench, 'bulk-held');
    const [kept] = await keepAll(bench, 'bulk-held', [held.id]);
    expect(
      await change(bench, randomUUID(), 'bulk-held', { kind: 'cancel', from: 'waiting' }, [
        { id: held.id, print: kept?.print ?? '' },
      ]),
    ).toEqual(['active']);
    await held.end();
  });

  it('promotes, and duplicates with data and options', async () => {
    const queue = 'bulk-promote';
    const ids = await addMany(bench, queue, 3, { delayMs: 60_000 });
    const items = ids.map((id) => ({ id }));
    expect(await change(bench, randomUUID(), queue, { kind: 'promote', from: 'delayed' }, items)).toEqual(
      ids.map(() => 'done'),
    );
    const operation = randomUUID();
    const copies = await change(bench, operation, queue, { kind: 'duplicate', from: 'waiting' }, items);
    expect(await change(bench, operation, queue, { kind: 'duplicate', from: 'waiting' }, items)).toEqual(copies);
    expect((await figuresOf(bench.backend, queue))?.counts).toMatchObject({ waiting: 6, delayed: 0 });
    const copy = await bench.backend.getJob(queue, /job (.+)$/.exec(copies[1] ?? '')?.[1] ?? '', 1000);
    expect(copy).toMatchObject({ name: 'odd', state: 'waiting', attemptsMade: 0 });
    expect(JSON.parse(copy?.data.text ?? '')).toEqual({ n: 1, user: { id: 'u1' } });
    const own = { name: 'own', data: {}, addedBy: 'ann' };
    for (const options of [{}, { attempts: 3 }, { lifo: true, attempts: 2 }]) {
      const [added] = await bench.backend.addJobs(queue, [{ ...own, options }]);
      const one = [{ id: added?.id ?? '' }];
      const [outcome] = await change(bench, randomUUID(), queue, { kind: 'duplicate', from: 'waiting' }, one);
      const { options: kept } = (await bench.backend.getJob(queue, one[0]?.id ?? '', 1000)) ?? {};
      const { options: copied } = (await bench.backend.getJob(queue, outcome?.split(' ').at(-1) ?? '', 1000)) ?? {};
      const { addedBy, ...rest } = kept as Record<string, unknown>;
      expect(addedBy).toBe('ann');
      expect(copied).toEqual(rest);
    }
  });

  it('removes what is unchanged since it was kept, and puts it back as it was', async () => {
    const queue = 'bulk-bin';
    const failed = await failMany(bench, queue, 3);
    const delayed = await addMany(bench, queue, 1, { delayMs: 60_000 });
    const prioritized = await addMany(bench, queue, 1, { priority: 3 });
    const waiting = await addMany(bench, queue, 1);
    const groups: [JobState, string[]][] = [
      ['failed', failed],
      ['delayed', delayed],
      ['prioritized', prioritized],
      ['waiting', waiting],
    ];
    const before = new Map<string, unknown>();
    const operation = randomUUID();
    const restore: BulkItem[] = [];
    for (const [state, ids] of groups) {
      for (const id of ids) before.set(id, withoutClock(await bench.backend.getJob(queue, id, 10_000)));
      const kept = await keepAll(bench, queue, ids);
      expect(kept.map((one) => one.state)).toEqual(ids.map(() => state));
      const wrong = await change(bench, operation, queue, { kind: 'remove', from: state }, [
        { id: ids[0] ?? '', print: 'x' },
      ]);
      expect(wrong).toEqual(['changed']);
      const items = kept.map(({ id, print }) => ({ id, print }));
      expect(await change(bench, operation, queue, { kind: 'remove', from: state }, items)).toEqual(
        ids.map(() => 'done'),
      );
      restore.push(...kept.map(({ id, blob }) => ({ id, kept: blob })));
    }
    for (const id of before.keys()) expect(await bench.backend.getJob(queue, id, 100)).toBeNull();
    const back = randomUUID();
    expect(await change(bench, back, queue, { kind: 'restore' }, restore)).toEqual(restore.map(() => 'done'));
    for (const [id, was] of before) expect(withoutClock(await bench.backend.getJob(queue, id, 10_000))).toEqual(was);
    expect(await change(bench, back, queue, { kind: 'restore' }, restore)).toEqual(restore.map(() => 'done'));
    expect(await change(bench, randomUUID(), queue, { kind: 'restore' }, restore)).toEqual(
      restore.map(() => 'skipped: the id is taken'),
    );
    expect((await readAll(bench.backend, queue, 'failed', 10)).length).toBe(3);
    await runAll(bench, queue, 5);
  });

  it('clears its marks where every step was answered: a later one is as the first', async () => {
    const queue = 'bulk-clear';
    const [id = ''] = await addMany(bench, queue, 1);
    const operation = randomUUID();
    const what: BulkChange = { kind: 'promote', from: 'delayed' };
    expect(await change(bench, operation, queue, what, [{ id }])).toEqual(['skipped: no longer delayed (now waiting)']);
    await bulkOf(bench).clearMarks(operation, queue);
    expect(await change(bench, operation, queue, { kind: 'look' }, [{ id }])).toEqual([null]);
    await bulkOf(bench).forgetMarks(operation, queue);
    expect(await change(bench, operation, queue, what, [{ id }])).toEqual(['ended']);
  });

  it('moves to another queue, keeping id, data and state, and loses nothing to a taken id', async () => {
    const queue = 'bulk-from';
    const failed = await failMany(bench, queue, 2);
    const delayed = await addMany(bench, queue, 2, { delayMs: 60_000 });
    const what = (from: JobState): BulkChange => ({ kind: 'move', from, toQueue: 'bulk-to' });
    const operation = randomUUID();
    const items = (ids: string[]) => ids.map((id) => ({ id }));
    expect(await change(bench, operation, queue, what('failed'), items(failed))).toEqual(['done', 'done']);
    expect(await change(bench, operation, queue, what('delayed'), items(delayed))).toEqual(['done', 'done']);
    expect(await change(bench, operation, queue, what('failed'), items(failed))).toEqual(['done', 'done']);
    expect((await figuresOf(bench.backend, 'bulk-to'))?.counts).toMatchObject({ failed: 2, delayed: 2 });
    expect(await bench.backend.getJob(queue, failed[0] ?? '', 100)).toBeNull();
    const moved = await bench.backend.getJob('bulk-to', failed[0] ?? '', 1000);
    expect(moved).toMatchObject({ state: 'failed', name: 'fails-0', attemptsMade: 1 });
    // The next id that the target gives out must not be one that has just come.
    const [added] = await bench.backend.addJobs('bulk-to', [job('later')]);
    expect(added).toMatchObject({ existed: false, name: 'later' });
    const back = { kind: 'move', from: 'waiting', toQueue: queue } as const;
    await bench.backend.addJobs(queue, [job('blocker', { id: 'same-name' })]);
    await bench.backend.addJobs('bulk-to', [job('mover', { id: 'same-name' })]);
    expect(await change(bench, randomUUID(), 'bulk-to', back, [{ id: 'same-name' }])).toEqual([
      'skipped: the id is taken there',
    ]);
    expect((await bench.backend.getJob('bulk-to', 'same-name', 100))?.name).toBe('mover');
  });

  it('edits the data that was read, and retries, in one step', async () => {
    const queue = 'bulk-edit';
    const [id = ''] = await failMany(bench, queue, 1);
    const { jobs } = await bulkOf(bench).readData(queue, [id, 'nope']);
    expect(jobs).toHaveLength(1);
    const print = jobs[0]?.print ?? '';
    const what: BulkChange = { kind: 'edit-and-retry', from: 'failed' };
    const data = '{"n": 0, "big": 12345678901234567890}';
    expect(await change(bench, randomUUID(), queue, what, [{ id, print: 'other', data }])).toEqual(['changed']);
    const operation = randomUUID();
    expect(await change(bench, operation, queue, what, [{ id, print, data }])).toEqual(['done']);
    expect(await change(bench, operation, queue, what, [{ id, print, data }])).toEqual(['done']);
    const after = await bench.backend.getJob(queue, id, 1000);
    expect(after?.state).toBe('waiting');
    expect(after?.data.text).toContain('12345678901234567890');
  });
}

/** What the passing of time changes by itself is left out. */
function withoutClock(found: { waitMs?: unknown } | null): unknown {
  return found === null ? null : { ...found, waitMs: null };
}
