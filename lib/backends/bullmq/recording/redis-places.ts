import type { CursorChange, RecordCursor, RecordGap } from '@/lib/backends/recording';
import { timeOf } from '@/lib/iso-time';
import { StreamTiers } from '../redis/stream-tiers';
import { msOf } from './redis-events';

/** How often streams that were read are looked at, whether they are still there: each thousand of them a second more. */
const LOOK_MIN_MS = 2_000;
const LOOK_MAX_MS = 10_000;

/** `isReal`: the id of an entry that was read. Else it is a time from which on the stream is read. */
export interface Place {
  cursor: string;
  isReal: boolean;
}

/**
 * Where the reading of each queue stands. Only places of queues that had news are kept in the store; any other queue is read from `base`,
 * the time at which the record began.
 */
export class RedisPlaces {
  readonly tiers = new StreamTiers();
  #base: string | null;
  #isNewBase = false;
  #places = new Map<string, Place>();
  #joined: readonly string[] = [];
  #joinedSet: ReadonlySet<string> = new Set();
  #names: readonly string[] | null = null;
  #changed = new Map<string, string | null>();
  #lookedAt = 0;

  constructor(cursor: RecordCursor | null) {
    this.#base = cursor?.base || null;
    for (const [queue, place] of cursor?.queues ?? [])
      this.#places.set(queue, { cursor: place, isReal: place !== this.#base });
    this.tiers.keep(this.names, Date.now());
  }

  get base(): string | null {
    return this.#base;
  }

  begin(base: string): void {
    this.#base = base;
    this.#isNewBase = true;
  }

  /** All that are followed; the same array as long as nothing changes. */
  get names(): readonly string[] {
    this.#names ??= [...this.#places.keys()];
    return this.#names;
  }

  all(): IterableIterator<string> {
    return this.#places.keys();
  }

  has(queue: string): boolean {
    return this.#places.has(queue);
  }

  placeOf(queue: string): Place {
    return this.#places.get(queue) ?? { cursor: this.#base ?? '0-0', isReal: false };
  }

  cursorOf(queue: string): string {
    return this.placeOf(queue).cursor;
  }

  /** Queues that there are now. One that was read is read on although nothing tells of it, until its stream is gone. */
  join(names: readonly string[]): void {
    if (names === this.#joined) return;
    this.#joined = names;
    this.#joinedSet = new Set(names);
    for (const queue of names) if (!this.#places.has(queue)) this.#add(queue, this.#base ?? '0-0');
    for (const [queue, { isReal }] of this.#places) if (!isReal && !this.#joinedSet.has(queue)) this.#drop(queue);
    this.tiers.keep(this.names, Date.now());
  }

  read(queue: string, last: string | undefined, now: number): void {
    if (last === undefined) return;
    this.#places.set(queue, { cursor: last, isReal: true });
    this.#changed.set(queue, last);
    this.tiers.noteNews(queue, now);
  }

  /** What one whole look costs decides how often there is one. */
  dueForLook(now: number, isForced: boolean): { queue: string; cursor: string }[] {
    const everyMs = Math.min(LOOK_MAX_MS, Math.max(LOOK_MIN_MS, this.#places.size));
    if (!isForced && now - this.#lookedAt < everyMs) return [];
    this.#lookedAt = now;
    return [...this.#places].flatMap(([queue, { cursor, isReal }]) => (isReal ? [{ queue, cursor }] : []));
  }

  /** Its stream is gone. One of that name that comes again is read from its beginning. */
  forget(queue: string, now: number): RecordGap {
    const { cursor } = this.placeOf(queue);
    this.#changed.set(queue, null);
    this.#drop(queue);
    const readMs = timeOf(msOf(cursor));
    // Ids of a time to come are none that the next stream begins with.
    if (this.#joinedSet.has(queue)) this.#add(queue, readMs !== null && readMs <= now ? cursor : (this.#base ?? '0-0'));
    this.tiers.keep(this.names, now);
    return { queue, fromMs: readMs, toMs: now, isGone: true };
  }

  takeChange(): CursorChange {
    const queues = this.#changed;
    const base = this.#isNewBase ? this.#base : null;
    this.#changed = new Map();
    this.#isNewBase = false;
    return { base, queues };
  }

  #add(queue: string, cursor: string): void {
    this.#places.set(queue, { cursor, isReal: false });
    this.#names = null;
  }

  #drop(queue: string): void {
    this.#places.delete(queue);
    this.#names = null;
  }
}
