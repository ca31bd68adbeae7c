import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { computeBackoffMs } from '@/lib/client/live/backoff';
import { type LiveStatus, openStream } from '@/lib/client/live/stream';

/** The browser's EventSource, driven by hand. */
class HandSource {
  static all: HandSource[] = [];
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  isClosed = false;
  readonly #heard = new Map<string, (message: { data: string; lastEventId: string }) => void>();
  constructor(readonly url: string) {
    HandSource.all.push(this);
  }
  addEventListener(event: string, hear: (message: { data: string; lastEventId: string }) => void): void {
    this.#heard.set(event, hear);
  }
  say(event: string, data: unknown, lastEventId: string): void {
    this.#heard.get(event)?.({ data: JSON.stringify(data), lastEventId });
  }
  close(): void {
    this.isClosed = true;
  }
}

const statuses: LiveStatus['phase'][] = [];
const frames: string[] = [];
const open = () =>
  openStream({
    lastEventId: '',
    onFrame: (frame) => frames.push(frame.id),
    onStatus: ({ phase }) => statuses.push(phase),
  });
const last = () => HandSource.all.at(-1) as HandSource;
const query = (source: HandSource) => new URL(source.url, 'http://x').searchParams;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', HandSource);
  vi.stubGlobal('window', new EventTarget());
  HandSource.all = [];
  statuses.length = 0;
  frames.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('opens one stream for the union of topics, and another only when they change', () => {
  const stream = open();
  stream.setTopics(['overview', 'queue:a/b', 'overview']);
  stream.setTopics(['queue:a/b', 'overview']);
  expect(HandSource.all.map((source) => query(source).get('topics'))).toEqual(['overview,queue:a/b']);
  stream.setTopics(['overview']);
  expect(HandSource.all.map((source) => source.isClosed)).toEqual([true, false]);
  stream.setTopics([]);
  expect(last().isClosed).toBe(true);
  expect(statuses.at(-1)).toBe('idle');
});

it('leaves out ids that an address has no room for, and watches the rest', () => {
  const stream = open();
  const long = (char: string) => `job:a/b/${char.repeat(3_000)}`;
  stream.setTopics([long('漢'), long('字'), 'overview']);
  expect(query(last()).get('topics')).toBe([long('漢'), 'overview'].join(','));
  expect(last().url.length).toBeLessThan(65_536);
  stream.close();
});

it('comes back by itself from where it was, ever more slowly, until it is heard', () => {
  const stream = open();
  stream.setTopics(['overview']);
  last().onopen?.();
  last().say('counts', {}, 'e-7');
  last().onerror?.();
  expect(statuses).toEqual(['connecting', 'live', 'lost']);
  expect(frames).toEqual(['e-7']);
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const before = HandSource.all.length;
    vi.advanceTimersByTime(computeBackoffMs(attempt, 0) - 1);
    expect(HandSource.all).toHaveLength(before);
    vi.advanceTimersByTime(computeBackoffMs(attempt, 1));
    expect(HandSource.all).toHaveLength(before + 1);
    expect(query(last()).get('lastEventId')).toBe('e-7');
    last().onerror?.();
  }
  vi.advanceTimersByTime(20_000);
  last().onopen?.();
  expect(statuses.at(-1)).toBe('live');
  last().onerror?.();
  const before = HandSource.all.length;
  vi.advanceTimersByTime(500);
  expect(HandSource.all).toHaveLength(before + 1);
  stream.close();
});

it('waits between half and all of 0.5 s, 1 s, 2 s … 15 s', () => {
  expect([0, 1, 2, 9].map((attempt) => [computeBackoffMs(attempt, 0), computeBackoffMs(attempt, 1)])).toEqual([
    [250, 500],
    [500, 1000],
    [1000, 2000],
    [7500, 15_000],
  ]);
});
