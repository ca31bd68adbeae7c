import type { CursorChange, RecordCursor, RecordGap } from '@/lib/backends/recording';
import { timeOf } from '@/lib/iso-time';

/** `after`: the id of the last event read. `atMs`: its time by the broker's clock; null = not known. */
export interface Place {
  after: number;
  atMs: number | null;
}

/** Stand for queues that are followed and have no place of their own: one that never had an event, and one of which events were read. */
const FOLLOWED = '-';
const READ = '+';

/**
 * Where the reading stands: up to `base` every queue was read; of a queue with too many events for one read, further. Which queues are
 * followed is kept in the store too, so that one that is gone when the next reader comes is missed.
 */
export class PostgresPlaces {
  #base: Place | null;
  #isNewBase = false;
  #ahead = new Map<string, Place>();
  #followed = new Set<string>();
  #read = new Set<string>();
  #names: readonly string[] | null = null;
  #changed = new Map<string, string | null>();

  constructor(cursor: RecordCursor | null) {
    this.#base = cursor?.base ? toPlace(cursor.base) : null;
    for (const [queue, text] of cursor?.queues ?? []) {
      this.#followed.add(queue);
      if (text !== FOLLOWED) this.#read.add(queue);
      if (text !== FOLLOWED && text !== READ && toPlace(text).after > (this.#base?.after ?? 0))
        this.#ahead.set(queue, toPlace(text));
    }
  }

  get base(): Place | null {
    return this.#base;
  }

  /** All that are followed; the same array as long as nothing changes. */
  get names(): readonly string[] {
    this.#names ??= [...this.#followed];
    return this.#names;
  }

  get ahead(): ReadonlyMap<string, Place> {
    return this.#ahead;
  }

  afterOf(queue: string): number {
    return Math.max(this.#ahead.get(queue)?.after ?? 0, this.#base?.after ?? 0);
  }

  atMsOf(queue: string): number | null {
    return this.#ahead.get(queue)?.atMs ?? this.#base?.atMs ?? null;
  }

  follow(queue: string): void {
    if (this.#followed.has(queue)) return;
    this.#followed.add(queue);
    this.#names = null;
    if (!this.#changed.has(queue)) this.#changed.set(queue, FOLLOWED);
  }

  hadEvents(queue: string): boolean {
    return this.#read.has(queue);
  }

  noteRead(queue: string): void {
    this.follow(queue);
    if (this.#read.has(queue)) return;
    this.#read.add(queue);
    this.#changed.set(queue, READ);
  }

  moveBase(base: Place): void {
    this.#base = base;
    this.#isNewBase = true;
    for (const [queue, { after }] of this.#ahead) {
      if (after > base.after) continue;
      this.#ahead.delete(queue);
      this.#changed.set(queue, READ);
    }
  }

  moveAhead(queue: string, place: Place): void {
    this.noteRead(queue);
    this.#ahead.set(queue, place);
    this.#changed.set(queue, toText(place));
  }

  /** All of its events are gone. */
  forget(queue: string, now: number): RecordGap {
    const fromMs = this.atMsOf(queue);
    this.#followed.delete(queue);
    this.#read.delete(queue);
    this.#names = null;
    this.#ahead.delete(queue);
    this.#changed.set(queue, null);
    return { queue, fromMs: timeOf(fromMs), toMs: now, isGone: true };
  }

  /** Ids were given out anew: the database was restored, or made again. What happened meanwhile is a gap of every queue. */
  startAnew(last: number, now: number): RecordGap[] {
    const gaps = this.names.map((queue) => ({ queue, fromMs: this.atMsOf(queue), toMs: now, isGone: false }));
    for (const queue of this.#read) this.#changed.set(queue, FOLLOWED);
    this.#ahead.clear();
    this.#read.clear();
    this.#base = { after: last, atMs: now };
    this.#isNewBase = true;
    return gaps;
  }

  takeChange(): CursorChange {
    const queues = this.#changed;
    const base = this.#isNewBase && this.#base ? toText(this.#base) : null;
    this.#changed = new Map();
    this.#isNewBase = false;
    return { base, queues };
  }
}

const toText = ({ after, atMs }: Place): string => (atMs === null ? String(after) : `${after}@${atMs}`);

function toPlace(text: string): Place {
  const [after = '0', at] = text.split('@');
  return { after: Number(after) || 0, atMs: at === undefined ? null : Number(at) };
}
