import { expect, it } from 'vitest';
import {
  moveCursor,
  type RecordBatch,
  type RecordCursor,
  type RecordedFields,
  type RecordingMethods,
} from '@/lib/backends/recording';
import { until } from '@/lib/testing/until';
import { type Bench, job, runAll } from './broker';

interface Followed {
  batches: RecordBatch[];
  kinds(queue: string, id: string): string[];
  fields(queue: string): RecordedFields[];
  /** Resolves to where the reading ended, as the store would keep it. */
  stop(): Promise<RecordCursor>;
}

const EMPTY: RecordCursor = { base: '', queues: new Map() };

const recordingOf = ({ backend }: Bench): RecordingMethods => {
  if (!backend.recording) throw new Error('this backend cannot record');
  return backend.recording;
};

/** Reads from the cursor on until `stop`; ready when it is up to now. */
async function follow(bench: Bench, cursor: RecordCursor | null = null): Promise<Followed> {
  const ends = new AbortController();
  const batches: RecordBatch[] = [];
  const done = (async () => {
    for await (const batch of recordingOf(bench).record(cursor, { signal: ends.signal })) batches.push(batch);
  })();
  await until(() => batches.at(-1)?.more === false, 'the record to be up to now');
  return {
    batches,
    kinds: (queue, id) =>
      batches.flatMap(({ events }) =>
        events.flatMap((event) => (event.queue === queue && event.id === id ? [event.kind] : [])),
      ),
    fields: (queue) => batches.flatMap(({ fields }) => fields.filter((one) => one.queue === queue)),
    stop: async () => {
      ends.abort();
      await done;
      return batches.reduce<RecordCursor>((moved, batch) => moveCursor(moved, batch.cursor), cursor ?? EMPTY);
    },
  };
}

export function testRecording(bench: Bench): void {
  it('tells a life in order, with what the job is and what came of it', async () => {
    const queue = 'record-life';
    const followed = await follow(bench);
    const from = Date.now();
    const [good, bad] = await bench.backend.addJobs(queue, [
      job('good', { attempts: 3 }, { to: 'ada@example.com' }),
      job('fails', {}, { n: 2 }),
    ]);
    await until(() => followed.fields(queue).length >= 2, 'the jobs to be read');
    await runAll(bench, queue, 2);
    await until(() => followed.kinds(queue, bad?.id ?? '').includes('failed'), 'the failure');
    expect(followed.kinds(queue, good?.id ?? '')).toEqual(['added', 'waiting', 'active', 'completed']);
    expect(followed.kinds(queue, bad?.id ?? '').slice(0, 4)).toEqual(['added', 'waiting', 'active', 'failed']);
    const events = followed.batches.flatMap((batch) => batch.events).filter((event) => event.queue === queue);
    expect(events.find(({ kind }) => kind === 'added')).toMatchObject({ name: 'good' });
    expect(JSON.parse(events.find(({ kind }) => kind === 'completed')?.text ?? '')).toEqual({ ok: 'good' });
    expect(events.find(({ kind }) => kind === 'failed')?.text).toMatch(/^no: fails\nsecond line/);
    for (const { at } of events) expect(Math.abs(at - from)).toBeLessThan(20_000);
    const [first] = followed.fields(queue);
    expect(first).toMatchObject({ id: good?.id, name: 'good', attemptsMade: 0 });
    expect(JSON.parse(first?.data ?? '')).toEqual({ to: 'ada@example.com' });
    expect(JSON.parse(first?.options ?? '')).toMatchObject({ attempts: 3 });
    expect(first?.dataBytes).toBe(Buffer.byteLength(first?.data ?? ''));
    await followed.stop();
  });

  it('tells that a queue was resumed, by whomever, in its place between two pauses', async () => {
    const queue = 'record-resumed';
    const own = bench.broker.queue(queue);
    await own.add('one', {});
    const followed = await follow(bench);
    const first = await bench.backend.pause?.(queue);
    await own.resume();
    const second = await bench.backend.pause?.(queue);
    const seen = () => followed.batches.flatMap(({ resumed }) => resumed.filter((one) => one.queue === queue));
    await until(() => seen().length > 0, 'the resume');
    const [{ at = 0, seq = 0 } = {}] = seen();
    const place = (one: { at: number; seq: number } | null | undefined) => [one?.at ?? 0, one?.seq ?? 0] as const;
    const isBefore = (a: readonly [number, number], b: readonly [number, number]) =>
      a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
    expect(isBefore(place(first?.event), [at, seq])).toBe(true);
    expect(isBefore([at, seq], place(second?.event))).toBe(true);
    expect(seen()).toHaveLength(1);
    await bench.backend.resume?.(queue);
    await followed.stop();
  });

  it('goes on where a reader was, with what came meanwhile, and gives nothing twice', async () => {
    const queue = 'record-again';
    const before = await follow(bench);
    const [early] = await bench.backend.addJobs(queue, [job('early')]);
    await until(() => before.kinds(queue, early?.id ?? '').includes('waiting'), 'the first job');
    const cursor = await before.stop();
    const late = await bench.backend.addJobs(queue, [job('late'), job('later', { delayMs: 3_600_000 })]);
    const after = await follow(bench, cursor);
    const ids = late.map(({ id }) => id);
    await until(() => after.kinds(queue, ids[1] ?? '').length >= 2, 'what came meanwhile');
    expect(after.kinds(queue, early?.id ?? '')).toEqual([]);
    expect(after.kinds(queue, ids[0] ?? '')).toEqual(['added', 'waiting']);
    expect(after.kinds(queue, ids[1] ?? '')).toEqual(['added', 'delayed']);
    expect(after.batches.flatMap(({ gaps }) => gaps)).toEqual([]);
    await after.stop();
  });

  it('loses and doubles nothing of many producers at once', async () => {
    const followed = await follow(bench);
    const queues = ['record-many-a', 'record-many-b', 'record-many-c'];
    const added = await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const queue = queues[n % queues.length] ?? '';
        const jobs = await bench.backend.addJobs(
          queue,
          Array.from({ length: 10 }, () => job('one')),
        );
        return jobs.map(({ id }) => `${queue} ${id}`);
      }),
    );
    const ids = added.flat();
    const seen = () =>
      followed.batches.flatMap(({ events }) =>
        events.flatMap(({ kind, queue, id }) => (kind === 'added' && queues.includes(queue) ? [`${queue} ${id}`] : [])),
      );
    await until(() => seen().length >= ids.length, 'all that was added');
    expect(seen().sort()).toEqual(ids.sort());
    await followed.stop();
  });

  it('reads jobs again by state, page by page in the order of their end, and only those that are chosen', async () => {
    const queue = 'record-sweep';
    await bench.backend.addJobs(
      queue,
      Array.from({ length: 450 }, (_, n) => job(n % 9 === 0 ? 'fails' : 'works', {}, { n })),
    );
    await runAll(bench, queue, 450);
    const recording = recordingOf(bench);
    const swept: RecordedFields[] = [];
    for (let position = null; ; ) {
      const step = await recording.sweepFields(queue, 'completed', null, position);
      swept.push(...step.jobs);
      if (step.next === null) break;
      position = JSON.parse(JSON.stringify(step.next));
    }
    expect(new Set(swept.map(({ id }) => id)).size).toBe(400);
    expect(swept).toHaveLength(400);
    const ends = swept.map(({ finishedAt }) => finishedAt ?? 0);
    expect(ends).toEqual([...ends].sort((a, b) => a - b));
    expect(swept[0]).toMatchObject({ state: 'completed', attemptsMade: 1, worker: 'runner' });
    expect(JSON.parse(swept[0]?.result ?? '')).toEqual({ ok: 'works' });

    const middle = ends[200] ?? 0;
    const later = await recording.sweepFields(queue, 'completed', middle, null);
    expect(Math.min(...later.jobs.map(({ finishedAt }) => finishedAt ?? 0))).toBeGreaterThanOrEqual(middle);
    const failed = await recording.sweepFields(queue, 'failed', null, null, async (ids) => ids.slice(0, 3));
    expect(failed.jobs).toHaveLength(3);
    expect(failed.jobs[0]).toMatchObject({ state: 'failed', error: 'no: fails\nsecond line' });
    expect(failed.jobs[0]?.stack).toContain('Error: no: fails');

    const [known = ''] = swept.map(({ id }) => id);
    expect(await recording.hasJobs(queue, [known, 'nobody'])).toEqual([true, false]);
    const [found, missing] = await recording.readFields(queue, [known, 'nobody']);
    expect(found).toMatchObject({ id: known, name: 'works' });
    expect(missing).toBeNull();
  });

  it('cuts a big payload and tells its true size', async () => {
    const queue = 'record-big';
    const text = 'é'.repeat(100_000);
    const [big] = await bench.backend.addJobs(queue, [job('big', {}, { text })]);
    const [fields] = await recordingOf(bench).readFields(queue, [big?.id ?? '']);
    expect(fields?.dataBytes).toBeGreaterThan(200_000);
    expect(Buffer.byteLength(fields?.data ?? '')).toBeLessThanOrEqual(65_536);
    expect(Buffer.byteLength(fields?.data ?? '')).toBeGreaterThan(60_000);
  });

  it("tells the broker's own totals, where workers keep them", async () => {
    const queue = 'record-totals';
    const worker = bench.broker.worker(
      queue,
      async (one) => {
        if (one.name === 'fails') throw new Error('no');
      },
      { metrics: { maxDataPoints: 10 } },
    );
    await bench.backend.addJobs(queue, [job('a'), job('b'), job('fails')]);
    const totals = await until(async () => {
      const read = await recordingOf(bench).readTotals(queue);
      return read.completed?.count === 2 && read.failed?.count === 1 && read;
    }, 'the totals');
    const sum = totals.completed?.perMinute.reduce((all, one) => all + one, 0);
    expect(sum).toBe(2);
    expect(Math.abs((totals.completed?.newestMinute ?? 0) - Date.now() / 60_000)).toBeLessThan(2);
    expect(totals.at?.at).toBeGreaterThan(Date.now() - 60_000);
    expect(recordingOf(bench).cost().commands).toBeGreaterThan(0);
    await worker.close();
  });
}

/** What our own reading costs is told on the page of the source. */
export function testCost(bench: Bench): void {
  it('counts what it asks of the broker, and about how long that took it', async () => {
    const read = () => bench.backend.cost?.() ?? { commands: 0, bytes: 0, brokerMs: null };
    const work = async () => {
      await bench.backend.addJobs('cost', [job('a', {}, { text: 'x'.repeat(1_000) })]);
      await bench.backend.listJobs('cost', 'waiting', null, 10);
      await bench.backend.snapshot();
    };
    // A broker's statistics know a command from its first call on.
    await work();
    await until(() => read().brokerMs !== null, "the broker's word on its time");
    const before = read();
    await work();
    const after = read();
    expect(after.commands).toBeGreaterThan(before.commands);
    expect(after.bytes).toBeGreaterThan(before.bytes);
    expect(after.brokerMs ?? 0).toBeGreaterThan(before.brokerMs ?? 0);
  });
}

/** Apart from the others: it takes the broker away. */
export function testRecordingOutage(bench: Bench): void {
  it('waits for a lost broker and reads on what is there when it is back', async () => {
    const queue = 'record-outage';
    const followed = await follow(bench);
    const [before] = await bench.backend.addJobs(queue, [job('before')]);
    await until(() => followed.kinds(queue, before?.id ?? '').length >= 2, 'the job before');
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await bench.broker.kill();
    await bench.broker.restart();
    const after = await until(
      () =>
        bench.backend.addJobs(queue, [job('after')]).then(
          ([one]) => one,
          () => null,
        ),
      'the broker to be back',
      20_000,
    );
    await until(() => followed.kinds(queue, after.id).length >= 2, 'the job after');
    expect(followed.kinds(queue, after.id)).toEqual(['added', 'waiting']);
    expect(followed.kinds(queue, before?.id ?? '')).toEqual(['added', 'waiting']);
    await followed.stop();
  }, 60_000);
}
