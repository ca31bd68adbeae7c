import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { RecordBatch, RecordCursor, RecordGap, RecordOptions } from '@/lib/backends/recording';
import type { Query, Row } from '../postgres/connection';
import { breathAfter } from './breath';
import { type CostMeter, meterQuery } from './meter';
import { RECORD_SQL, type RecordRow, toRecordedEvent } from './postgres-events';
import type { PostgresFieldReader } from './postgres-fields';
import { wishesOf } from './wishes';

/** The cursor's own entry: up to where every queue was read. No queue has that name. */
const BASE = '';
const WAIT_MS = 1_000;
const EVENTS_PER_READ = 3_000;
const BYTES_PER_READ = 1_048_576;
/** A transaction that stays open longer holds the record back no more; what it says is found by the next comparison. */
const PENDING_MAX_MS = 3_000;
const JOIN_EVERY_MS = 10_000;
/** A batch comes at the latest after this, though it be empty. */
const SETTLE_MS = 1_000;

export interface RecordSource {
  client: pg.Client;
  fields: PostgresFieldReader;
  meter: CostMeter;
  queueNames(): Promise<string[]>;
}

/** `after`: the id of the last event read. `atMs`: its time by the broker's clock; null = not known. */
interface Place {
  after: number;
  atMs: number | null;
}

/**
 * Reads all queues' events in the order of their ids, on one connection that listens.
 *
 * Ids come from a sequence, so a lower one may be committed after a higher one. Read is only what can have nothing below it any
 * more: the last id given out is noted, then a transaction number is drawn; once no older transaction is under way, everything up
 * to that id is there or never will be. So one number a queue is a cursor, and a replay gives the same events again.
 */
export class PostgresRecord {
  #places = new Map<string, Place>();
  #base: Place | null;
  /** Nothing at or below it can be committed any more. */
  #safe: number;
  #pending: { last: number; transaction: bigint; sinceMs: number } | null = null;
  #more = false;
  #breathMs = 0;
  /** How many events of one queue to ask for, by what they weighed last; and how many were asked for. */
  #count = 500;
  #perQueue = 0;
  /** Queues that had events in the last read. */
  #busy = 1;
  #news: (() => void) | null = null;
  #heard = false;
  #lost: Error | null = null;
  #lostPlaces: RecordGap[] = [];
  #joinAt = 0;
  readonly #client: pg.Client;
  readonly #query: Query;

  constructor(
    private readonly source: RecordSource,
    cursor: RecordCursor | null,
    private readonly options: RecordOptions,
  ) {
    const { client, meter } = source;
    this.#client = client;
    this.#query = meterQuery(
      async <R extends Row>(text: string, values?: unknown[]) => (await client.query<R>(text, values)).rows,
      meter,
    );
    for (const [queue, text] of Object.entries(cursor ?? {}))
      if (queue !== BASE) this.#places.set(queue, toPlace(text));
    this.#base = cursor?.[BASE] === undefined ? null : toPlace(cursor[BASE]);
    this.#safe = this.#base?.after ?? 0;
    client.on('notification', () => this.#hear());
    const lose = (error: Error) => {
      this.#lost = error;
      this.#hear();
    };
    client.on('error', lose).on('end', () => lose(new Error('connection ended')));
  }

  async listen(): Promise<void> {
    await this.#client.query('LISTEN bullmq_events; LISTEN bullmq_jobs');
  }

  async next(): Promise<RecordBatch> {
    const { signal, isKnown = () => false } = this.options;
    if (!this.#more) await this.#wait(Math.min(WAIT_MS, this.options.waitMs?.() ?? WAIT_MS));
    if (this.#lost) throw this.#lost;
    signal.throwIfAborted();
    const isSettled = await this.#settle();
    // From now on: what is under way just now is found by the comparison that follows.
    this.#base ??= { after: this.#skip(), atMs: await this.#clock() };
    await this.#join(this.#base);
    const rows = this.#safe > this.#base.after ? await this.#read(this.#base) : [];
    const events = rows.flatMap((row) => toRecordedEvent(row) ?? []);
    const gaps = [...this.#lostPlaces.splice(0), ...this.#findGaps(rows)];
    const isRead = this.#advance(rows);
    const fields = await this.source.fields.read(wishesOf(events, isKnown));
    this.#more = !(isRead && isSettled);
    this.#breathMs = this.#more ? 0 : breathAfter(events.length);
    return {
      events,
      fields: fields.flatMap((one) => one ?? []),
      cursor: this.#cursor(),
      gaps,
      more: this.#more,
      lagMs: isRead ? 0 : Math.max(0, Date.now() - Math.max(0, ...events.map(({ at }) => at))),
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

  /** Moves `safe` up to the last id that was given out when it was called; false when older transactions take too long. */
  async #settle(): Promise<boolean> {
    const until = Date.now() + SETTLE_MS;
    for (let isFirst = true, aim = 0, waitMs = 2; ; waitMs = Math.min(waitMs * 2, 50)) {
      const { last, xmin } = await this.#look();
      if (isFirst && last < this.#safe) this.#startAnew(last);
      if (isFirst) aim = last;
      isFirst = false;
      const pending = this.#pending;
      if (pending && (xmin >= pending.transaction || Date.now() - pending.sinceMs > PENDING_MAX_MS)) {
        this.#safe = Math.max(this.#safe, pending.last);
        this.#pending = null;
      }
      if (this.#safe >= aim) return true;
      this.#pending ??= { last, transaction: await this.#drawTransaction(), sinceMs: Date.now() };
      if (Date.now() > until) return false;
      if (pending) await pause(waitMs, this.options.signal);
      this.options.signal.throwIfAborted();
    }
  }

  /** Passes over what is not settled yet. */
  #skip(): number {
    this.#safe = Math.max(this.#safe, this.#pending?.last ?? 0);
    this.#pending = null;
    return this.#safe;
  }

  /** Ids were given out anew: the database was restored, or made again. What happened meanwhile is a gap of every queue. */
  #startAnew(last: number): void {
    const now = Date.now();
    for (const [queue, { atMs }] of this.#places) {
      this.#lostPlaces.push({ queue, fromMs: atMs ?? this.#base?.atMs ?? null, toMs: now });
      this.#places.set(queue, { after: last, atMs: now });
    }
    this.#base = { after: last, atMs: now };
    this.#safe = last;
    this.#pending = null;
  }

  async #look(): Promise<{ last: number; xmin: bigint }> {
    const [row] = await this.#query<{ last: string; xmin: string }>(
      `SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last, pg_snapshot_xmin(pg_current_snapshot())::text AS xmin FROM event_seq`,
    );
    return { last: Number(row?.last ?? 0), xmin: BigInt(row?.xmin ?? 0) };
  }

  async #drawTransaction(): Promise<bigint> {
    const [row] = await this.#query<{ id: string }>('SELECT pg_current_xact_id()::text AS id');
    return BigInt(row?.id ?? 0);
  }

  async #clock(): Promise<number> {
    const [row] = await this.#query<{ at: string }>(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text AS at',
    );
    return Number(row?.at ?? Date.now());
  }

  /** The cursor names queues that had no event since it was laid, too: what they hold is compared. */
  async #join(base: Place): Promise<void> {
    if (Date.now() < this.#joinAt) return;
    this.#joinAt = Date.now() + JOIN_EVERY_MS;
    for (const queue of await this.source.queueNames()) if (!this.#places.has(queue)) this.#places.set(queue, base);
  }

  #read(base: Place): Promise<RecordRow[]> {
    const ahead = [...this.#places].filter(([, { after }]) => after > base.after);
    this.#perQueue = Math.max(10, Math.min(this.#count, Math.ceil(EVENTS_PER_READ / Math.max(1, this.#busy))));
    return this.#query<RecordRow>(RECORD_SQL, [
      ahead.map(([queue]) => queue),
      ahead.map(([, { after }]) => after),
      base.after,
      this.#safe,
      this.#perQueue,
      EVENTS_PER_READ,
    ]);
  }

  #findGaps(rows: readonly RecordRow[]): RecordGap[] {
    const first = new Map<string, RecordRow>();
    for (const row of rows) if (row.trimmed && !first.has(row.queue)) first.set(row.queue, row);
    return [...first.values()].map(({ queue, at }) => ({
      queue,
      fromMs: this.#places.get(queue)?.atMs ?? this.#base?.atMs ?? null,
      toMs: Number(at),
    }));
  }

  /** True when nothing that is safe was left out: then every queue is read up to there. */
  #advance(rows: readonly RecordRow[]): boolean {
    const counts = new Map<string, number>();
    let bytes = 0;
    for (const { queue, id, at, text, name } of rows) {
      this.#places.set(queue, { after: Number(id), atMs: Number(at) });
      counts.set(queue, (counts.get(queue) ?? 0) + 1);
      bytes += (text?.length ?? 0) + (name?.length ?? 0) + 80;
    }
    this.#busy = counts.size;
    const isRead = rows.length < EVENTS_PER_READ && ![...counts.values()].some((count) => count >= this.#perQueue);
    if (isRead && this.#base) this.#base = { after: this.#safe, atMs: latest(rows) ?? this.#base.atMs };
    if (bytes > BYTES_PER_READ) this.#count = Math.max(10, Math.floor(this.#count / 2));
    else if (!isRead && bytes < BYTES_PER_READ / 2) this.#count = Math.min(EVENTS_PER_READ, this.#count * 2);
    return isRead;
  }

  #cursor(): RecordCursor {
    const cursor: RecordCursor = {};
    for (const [queue, place] of this.#places) cursor[queue] = toText(place);
    if (this.#base) cursor[BASE] = toText(this.#base);
    return cursor;
  }
}

const latest = (rows: readonly RecordRow[]): number | null => (rows.length > 0 ? Number(rows.at(-1)?.at) : null);

const toText = ({ after, atMs }: Place): string => (atMs === null ? String(after) : `${after}@${atMs}`);

function toPlace(text: string): Place {
  const [after = '0', at] = text.split('@');
  return { after: Number(after) || 0, atMs: at === undefined ? null : Number(at) };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
