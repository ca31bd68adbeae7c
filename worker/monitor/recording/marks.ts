import type pg from 'pg';
import {
  type CursorChange,
  moveCursor,
  type QueueTotals,
  type RecordCursor,
  type RecordedEvent,
  type RecordGap,
} from '@/lib/backends/recording';
import { stretchGaps } from '@/lib/store/recording/gaps';
import { type PendingGap, type QueueMark, readMarks, writeMarks } from '@/lib/store/recording/marks';
import type { Store } from '@/lib/store/store';
import { REMOVED, TRIMMED } from './gap-rows';
import { joinRanges } from './id-ranges';

const LOOK_EVERY_MS = 5_000;
/** How long a queue is away before nothing is kept of it any more. */
const FORGET_AFTER_MS = 10_000;
const MOST_RANGES = 20;

const newMark = (queue: string): QueueMark => ({
  ...{ queue, cursor: null, lastId: null, counted: [], endsCountedAt: null },
  ...{ named: false, swept: false, gap: null },
});

const NONE = newMark('');

/**
 * What the recorder keeps of each queue of its source. Changed in memory as batches are taken, written as what changed with each of them;
 * when a batch is not written, all is read anew.
 */
export class Marks {
  #base: string | null = null;
  #marks = new Map<string, QueueMark>();
  #changed = new Set<string>();
  #stretched = new Map<string, PendingGap>();
  #absentSince = new Map<string, number>();
  /** Known before, and to be compared as if they were not: a life before may have left jobs open. */
  #again = new Set<string>();
  #lookedAt = 0;

  constructor(
    private readonly store: Store,
    private readonly source: string,
  ) {}

  async load(base: string | null): Promise<void> {
    const marks = await readMarks(this.store, this.source);
    this.#base = base;
    this.#marks = new Map(marks.map((mark) => [mark.queue, mark]));
    this.#changed.clear();
    this.#stretched.clear();
    this.#absentSince.clear();
    this.#again = new Set(marks.flatMap(({ queue, swept }) => (swept ? [] : queue)));
  }

  /** Null before anything was read. */
  get base(): string | null {
    return this.#base;
  }

  get cursor(): RecordCursor | null {
    if (this.#base === null) return null;
    const queues = new Map<string, string>();
    for (const { queue, cursor } of this.#marks.values()) if (cursor !== null) queues.set(queue, cursor);
    return { base: this.#base, queues };
  }

  get(queue: string): Readonly<QueueMark> {
    return this.#marks.get(queue) ?? newMark(queue);
  }

  set(queue: string, part: Partial<Omit<QueueMark, 'queue'>>): void {
    const mark = this.#marks.get(queue) ?? newMark(queue);
    this.#marks.set(queue, Object.assign(mark, part));
    this.#changed.add(queue);
  }

  /** It was known before it is compared for the first time. */
  isAgain(queue: string): boolean {
    return this.#again.has(queue);
  }

  noteCompared(queue: string): void {
    this.set(queue, { swept: true });
    this.#again.delete(queue);
  }

  /** It is gone: what has its name later is compared for the first time. */
  noteMissed(queue: string): void {
    this.set(queue, { swept: false });
    this.#again.add(queue);
  }

  *gaps(): Generator<{ queue: string; gap: PendingGap }> {
    for (const { queue, gap } of this.#marks.values()) if (gap !== null) yield { queue, gap };
  }

  known(): Iterable<Readonly<QueueMark>> {
    return this.#marks.values();
  }

  moveCursor({ base, queues }: CursorChange): void {
    this.#base = moveCursor({ base: this.#base ?? '', queues: new Map() }, { base, queues: new Map() }).base;
    for (const [queue, cursor] of queues) if (this.get(queue).cursor !== cursor) this.set(queue, { cursor });
  }

  noteIds(events: readonly RecordedEvent[]): void {
    for (const { kind, queue, id } of events) {
      if (kind !== 'added') continue;
      const mark = this.get(queue);
      const lastId = /^[1-9]\d{0,14}$/.test(id) ? Number(id) : null;
      if (lastId === null && !mark.named) this.set(queue, { named: true });
      if (lastId !== null && lastId > (mark.lastId ?? 0)) this.set(queue, { lastId });
    }
  }

  /** Ids of a gap, up to the newest, were counted, seen or not: a gap after it begins there. Null = they were not. */
  noteCounted(queue: string, healed: PendingGap, { ids, at, completed, failed }: QueueTotals): void {
    const { lastId, gap, counted } = this.get(queue);
    if (at !== null && completed !== null && failed !== null) this.set(queue, { endsCountedAt: at.at });
    if (ids === null || healed.lastId === 0) return;
    const ranges = joinRanges([...counted, [healed.lastId, Math.max(healed.lastId, ids)]]);
    this.set(queue, { counted: ranges.slice(-MOST_RANGES), lastId: Math.max(lastId ?? 0, ids) });
    for (const one of [healed, gap]) if (one && one.lastId > 0) one.lastId = Math.max(one.lastId, ids);
  }

  /** A job that was counted as added before anything was known of it. */
  isCounted(queue: string, id: string): boolean {
    const { counted } = this.#marks.get(queue) ?? NONE;
    if (counted.length === 0 || !/^[1-9]\d{0,14}$/.test(id)) return false;
    const number = Number(id);
    return counted.some(([after, upTo]) => number > after && number <= upTo);
  }

  /** An end that was counted before it was known whose it was. */
  isEndCounted(queue: string, at: number): boolean {
    return at <= (this.#marks.get(queue)?.endsCountedAt ?? Number.NEGATIVE_INFINITY);
  }

  /** It was removed: ids and counts of the one that there is now, if any, begin anew. */
  beginAnew(queue: string): void {
    this.set(queue, { lastId: null, counted: [], endsCountedAt: null });
    this.noteMissed(queue);
  }

  /** `isBegun`: what was pending of the queue is being healed already: that is another one. Resolves to the gap that has to be told, if it is a new one. */
  noteGap({ queue, fromMs, toMs, isGone }: RecordGap, isBegun: (gap: PendingGap) => boolean): PendingGap | null {
    const { gap, lastId } = this.get(queue);
    if (isGone) this.beginAnew(queue);
    if (gap !== null && !isBegun(gap)) {
      gap.toMs = toMs;
      gap.isGone &&= isGone;
      if (isGone) gap.lastId = 0;
      gap.reason = gap.isGone ? REMOVED : TRIMMED;
      this.set(queue, { gap });
      if (gap.row !== null) this.#stretched.set(gap.row, gap);
      return null;
    }
    const reason = isGone ? REMOVED : TRIMMED;
    const fresh: PendingGap = { row: null, fromMs, toMs, lastId: isGone ? 0 : (lastId ?? 0), isGone, reason };
    this.set(queue, { gap: fresh });
    return fresh;
  }

  /** Of queues that are followed no more, and of which all is told, after a while nothing is kept. */
  forgetAbsent(followed: ReadonlySet<string>, isDoneWith: (queue: string) => boolean, now: number): void {
    if (now - this.#lookedAt < LOOK_EVERY_MS) return;
    this.#lookedAt = now;
    for (const queue of this.#absentSince.keys()) if (followed.has(queue)) this.#absentSince.delete(queue);
    for (const { queue, gap } of this.#marks.values()) {
      if (followed.has(queue) || gap !== null) continue;
      const since = this.#absentSince.get(queue);
      if (since === undefined) this.#absentSince.set(queue, now);
      else if (now - since >= FORGET_AFTER_MS && isDoneWith(queue)) {
        this.#marks.delete(queue);
        this.#again.delete(queue);
        this.#changed.add(queue);
        this.#absentSince.delete(queue);
      }
    }
  }

  async write(client: pg.PoolClient): Promise<void> {
    const changed: QueueMark[] = [];
    const forgotten: string[] = [];
    for (const queue of this.#changed) {
      const mark = this.#marks.get(queue);
      if (mark) changed.push(mark);
      else forgotten.push(queue);
    }
    await stretchGaps(
      client,
      [...this.#stretched].map(([row, { toMs }]) => ({ row, toMs })),
    );
    await writeMarks(client, this.source, changed, forgotten);
  }

  written(): void {
    this.#changed.clear();
    this.#stretched.clear();
  }
}
