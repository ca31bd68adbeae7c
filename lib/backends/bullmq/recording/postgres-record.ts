import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { RecordBatch, RecordCursor, RecordGap, RecordOptions } from '@/lib/backends/recording';
import { timeOf } from '@/lib/iso-time';
import type { Query, Row } from '../postgres/connection';
import { breathAfter } from './breath';
import { type CostMeter, meterQuery } from './meter';
import { LATE_SQL, RECORD_SQL, type RecordRow, toRecordedEvent, toResumed } from './postgres-events';
import type { PostgresFieldReader } from './postgres-fields';
import { Horizon, type Late } from './postgres-horizon';
import { type Place, PostgresPlaces } from './postgres-places';
import { wishesOf } from './wishes';

const WAIT_MS = 1_000;
const EVENTS_PER_READ = 3_000;
const BYTES_PER_READ = 1_048_576;
const JOIN_EVERY_MS = 3_000;

export interface RecordSource {
  client: pg.Client;
  fields: PostgresFieldReader;
  meter: CostMeter;
  queueNames(): Promise<string[]>;
}

/**
 * Reads all queues' events in the order of their ids, on one connection that listens, as far as nothing can be committed below them any
 * more (Horizon). So one number a queue is a cursor, and a replay gives the same events again.
 */
export class PostgresRecord {
  readonly #places: PostgresPlaces;
  readonly #horizon: Horizon;
  #more = false;
  #breathMs = 0;
  /** How many events of one queue to ask for, by what they weighed last; and how many were asked for. */
  #count = 500;
  #perQueue = 0;
  /** Queues that had events in the last read. */
  #busy = 1;
  /** What is left of what transactions said that were passed over. */
  #late: Late | null = null;
  #news: (() => void) | null = null;
  #heard = false;
  #lost: Error | null = null;
  #found: RecordGap[] = [];
  #joinAt = 0;
  readonly #query: Query;

  constructor(
    private readonly source: RecordSource,
    cursor: RecordCursor | null,
    private readonly options: RecordOptions,
  ) {
    const { client, meter } = source;
    this.#query = meterQuery(
      async <R extends Row>(text: string, values?: unknown[]) => (await client.query<R>(text, values)).rows,
      meter,
    );
    this.#places = new PostgresPlaces(cursor);
    this.#horizon = new Horizon(this.#query, options.signal, this.#places.base?.after ?? 0);
    client.on('notification', () => this.#hear());
    const lose = (error: Error) => {
      this.#lost = error;
      this.#hear();
    };
    client.on('error', lose).on('end', () => lose(new Error('connection ended')));
  }

  async listen(): Promise<void> {
    await this.source.client.query('LISTEN bullmq_events; LISTEN bullmq_jobs');
  }

  async next(): Promise<RecordBatch> {
    const { signal, isKnown = () => false } = this.options;
    if (!this.#more) await this.#wait(Math.min(WAIT_MS, this.options.waitMs?.() ?? WAIT_MS));
    if (this.#lost) throw this.#lost;
    signal.throwIfAborted();
    const { isSettled, isAnew } = await this.#horizon.settle();
    if (isAnew) {
      this.#late = null;
      this.#found.push(...this.#places.startAnew(this.#horizon.safe, Date.now()));
    }
    // From now on: what is under way just now is found by the comparison that follows.
    if (this.#places.base === null) this.#places.moveBase({ after: this.#horizon.skip(), atMs: await this.#clock() });
    await this.#join();
    const late = await this.#readLate();
    // What came after it waits until all of it was read.
    const base = this.#late ? null : this.#places.base;
    const rows = base && this.#horizon.safe > base.after ? await this.#read(base) : [];
    this.#horizon.noteRead([...late, ...rows].map(({ id }) => Number(id)));
    const nowMs = Date.now();
    const events = [...late, ...rows].flatMap((row) => toRecordedEvent(row, nowMs) ?? []);
    const gaps = [...this.#found.splice(0), ...this.#findGaps(rows)];
    const isRead = this.#late === null && this.#advance(rows);
    const fields = await this.source.fields.read(wishesOf(events, isKnown));
    this.#more = !(isRead && isSettled);
    this.#breathMs = this.#more ? 0 : breathAfter(events.length);
    return {
      events,
      resumed: [...late, ...rows].flatMap((row) => toResumed(row, nowMs)),
      fields: fields.flatMap((one) => one ?? []),
      cursor: this.#places.takeChange(),
      queues: this.#places.names,
      gaps,
      odd: [],
      more: this.#more,
      lagMs: isRead ? 0 : Math.max(0, nowMs - (latest(rows) ?? latest(late) ?? nowMs)),
    };
  }

  #hear(): void {
    this.#heard = true;
    this.#news?.();
  }

  async #wait(ms: number): Promise<void> {
    const { signal } = this.options;
    if (this.#breathMs > 0) await pause(Math.min(ms, this.#breathMs), signal);
    if (this.#heard || this.#lost || ms <= 0 || signal.aborted) {
      this.#heard = false;
      return;
    }
    const limit = new AbortController();
    const news = new Promise<void>((resolve) => {
      this.#news = resolve;
    });
    await Promise.race([news, pause(ms, AbortSignal.any([signal, limit.signal]))]);
    limit.abort();
    this.#news = null;
    this.#heard = false;
  }

  async #clock(): Promise<number> {
    const [row] = await this.#query<{ at: string }>(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text AS at',
    );
    return Number(row?.at ?? Date.now());
  }

  /** Queues that had no event since the record began are followed too: what they hold is compared. */
  async #join(): Promise<void> {
    if (Date.now() < this.#joinAt) return;
    this.#joinAt = Date.now() + JOIN_EVERY_MS;
    const names = await this.source.queueNames();
    for (const queue of names) this.#places.follow(queue);
    const there = new Set(names);
    const missing = this.#places.names.filter((queue) => !there.has(queue));
    if (missing.length === 0) return;
    // Without a job and without settings it may still have events that are to be read.
    const rows = await this.#query<{ queue: string }>(
      'SELECT q.queue FROM unnest($1::text[]) AS q(queue) WHERE NOT EXISTS (SELECT FROM event e WHERE e.queue = q.queue)',
      [missing],
    );
    for (const { queue } of rows) this.#found.push(this.#places.forget(queue, Date.now()));
  }

  async #readLate(): Promise<RecordRow[]> {
    this.#late ??= this.#horizon.takeLate();
    if (!this.#late) return [];
    const { from, to, read, transactions } = this.#late;
    // A row knows its writer by the lower half of the number.
    const writers = transactions.map((one) => Number(BigInt(one) % 2n ** 32n));
    const rows = await this.#query<RecordRow>(LATE_SQL, [from, to, read && [...read], writers, EVENTS_PER_READ]);
    const last = rows.at(-1);
    const isWhole = !last || (rows.length < EVENTS_PER_READ && !last.heavy);
    this.#late = isWhole ? null : { ...this.#late, from: Number(last.id) };
    // Those beyond the place of their queue are still to be read.
    return rows.filter(({ queue, id }) => Number(id) <= this.#places.afterOf(queue));
  }

  #read(base: Place): Promise<RecordRow[]> {
    const ahead = [...this.#places.ahead];
    this.#perQueue = Math.max(10, Math.min(this.#count, Math.ceil(EVENTS_PER_READ / Math.max(1, this.#busy))));
    return this.#query<RecordRow>(RECORD_SQL, [
      ahead.map(([queue]) => queue),
      ahead.map(([, { after }]) => after),
      base.after,
      this.#horizon.safe,
      this.#perQueue,
      EVENTS_PER_READ,
    ]);
  }

  /** A queue of which nothing that was read is left: its log was cut, or it was removed and there is one of its name again. */
  #findGaps(rows: readonly RecordRow[]): RecordGap[] {
    const first = new Map<string, RecordRow>();
    for (const row of rows) if (row.bare && !first.has(row.queue)) first.set(row.queue, row);
    return [...first.values()].flatMap(({ queue, at, floor }) => {
      const places = this.#places;
      const toMs = timeOf(Number(at)) ?? Date.now();
      const gap = { queue, fromMs: places.atMsOf(queue), toMs };
      if (places.afterOf(queue) < Number(floor)) return { ...gap, isGone: false };
      // Ids are of all queues together: those of a quiet one fall below the floor of its log, and are trimmed after they were read.
      return places.newestOf(queue) > Math.max(0, Number(floor)) ? { ...gap, isGone: true } : [];
    });
  }

  /** True when nothing that is safe was left out: then every queue is read up to there. */
  #advance(rows: readonly RecordRow[]): boolean {
    const counts = new Map<string, number>();
    const last = new Map<string, Place>();
    let bytes = 0;
    for (const { queue, id, at, weight } of rows) {
      last.set(queue, { after: Number(id), atMs: timeOf(Number(at)) });
      counts.set(queue, (counts.get(queue) ?? 0) + 1);
      bytes += weight;
    }
    this.#busy = counts.size;
    const isWhole = rows.length < EVENTS_PER_READ && !rows[0]?.heavy;
    const isRead = isWhole && ![...counts.values()].some((count) => count >= this.#perQueue);
    for (const [queue, { after }] of last) this.#places.noteRead(queue, after);
    const { base } = this.#places;
    if (!isRead) for (const [queue, place] of last) this.#places.moveAhead(queue, place);
    else if (base && this.#horizon.safe > base.after)
      this.#places.moveBase({ after: this.#horizon.safe, atMs: latest(rows) ?? base.atMs });
    if (bytes > BYTES_PER_READ) this.#count = Math.max(10, Math.floor(this.#count / 2));
    else if (!isRead && bytes < BYTES_PER_READ / 2) this.#count = Math.min(EVENTS_PER_READ, this.#count * 2);
    return isRead;
  }
}

const latest = (rows: readonly RecordRow[]): number | null => timeOf(Number(rows.at(-1)?.at));

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
