import { describe, expect, it } from 'vitest';
import type { RecordedEvent, RecordedFields } from '@/lib/backends/recording';
import type { JobRecord } from './job-record';
import { Ledger } from './ledger';
import { reduce } from './reduce';
import { takeSwept } from './take-swept';

let seq = 0;

function event(kind: RecordedEvent['kind'], at: number, more: Partial<RecordedEvent> = {}): RecordedEvent {
  seq += 1;
  return { queue: 'q', id: '1', at, seq, kind, name: kind === 'added' ? 'job' : null, text: null, prev: null, ...more };
}

function fields(more: Partial<RecordedFields> = {}): RecordedFields {
  return {
    queue: 'q',
    id: '1',
    name: 'job',
    state: null,
    addedAt: 1_000,
    startedAt: null,
    finishedAt: null,
    delayMs: 0,
    attemptsMade: 0,
    attemptsStarted: 0,
    stalledCount: 0,
    data: '{"a":1}',
    dataBytes: 7,
    result: null,
    resultBytes: 0,
    options: '{"attempts":3}',
    hasChildren: null,
    error: null,
    stack: null,
    progress: null,
    worker: 'w',
    parent: null,
    schedulerId: null,
    deduplicationId: null,
    ...more,
  };
}

/** Events one by one, each with what was read of the job then. */
function run(steps: [RecordedEvent, RecordedFields | null][]) {
  const ledger = new Ledger();
  let record: JobRecord | null = null;
  for (const [one, read] of steps) {
    record = reduce(record, one, read, ledger.tally);
    ledger.assign(record);
  }
  const counts: Record<string, number> = {};
  for (const note of ledger.notes) if ('times' in note) counts[note.metric] = (counts[note.metric] ?? 0) + note.times;
  const times = (metric: string) =>
    ledger.notes.flatMap((note) => ('ms' in note && note.metric === metric ? note.ms : []));
  return {
    record: record as JobRecord | null,
    counts,
    waits: times('wait'),
    runs: times('run'),
    failures: ledger.failures,
  };
}

describe('the record of a job', () => {
  it('waits, runs and completes', () => {
    const { record, counts, waits, runs } = run([
      [event('added', 1_000), fields()],
      [event('waiting', 1_000), fields()],
      [event('active', 1_250), fields()],
      [event('completed', 1_900, { text: '"ok"' }), fields({ attemptsMade: 1 })],
    ]);
    expect(record).toMatchObject({
      state: 'completed',
      waitMs: 250,
      runMs: 650,
      result: '"ok"',
      attemptsMade: 1,
      attempts: 3,
    });
    expect(counts).toEqual({ added: 1, started: 1, completed: 1 });
    expect([waits, runs]).toEqual([[250], [650]]);
  });

  it('counts a job as retried that starts again without a word of how it was put back', () => {
    const { record, counts } = run([
      [event('added', 1_000), fields()],
      [event('waiting', 1_000), fields()],
      [event('active', 1_250), fields()],
      [event('failed', 1_900, { text: 'no' }), fields({ attemptsMade: 1, error: 'no' })],
      [event('active', 9_000), fields({ attemptsMade: 1 })],
      [event('completed', 9_400, { text: '1' }), fields({ attemptsMade: 2 })],
    ]);
    expect(counts).toEqual({ added: 1, started: 2, failedAttempts: 1, failed: 1, retried: 1, completed: 1 });
    expect(record).toMatchObject({ state: 'completed', error: null, runMs: 400, attemptsMade: 2 });
  });

  it('counts a delayed job from when it was due', () => {
    const { record, waits } = run([
      [event('added', 1_000), fields({ delayMs: 5_000 })],
      [event('delayed', 1_000, { text: '6000' }), fields({ delayMs: 5_000 })],
      [event('waiting', 6_010, { prev: 'delayed' }), null],
      [event('active', 6_100), null],
    ]);
    expect(record?.waitMs).toBe(100);
    expect(waits).toEqual([100]);
  });

  it('fails, is tried again after a backoff, and fails for good', () => {
    const { record, counts, failures, runs } = run([
      [event('added', 1_000), fields()],
      [event('waiting', 1_000), null],
      [event('active', 1_100), null],
      [event('delayed', 1_300, { text: '2300' }), fields({ attemptsMade: 1, error: 'first', stack: 's' })],
      [event('waiting', 2_300, { prev: 'delayed' }), null],
      [event('active', 2_300), null],
      [event('failed', 2_500, { text: 'second' }), fields({ attemptsMade: 2, error: 'second' })],
    ]);
    expect(counts).toEqual({ added: 1, started: 2, failedAttempts: 2, failed: 1 });
    expect(failures.map(({ message, isFinal }) => [message, isFinal])).toEqual([
      ['first', false],
      ['second', true],
    ]);
    expect(record?.detail.attempts?.map(({ x, r }) => [x, r])).toEqual([
      ['first', 200],
      ['second', 200],
    ]);
    expect(runs).toEqual([200, 200]);
  });

  it('put back without a failure is no attempt', () => {
    const { counts, record } = run([
      [event('added', 1_000), fields()],
      [event('active', 1_100), null],
      [event('waiting', 1_200, { prev: 'active' }), fields({ attemptsMade: 0 })],
      [event('active', 1_300), null],
      [event('completed', 1_400), fields({ attemptsMade: 1 })],
    ]);
    expect(counts).toEqual({ added: 1, started: 2, completed: 1 });
    expect(record?.attemptsMade).toBe(1);
  });

  it('retried by hand forgets its end, and counts the next one', () => {
    const { counts, record } = run([
      [event('added', 1_000), fields()],
      [event('active', 1_100), null],
      [event('failed', 1_200, { text: 'no' }), fields({ attemptsMade: 1, error: 'no' })],
      [event('waiting', 5_000, { prev: 'failed' }), fields({ attemptsMade: 1 })],
      [event('active', 5_050), null],
      [event('completed', 5_100), fields({ attemptsMade: 2 })],
    ]);
    expect(counts).toEqual({ added: 1, started: 2, failedAttempts: 1, failed: 1, retried: 1, completed: 1 });
    expect(record).toMatchObject({ state: 'completed', error: null, finishedAt: 5_100 });
  });

  it('cancelled is a failure of its own kind', () => {
    const { counts } = run([
      [event('added', 1_000), fields()],
      [event('active', 1_100), null],
      [event('failed', 1_200, { text: 'cancelled by ann' }), fields({ attemptsMade: 1 })],
    ]);
    expect(counts).toEqual({ added: 1, started: 1, failedAttempts: 1, failed: 1, cancelled: 1 });
  });

  it('removed before its end is told apart from removed after it', () => {
    const before = run([
      [event('added', 1_000), fields()],
      [event('removed', 1_500, { prev: 'wait' }), null],
    ]);
    expect(before.record).toMatchObject({ state: 'removed', flags: 1 });
    const after = run([
      [event('added', 1_000), fields()],
      [event('active', 1_100), null],
      [event('completed', 1_200), null],
      [event('removed', 1_500), null],
    ]);
    expect(after.record).toMatchObject({ state: 'completed', flags: 1 });
  });

  it('an id that is added again is another job', () => {
    const ledger = new Ledger();
    const first = reduce(null, event('added', 1_000), fields(), ledger.tally);
    ledger.assign(first);
    const done = reduce(first, event('completed', 1_100), null, ledger.tally);
    ledger.assign(done);
    const second = reduce(done, event('added', 90_000), fields({ addedAt: 90_000 }), ledger.tally);
    ledger.assign(second);
    expect(second).not.toBe(first);
    expect(ledger.touched.size).toBe(2);
  });

  it('met while it starts, its attempts are those that the broker counts, whenever they were read', () => {
    const over = fields({ attemptsMade: 1, attemptsStarted: 1, startedAt: 9_000, finishedAt: 9_100 });
    const ledger = new Ledger();
    const events = [event('active', 9_000), event('completed', 9_100, { text: '1' })];
    let record: JobRecord | null = null;
    for (const [n, one] of events.entries())
      record = reduce(record, one, over, ledger.tally, { isCounted: false, isCut: false, ahead: events.slice(n) });
    expect(record).toMatchObject({ state: 'completed', attemptsMade: 1 });
    // Its end comes with the next batch: with what was read then, or when nothing was left to read.
    for (const read of [over, null])
      expect(
        run([
          [event('active', 9_000), over],
          [event('completed', 9_100, { text: '1' }), read],
        ]).record,
      ).toMatchObject({ state: 'completed', attemptsMade: 1 });
    const third = fields({ attemptsMade: 2, attemptsStarted: 3, startedAt: 9_000 });
    const { record: retried, counts } = run([
      [event('active', 9_000), third],
      [event('completed', 9_100), { ...third, attemptsMade: 3, finishedAt: 9_100 }],
    ]);
    expect(retried).toMatchObject({ attemptsMade: 3 });
    expect(counts).toEqual({ added: 1, started: 1, completed: 1 });
  });

  it('met while it starts, an attempt that failed is told from one that was put back', () => {
    const after = fields({ attemptsMade: 1, attemptsStarted: 1, startedAt: 9_000, error: 'no' });
    const failed = run([
      [event('active', 9_000), after],
      [event('delayed', 9_100, { text: '9999' }), after],
    ]);
    expect(failed.counts).toEqual({ added: 1, started: 1, failedAttempts: 1 });
    const second = fields({ attemptsMade: 1, attemptsStarted: 2, startedAt: 9_000, error: 'no' });
    const putBack = run([
      [event('active', 9_000), second],
      [event('waiting', 9_100), second],
    ]);
    expect(putBack.counts).toEqual({ added: 1, started: 1 });
    // Read when its second start was its newest already.
    const next = fields({ attemptsMade: 1, attemptsStarted: 2, startedAt: 9_200, error: 'no' });
    const again = run([
      [event('active', 9_000), next],
      [event('delayed', 9_100, { text: '9150' }), { ...next, attemptsMade: 2, startedAt: 9_200 }],
      [event('waiting', 9_150), { ...next, attemptsMade: 2 }],
      [event('active', 9_201), { ...next, attemptsMade: 2 }],
      [event('delayed', 9_300, { text: '9350' }), { ...next, attemptsMade: 2 }],
    ]);
    expect(again.counts).toEqual({ added: 1, started: 2, failedAttempts: 2 });
    expect(again.record).toMatchObject({ attemptsMade: 2 });
  });

  it('met at its end, it was added and started all the same', () => {
    const { counts, record } = run([
      [event('failed', 9_000, { text: 'no' }), fields({ attemptsMade: 3, startedAt: 8_000, error: 'no' })],
    ]);
    expect(counts).toEqual({ added: 1, started: 1, failedAttempts: 1, failed: 1 });
    expect(record).toMatchObject({ addedAt: 1_000, startedAt: 8_000, attemptsMade: 3 });
  });

  it('an end that is told twice counts once', () => {
    const { counts } = run([
      [event('added', 1_000), fields()],
      [event('active', 1_100), null],
      [event('completed', 1_200), fields({ attemptsMade: 1 })],
      [event('completed', 1_200), fields({ attemptsMade: 1 })],
    ]);
    expect(counts).toEqual({ added: 1, started: 1, completed: 1 });
  });

  it('is another life each time that its id is added, however soon and with nothing left to read', () => {
    const { record, counts } = run([
      [event('added', 1_000), null],
      [event('waiting', 1_000), null],
      // Cleaned away, which no event tells.
      [event('added', 1_300), null],
      [event('active', 1_400), null],
      [event('completed', 1_500), null],
      [event('added', 1_600), fields({ addedAt: 1_600 })],
    ]);
    expect(record).toMatchObject({ state: 'waiting', addedAt: 1_600 });
    expect(counts).toEqual({ added: 3, started: 1, completed: 1 });
  });

  it('is the same life where a comparison found it before the event of its adding was read, once', () => {
    const ledger = new Ledger();
    const found = takeSwept(null, fields({ state: 'waiting' }), ledger);
    const begun = reduce(found, event('added', 1_200), null, ledger.tally);
    expect(begun).toBe(found);
    const again = reduce(begun, event('added', 1_900), null, ledger.tally);
    ledger.assign(again);
    expect(again).not.toBe(found);
    expect(ledger.notes.filter((note) => note.metric === 'added')).toHaveLength(2);
  });

  it('is the same life where a comparison found it and found it gone again, before its events were read', () => {
    const ledger = new Ledger();
    const found = takeSwept(null, fields({ state: 'waiting' }), ledger);
    if (found) found.state = 'unseen';
    expect(reduce(found, event('added', 1_200), null, ledger.tally)).toBe(found);
    const ended = reduce(found, event('completed', 1_900), null, ledger.tally);
    ledger.assign(ended);
    expect(ended?.state).toBe('completed');
    expect(ledger.notes.filter((note) => note.metric === 'added')).toHaveLength(1);
  });

  it('is not counted as added again where its id was counted before its events were read', () => {
    const ledger = new Ledger();
    const record = reduce(null, event('added', 1_000), null, ledger.tally, { isCounted: true, isCut: false });
    ledger.assign(record);
    expect(record?.state).toBe('waiting');
    expect(ledger.notes).toEqual([]);
  });
});
