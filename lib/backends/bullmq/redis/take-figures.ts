import type { BrokerFigures } from '@/lib/backends/backend';
import { timeOf, toIso } from '@/lib/iso-time';
import { firstErrorLine } from '../job-shape';
import { describeOddities, type Oddities, readOddities } from './oddities';

/** A queue whose events are none is read without them for so long. */
export const ODD_EVENTS_KEPT_MS = 30_000;

/** Versions that put markers into their waiting lists, and those that do not tell their version. */
const WRITES_MARKERS = /^$|^bullmq:[1-4]\./;

const LETTERS = ['d', 'p', 'w', 'l', 'c', 'f'] as const;

/** What is known of one queue, from read to read. */
export interface Known {
  name: string;
  cursor: string;
  readAt: number;
  used: string;
  priorities: boolean;
  /** It is one of BullMQ 4 or before, or a marker was met in it; null = its version is not known yet. */
  markers: boolean | null;
  /** Times of the last look at meta, oldest waiting and newest failure; 0 = never. */
  extraAt: { m: number; o: number; e: number };
  eventless: boolean;
  /** When its events turned out to be no STREAM, or refused; 0 = never. */
  oddEventsAt: number;
  oldest: { id: string; addedAt: number | null } | null;
  failure: { id: string; score: string; count: number; readAt: number } | null;
  odd: Oddities;
  figures: BrokerFigures;
}

export type QueueReply = [index: number, ...counts: number[]] & { [index: number]: unknown };

export function newlyKnown(name: string): Known {
  return {
    name,
    cursor: '0-0',
    readAt: 0,
    used: '',
    priorities: false,
    markers: null,
    extraAt: { m: 0, o: 0, e: 0 },
    eventless: false,
    oddEventsAt: 0,
    oldest: null,
    failure: null,
    odd: new Map(),
    figures: {
      name,
      counts: { waiting: 0, active: 0, delayed: 0, prioritized: 0, 'waiting-children': 0, completed: 0, failed: 0 },
      countsAtLeast: [],
      paused: false,
      oldestWaitingMs: 0,
      concurrency: null,
      rateLimit: null,
      lastError: null,
      unreadable: null,
    },
  };
}

/** Counts that cannot be read come as -1. */
const orNull = (count: number): number | null => (count < 0 ? null : count);
const sum = (a: number, b: number): number | null => (a < 0 || b < 0 ? null : a + b);

export function take(queue: Known, reply: QueueReply, now: number): void {
  const [, wait = 0, active = 0, delayed = 0, prioritized = 0, children = 0, paused = 0, completed = 0, failed = 0] =
    reply;
  const sizes = [delayed, prioritized, children, paused, completed, failed];
  queue.readAt = now;
  queue.used = LETTERS.filter((_, i) => (sizes[i] ?? 0) !== 0).join('');
  queue.priorities ||= prioritized > 0;
  queue.figures.counts = {
    waiting: sum(wait, paused),
    active: orNull(active),
    delayed: orNull(delayed),
    prioritized: orNull(prioritized),
    'waiting-children': orNull(children),
    completed: orNull(completed),
    failed: orNull(failed),
  };
  takeMeta(queue, reply[9], now);
  if (Number(reply[13]) > 0) queue.markers = true;
  takeOldest(queue, reply[10], sum(sum(wait, paused) ?? -1, prioritized), now);
  takeFailure(queue, reply[11], failed, now);
  takeOddities(queue, reply, now);
}

/** What is looked at only now and then stays odd until it was read. */
const EXTRAS: [at: number, what: string[]][] = [
  [9, ['meta']],
  [10, ['oldest']],
  [11, ['newest failure']],
];

function takeOddities(queue: Known, reply: QueueReply, now: number): void {
  const odd = readOddities(Array.isArray(reply[12]) ? (reply[12] as string[]) : []);
  for (const [at, names] of EXTRAS)
    for (const name of names) {
      const before = queue.odd.get(name);
      if (before !== undefined && !odd.has(name) && !Array.isArray(reply[at])) odd.set(name, before);
    }
  const events = queue.odd.get('events');
  if (odd.has('events')) queue.oddEventsAt = now;
  else if (events !== undefined && now - queue.oddEventsAt < ODD_EVENTS_KEPT_MS) odd.set('events', events);
  queue.odd = odd;
  queue.figures.unreadable = describeOddities(odd);
}

function takeMeta(known: Known, meta: unknown, now: number): void {
  if (!Array.isArray(meta)) return;
  const [paused, concurrency, max, duration, eventsKept, version = ''] = meta as string[];
  known.extraAt.m = now;
  known.markers ||= WRITES_MARKERS.test(version);
  known.eventless = eventsKept === '0';
  known.figures.paused = paused !== '';
  known.figures.concurrency = Number(concurrency) || null;
  known.figures.rateLimit = Number(max) && Number(duration) ? { max: Number(max), durationMs: Number(duration) } : null;
}

function takeOldest(known: Known, oldest: unknown, ready: number | null, now: number): void {
  if (ready === 0) {
    known.oldest = null;
    known.extraAt.o = now;
    return;
  }
  if (!Array.isArray(oldest)) return;
  const [id, addedAt] = oldest as [string, string];
  known.extraAt.o = now;
  known.oldest = { id, addedAt: timeOf(Number(addedAt)) };
}

function takeFailure(known: Known, error: unknown, failed: number, now: number): void {
  if (failed === 0) {
    known.failure = null;
    known.figures.lastError = null;
    known.extraAt.e = now;
    return;
  }
  if (!Array.isArray(error)) return;
  known.extraAt.e = now;
  if (error.length === 0) return;
  const [id, score, text] = error as [string, string, string];
  const same = known.failure?.id === id && known.failure.score === score;
  known.failure = { id, score, count: failed, readAt: now };
  if (same) return;
  const at = toIso(Number(score));
  known.figures.lastError = at ? { message: firstErrorLine(text) ?? '', at } : null;
}
