import { describe, expect, it } from 'vitest';
import { EventLog, type LoggedEvent } from '@/lib/live/event-log';

const BOUNDS = { events: 10, chars: 10_000, ageMs: 60_000 };

const event = (seq: number, channels: string[], over: Partial<LoggedEvent> = {}): LoggedEvent => ({
  seq,
  atMs: seq,
  source: 's',
  channels,
  kind: 'state',
  subject: channels[0] ?? '',
  text: `event ${seq}`,
  ...over,
});

const seqs = (events: LoggedEvent[]) => events.map(({ seq }) => seq);

describe('EventLog', () => {
  it('gives what came after a cursor, merged over channels, each once', () => {
    const log = new EventLog(BOUNDS);
    for (const channel of ['a', 'b', 'c']) log.openChannel(channel);
    log.append(event(1, ['a']));
    log.append(event(2, ['a', 'b']));
    log.append(event(3, ['c']));
    log.append(event(4, ['b']));
    expect(seqs(log.since(['a', 'b'], 0))).toEqual([1, 2, 4]);
    expect(seqs(log.since(['a', 'b'], 1))).toEqual([2, 4]);
    expect(seqs(log.since(['a', 'b', 'c'], 4))).toEqual([]);
  });

  it('knows of a channel that is opened later what is still here', () => {
    const log = new EventLog(BOUNDS);
    log.append(event(1, ['a']));
    expect(log.since(['a'], 0)).toEqual([]);
    log.openChannel('a');
    expect(seqs(log.since(['a'], 0))).toEqual([1]);
  });

  it('is bounded by number, size and age, and tells its floor', () => {
    const log = new EventLog(BOUNDS);
    log.openChannel('a');
    for (let seq = 1; seq <= 25; seq += 1) log.append(event(seq, ['a']));
    expect(log.size).toBe(10);
    expect(log.floor).toBe(15);
    expect(seqs(log.since(['a'], 0))[0]).toBe(16);
    log.append(event(26, ['a'], { text: 'x'.repeat(9_990) }));
    expect(log.size).toBe(2);
    log.evict(26 + 60_001);
    expect(log.size).toBe(0);
    expect(log.floor).toBe(26);
    expect(log.since(['a'], 0)).toEqual([]);
  });

  it('stays right and small over many events', () => {
    const log = new EventLog(BOUNDS);
    log.openChannel('a');
    for (let seq = 1; seq <= 50_000; seq += 1) log.append(event(seq, ['a']));
    expect(log.size).toBe(10);
    expect(seqs(log.since(['a'], 49_997))).toEqual([49_998, 49_999, 50_000]);
  });
});
