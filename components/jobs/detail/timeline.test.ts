import { describe, expect, it } from 'vitest';
import { buildTimeline } from '@/components/jobs/detail/timeline';

const T0 = Date.parse('2026-11-22T13:44:00.000Z');
const at = (seconds: number) => new Date(T0 + seconds * 1000).toISOString();
const job = {
  state: 'waiting' as const,
  addedAt: at(0),
  startedAt: null,
  finishedAt: null,
  runAt: null,
  delayMs: 0,
  attemptsMade: 0,
  attemptsStarted: 0,
  options: {},
  children: null,
};
const rows = (changes: object, nowSeconds: number) =>
  buildTimeline({ ...job, ...changes }, T0 + nowSeconds * 1000).rows.map(({ label, kind, fromMs, toMs, text }) => [
    label,
    kind,
    (fromMs - T0) / 1000,
    (toMs - T0) / 1000,
    text,
  ]);

describe('buildTimeline', () => {
  it('shows a wait that goes on', () => {
    expect(rows({}, 12)).toEqual([['Waiting', 'soft', 0, 12, '12 s']]);
  });
  it('shows wait and run of a job that did it at the first attempt', () => {
    expect(
      rows({ state: 'completed', startedAt: at(12), finishedAt: at(40), attemptsMade: 1, attemptsStarted: 1 }, 400),
    ).toEqual([
      ['Waiting', 'soft', 0, 12, '12 s'],
      ['Attempt 1', 'solid', 12, 40, 'took 28 s'],
    ]);
  });
  it('parts the delay from the wait', () => {
    expect(rows({ state: 'active', delayMs: 10_000, startedAt: at(12), attemptsStarted: 1 }, 20)).toEqual([
      ['Delayed', 'soft', 0, 10, '10 s'],
      ['Waiting', 'soft', 10, 12, '2.0 s'],
      ['Attempt 1', 'solid', 12, 20, 'running 8.0 s'],
    ]);
  });
  it('invents nothing about earlier attempts, and says so', () => {
    const timeline = buildTimeline(
      { ...job, state: 'failed', startedAt: at(60), finishedAt: at(61), attemptsMade: 3, attemptsStarted: 3 },
      T0 + 99_000,
    );
    expect(timeline.rows.map(({ label, kind, text }) => [label, kind, text])).toEqual([
      ['Attempts 1–2', 'hatched', 'times not kept'],
      ['Attempt 3', 'solid', 'failed 1.0 s'],
    ]);
    expect(timeline.gap).toContain('the first 2 attempts');
    expect(timeline.endsNow).toBe(false);
  });
  it('shows earlier attempts at the times that were recorded', () => {
    const failed = (attempt: number, from: number, to: number) => ({
      ...{ attempt, startedAt: at(from), endedAt: at(to), waitMs: null, runMs: null },
      ...{ worker: null, error: 'no', stalled: false },
    });
    const told = {
      ...job,
      state: 'failed' as const,
      startedAt: at(60),
      finishedAt: at(61),
      attemptsMade: 3,
      attemptsStarted: 3,
    };
    const recorded = [failed(1, 5, 6), failed(2, 20, 22), failed(3, 60.02, 61.01)];
    const timeline = buildTimeline(told, T0 + 99_000, recorded);
    expect(timeline.rows.map(({ label, kind, text }) => [label, kind, text])).toEqual([
      ['Waiting', 'soft', '5.0 s'],
      ['Attempt 1', 'solid', 'failed 1.0 s'],
      ['Attempt 2', 'solid', 'failed 2.0 s'],
      ['Attempt 3', 'solid', 'failed 1.0 s'],
    ]);
    expect(timeline.gap).toBeNull();
    // The record has not heard of the last end yet.
    expect(buildTimeline(told, T0 + 99_000, recorded.slice(0, 2)).rows.map(({ label }) => label)).toEqual([
      'Waiting',
      'Attempt 1',
      'Attempt 2',
      'Attempt 3',
    ]);
    // One is missing: nothing is made up.
    expect(buildTimeline(told, T0 + 99_000, recorded.slice(0, 1)).gap).toContain('the first 2 attempts');
    const running = { ...told, state: 'active' as const, finishedAt: null, attemptsMade: 2 };
    expect(buildTimeline(running, T0 + 70_000, recorded.slice(0, 2)).rows.map(({ text }) => text)).toEqual([
      '5.0 s',
      'failed 1.0 s',
      'failed 2.0 s',
      'running 10 s',
    ]);
    const putBack = { ...failed(1, 5, 6), error: null };
    const again = { ...told, state: 'completed' as const, attemptsMade: 1, attemptsStarted: 2 };
    expect(
      buildTimeline(again, T0 + 99_000, [putBack, failed(2, 60, 61)]).rows.map(({ label, text }) => [label, text]),
    ).toEqual([
      ['Waiting', '5.0 s'],
      ['Attempt 1', 'put back 1.0 s'],
      ['Attempt 2', 'took 1.0 s'],
    ]);
    const many = Array.from({ length: 30 }, (_, n) => failed(n + 1, 5 + n, 5.5 + n));
    const long = buildTimeline({ ...told, attemptsMade: 31, attemptsStarted: 31 }, T0 + 99_000, many);
    expect(long.rows.map(({ label }) => label).slice(0, 4)).toEqual([
      'Waiting',
      'Attempt 1',
      'Attempts 2–22',
      'Attempt 23',
    ]);
    expect(long.rows).toHaveLength(12);
  });
  it('reaches into the future for what is due there', () => {
    const timeline = buildTimeline({ ...job, state: 'delayed', delayMs: 60_000, runAt: at(60) }, T0 + 10_000);
    expect(timeline.endMs).toBe(T0 + 60_000);
    expect(
      rows({ state: 'delayed', startedAt: at(1), attemptsMade: 1, attemptsStarted: 1, runAt: at(30) }, 10),
    ).toEqual([
      ['Waiting', 'soft', 0, 1, '1.0 s'],
      ['Attempt 1, backoff', 'hatched', 1, 30, 'due in 20 s'],
    ]);
  });
  it('knows the delay of a job that has left it from its options', () => {
    const changes = {
      state: 'completed',
      options: { delay: 10_000 },
      startedAt: at(12),
      finishedAt: at(13),
      attemptsMade: 1,
    };
    expect(rows(changes, 20).map(([label, , from, to]) => [label, from, to])).toEqual([
      ['Delayed', 0, 10],
      ['Waiting', 10, 12],
      ['Attempt 1', 12, 13],
    ]);
  });
  it('takes the start that only waits for children for no attempt', () => {
    const changes = {
      state: 'completed',
      startedAt: at(9),
      finishedAt: at(10),
      attemptsMade: 1,
      attemptsStarted: 2,
      children: { total: 1, items: [] },
    };
    expect(rows(changes, 20).map(([label]) => label)).toEqual(['For children', 'Attempt 1']);
  });
  it('says that a run stalled, without a time that nobody kept', () => {
    const changes = { state: 'completed', startedAt: at(40), finishedAt: at(41), attemptsMade: 1, attemptsStarted: 2 };
    expect(rows(changes, 50).map(([label, kind]) => [label, kind])).toEqual([
      ['Stalled run', 'hatched'],
      ['Attempt 1', 'solid'],
    ]);
  });
  it('stands a clock that is behind', () => {
    expect(rows({ state: 'active', startedAt: at(5), attemptsStarted: 1 }, 1)[1]).toEqual([
      'Attempt 1',
      'solid',
      5,
      5,
      'running 0 ms',
    ]);
  });
});
