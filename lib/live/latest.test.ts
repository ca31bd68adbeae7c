import { describe, expect, it } from 'vitest';
import type { CountsFrame } from '@/lib/contracts/live';
import type { QueueFigures } from '@/lib/contracts/queues';
import { Latest } from '@/lib/live/latest';
import { OVERVIEW, queueChannel } from '@/lib/live/topics';
import type { SourceFigures } from '@/lib/queues/snapshot';

const AT = Date.parse('2026-11-22T12:00:00.000Z');

const queue = (name: string, failed = 0, oldestWaitingMs = 0): QueueFigures => ({
  source: 's',
  name,
  counts: { waiting: 0, active: 0, delayed: 0, prioritized: 0, 'waiting-children': 0, completed: 0, failed },
  countsAtLeast: [],
  paused: false,
  oldestWaitingMs,
  workers: 0,
  slots: 0,
  busy: 0,
  concurrency: null,
  rateLimit: null,
  lastError: null,
  unreadable: null,
  health: 'empty',
  attention: [],
});

const read = (atMs: number, ...queues: QueueFigures[]): SourceFigures => ({
  source: 's',
  at: atMs,
  status: 'up',
  reason: null,
  queues,
});

function makeLatest() {
  const latest = new Latest();
  let seq = 0;
  return {
    take: (figures: SourceFigures) => latest.takeFigures(figures, () => ++seq),
    counts: (scope: 'all' | Set<string>, from: number): CountsFrame | null =>
      JSON.parse(latest.countsSince('s', scope, from) ?? 'null'),
    seq: () => seq,
  };
}

describe('Latest', () => {
  it('tells the queues that changed after a cursor, and only those', () => {
    const { take, counts, seq } = makeLatest();
    take(read(AT, queue('a'), queue('b')));
    const before = seq();
    expect(take(read(AT + 1000, queue('a', 1), queue('b')))).toEqual([queueChannel('s', 'a'), OVERVIEW]);
    expect(counts('all', before)?.queues.map(({ name }) => name)).toEqual(['a']);
    expect(counts('all', -1)?.queues).toHaveLength(2);
    expect(counts(new Set(['b']), before)).toBeNull();
    expect(counts('all', seq())).toBeNull();
    expect(counts('all', before)?.at).toBe('2026-11-22T12:00:01.000Z');
  });

  it('does not take the passing of time for a change, but tells it every few seconds', () => {
    const { take } = makeLatest();
    take(read(AT, queue('a', 0, 10_000)));
    expect(take(read(AT + 1000, queue('a', 0, 11_000)))).toEqual([]);
    expect(take(read(AT + 2000, queue('a', 0, 500)))).toContain(OVERVIEW);
    expect(take(read(AT + 4000, queue('a', 0, 2_500)))).toEqual([]);
    expect(take(read(AT + 7001, queue('a', 0, 5_501)))).toContain(OVERVIEW);
  });

  it('tells that a queue is gone, and that it is back', () => {
    const { take, counts, seq } = makeLatest();
    take(read(AT, queue('a')));
    const before = seq();
    expect(take(read(AT + 1000))).toContain(queueChannel('s', 'a'));
    expect(counts('all', before)).toMatchObject({ queues: [], removed: [{ source: 's', name: 'a' }] });
    expect(take(read(AT + 2000))).toEqual([]);
    take(read(AT + 3000, queue('a')));
    expect(counts('all', before)).toMatchObject({ queues: [{ name: 'a' }], removed: [] });
  });

  it('tells a broker that is away with the age of what is known', () => {
    const { take, counts, seq } = makeLatest();
    take(read(AT, queue('a')));
    const before = seq();
    take({ ...read(AT, queue('a')), status: 'down', reason: 'away' });
    const frame = counts(new Set(), before);
    expect(frame).toMatchObject({ queues: [], sources: [{ name: 's', status: 'down', reason: 'away' }] });
    expect(frame?.at).toBe('2026-11-22T12:00:00.000Z');
  });
});
