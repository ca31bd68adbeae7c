import type { CursorChange, RecordCursor, RecordGap } from '@/lib/backends/recording';
import { timeOf } from '@/lib/iso-time';

/** `after`: the id of the last event read. `atMs`: its time by the broker's clock; null = not known. */
export interface Place {
  after: number;
  atMs: number | null;
}

/** Stand for queues that are followed and have no place of their own: one that never had an event; and, with an id that was read, one that had. */
const FOLLOWED = '-';
const READ = '+';
/** How far the newest id of a queue moves before it is kept anew: not with each event. */
const KEPT_EVERY = 4_096;

/**
 * Where the reading stands: up to `base` every queue was read; of a queue with too many events for one read, further. Which queues are
 * followed is kept in the store too, so that one that is gone when the next reader comes is missed.
 */
export class PostgresPlaces {
  #base: Place | null;
  #isNewBase = false;
  #ahead = new Map<string, Place>();
  #followed = new Set<string>();
  /** The newest id that was read of each; and the one that is kept. 0 = not known. */
  #read = new Map<string, number>();
  #kept = new Map<string, number>();
  #names: readonly string[] | null = null;
  #changed = new Map<string, string | null>();

  constructor(cursor: RecordCursor | null) {
    this.#base = cursor?.base ? toPlace(cursor.base) : null;
    for (const [queue, text] of cursor?.queues ?? []) {
      this.#followed.add(queue);
      if (text !== FOLLOWED) this.#know(queue, readOf(text));
      if (text !== FOLLOWED && !text.startsWith(READ) && toPlace(text).after > (this.#base?.after ?? 0))
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

  /** The newest id that was read of the queue, as far as it is known; 0 = not, or none was. */
  newestOf(queue: string): number {
    return this.#read.get(queue) ?? 0;
  }

  noteRead(queue: string, id: number): void {
    this.follow(queue);
    this.#read.set(queue, id);
    if (id - (this.#kept.get(queue) ?? Number.NEGATIVE_INFINITY) >= KEPT_EVERY) this.#keep(queue);
  }

  moveBase(base: Place): void {
    this.#base = base;
    this.#isNewBase = true;
    for (const [queue, { after }] of this.#ahead) {
      if (after > base.after) continue;
      this.#ahead.delete(queue);
      this.#keep(queue);
    }
  }

  moveAhead(queue: string, place: Place): void {
    this.noteRead(queue, place.after);
    this.#ahead.set(queue, place);
    this.#changed.set(queue, toText(place));
  }

  /** All of its events are gone. */
  forget(queue: string, now: number): RecordGap {
    const fromMs = this.atMsOf(queue);
    this.#followed.delete(queue);
    this.#read.delete(queue);
    this.#kept.delete(queue);
    this.#names = null;
    this.#ahead.delete(queue);
    this.#changed.set(queue, null);
    return { queue, fromMs: timeOf(fromMs), toMs: now, isGone: true };
  }

  /** Ids were given out anew: the database was restored, or made again. What happened meanwhile is a gap of every queue. */
  startAnew(last: number, now: number): RecordGap[] {
    const gaps = this.names.map((queue) => ({ queue, fromMs: this.atMsOf(queue), toMs: now, isGone: false }));
    for (const queue of this.#read.keys()) this.#changed.set(queue, FOLLOWED);
    this.#ahead.clear();
    this.#read.clear();
    this.#kept.clear();
    this.#base = { after: last, atMs: now };
    this.#isNewBase = true;
    return gaps;
  }

  #know(queue: string, id: number): void {
    this.#read.set(queue, id);
    this.#kept.set(queue, id);
  }

  #keep(queue: string): void {
    const id = this.newestOf(queue);
    this.#kept.set(queue, id);
    this.#changed.set(queue, `${READ}${id}`);
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

/** Of a place that is kept: the newest id that was read of its queue. */
const readOf = (text: string): number =>
  text.startsWith(READ) ? Number(text.slice(READ.length)) || 0 : toPlace(text).after;

function toPlace(text: string): Place {
  const [after = '0', at] = text.split('@');
  return { after: Number(after) || 0, atMs: at === undefined ? null : Number(at) };
}
