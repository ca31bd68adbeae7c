import { describe, expect, it } from 'vitest';
import type { LoggedEvent } from '@/lib/live/event-log';
import { coalesce, FLUSH_EVENTS } from '@/lib/live/send/coalesce';

const event = (seq: number, kind: LoggedEvent['kind'], subject: string, text = 'x'): LoggedEvent => ({
  seq,
  atMs: 0,
  source: 's',
  channels: [],
  kind,
  subject,
  text,
});

describe('coalesce', () => {
  it('keeps the last progress of each job, every state and every log line, in order', () => {
    const kept = coalesce([
      event(1, 'state', 'a'),
      event(2, 'progress', 'a'),
      event(3, 'progress', 'b'),
      event(4, 'log', 'a'),
      event(5, 'progress', 'a'),
      event(6, 'log', 'a'),
      event(7, 'state', 'a'),
    ]);
    expect(kept?.map(({ seq }) => seq)).toEqual([1, 3, 4, 5, 6, 7]);
  });

  it('says once that something was missed', () => {
    const kept = coalesce([event(1, 'reset', 's'), event(2, 'state', 'a'), event(3, 'reset', 't')]);
    expect(kept?.map(({ seq }) => seq)).toEqual([2, 3]);
  });

  it('gives up on more than one flush may carry, by number and by size', () => {
    const many = Array.from({ length: FLUSH_EVENTS + 1 }, (_, i) => event(i, 'state', `${i}`));
    expect(coalesce(many)).toBeNull();
    expect(coalesce(many.map((one) => ({ ...one, kind: 'progress', subject: 'a' })))).toHaveLength(1);
    expect(coalesce([event(1, 'log', 'a', 'x'.repeat(1_000_001))])).toBeNull();
  });
});
