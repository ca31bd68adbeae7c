import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { BackendEvent } from '@/lib/backends/backend';
import { endClient } from './client-stream';
import { advanceCursor, createCursor, deliveredUpTo, type EventCursor, isDue, wakeCursor } from './event-cursor';
import {
  CONNECTIONS_SQL,
  type EventRow,
  LAST_ID_SQL,
  READ_LIMIT,
  READ_SQL,
  SWEEP_SQL,
  toBackendEvent,
} from './event-rows';

/** Notifications within this are read together. */
const COALESCE_MS = 40;
/** Every so often all queues are looked at, for a notification that never came; it also shows a server that hangs. */
const SWEEP_EVERY_MS = 5000;
const SWEEP_BUSY_MS = 1000;
const SWEEP_EVERY_EVENTS = 2000;
/** A transaction that stays open for hours must not hold the base back. */
const PENDING_MAX_MS = 10_000;
const BACKOFF_MAX_MS = 5000;
/** Queues per reading statement. */
const QUEUES_PER_READ = 40;

/** One tail over all queues, on one connection, until the signal aborts. See QueueBackend.events. */
export async function* tailEvents(
  connect: () => Promise<pg.Client>,
  signal: AbortSignal,
): AsyncGenerator<BackendEvent[]> {
  let wasUp = false;
  for (let failures = 0; !signal.aborted; failures += 1) {
    let tail: EventTail | null = null;
    try {
      tail = await EventTail.open(connect);
      failures = 0;
      yield wasUp ? [{ type: 'gap', at: Date.now() }] : [];
      wasUp = true;
      while (!signal.aborted) {
        const batch = await tail.next(signal);
        if (batch.length > 0) yield batch;
      }
    } catch {
      // The connection, or the server: facts() tells which; here it is only tried again.
      const backoffMs = Math.min(100 * 2 ** failures, BACKOFF_MAX_MS);
      await sleep(backoffMs, undefined, { signal }).catch(() => {});
    } finally {
      tail?.close();
    }
  }
}

/**
 * Queues that had an event lately are "hot" and have a cursor. For all others, everything up to `base` is delivered.
 * LISTEN wakes: `bullmq_events`, and `bullmq_jobs` since a bulk add tells only that channel. Both carry the queue's name.
 */
class EventTail {
  private readonly hot = new Map<string, EventCursor>();
  private wake: (() => void) | null = null;
  private error: Error | null = null;
  private sweptAtMs = Date.now();
  private base: number;
  private newest = 0;

  private constructor(
    private readonly client: pg.Client,
    private readonly connections: bigint,
    private pending: LastId,
  ) {
    this.base = pending.last;
    client.on('notification', ({ payload }) => {
      if (!payload) return;
      wakeCursor(this.cursorOf(payload));
      this.wake?.();
    });
  }

  static async open(connect: () => Promise<pg.Client>): Promise<EventTail> {
    const client = await connect();
    let failed: Error | null = null;
    client.on('error', (error) => {
      failed = error;
    });
    try {
      await client.query('LISTEN bullmq_events; LISTEN bullmq_jobs');
      const { rows } = await client.query<{ connections: number }>(CONNECTIONS_SQL);
      const connections = BigInt(rows[0]?.connections ?? 100);
      const tail = new EventTail(client, connections, await readLastId(client, connections));
      const lose = (error: Error) => {
        tail.error = error;
        tail.wake?.();
      };
      client.on('error', lose).on('end', () => lose(new Error('connection ended')));
      if (failed) lose(failed);
      return tail;
    } catch (error) {
      client.end().catch(() => {});
      throw error;
    }
  }

  /** The next events, or none after a while. Throws when the connection is lost. */
  async next(signal: AbortSignal): Promise<BackendEvent[]> {
    await this.waitUntilDue(signal);
    if (this.error) throw this.error;
    if (signal.aborted) return [];
    if (Date.now() >= this.sweepAtMs()) await this.sweep();
    return this.read();
  }

  close(): void {
    this.wake = null;
    endClient(this.client);
  }

  private cursorOf(queue: string): EventCursor {
    const cursor = this.hot.get(queue) ?? createCursor(this.base);
    this.hot.set(queue, cursor);
    return cursor;
  }

  /** Sooner when much is going on, so that the base stays within what the event log keeps. */
  private sweepAtMs(): number {
    const isBusy = this.newest - this.pending.last > SWEEP_EVERY_EVENTS;
    return this.sweptAtMs + (isBusy ? SWEEP_BUSY_MS : SWEEP_EVERY_MS);
  }

  private async waitUntilDue(signal: AbortSignal): Promise<void> {
    const reread = Math.min(...[...this.hot.values()].map((cursor) => cursor.rereadAtMs), Number.POSITIVE_INFINITY);
    const now = Date.now();
    const waitMs = Math.min(reread, this.sweepAtMs()) - now;
    if (waitMs <= 0 || this.error || signal.aborted) return;
    const limit = new AbortController();
    const woken = new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    const aborted = once(signal, 'abort', { signal: limit.signal }).catch(() => {});
    const timer = sleep(waitMs, undefined, { signal: limit.signal }).catch(() => {});
    const how = await Promise.race([woken.then(() => 'woken'), aborted, timer]);
    limit.abort();
    this.wake = null;
    if (how === 'woken' && !this.error) await sleep(COALESCE_MS);
  }

  /**
   * Finds queues with events that nobody told of. What an earlier sweep saw as the last id becomes the base once the transactions
   * of that time are over (the rule of the cursors' marks): this sweep then saw all of theirs.
   */
  private async sweep(): Promise<void> {
    const now = await readLastId(this.client, this.connections);
    const { rows } = await this.client.query<{ queue: string; top: string | null }>(SWEEP_SQL);
    for (const { queue, top } of rows) {
      const cursor = this.hot.get(queue);
      const delivered = cursor ? deliveredUpTo(cursor) : this.base;
      if (Number(top ?? 0) > delivered) wakeCursor(this.cursorOf(queue));
    }
    const { pending } = this;
    if (now.xmin >= pending.bound || now.atMs - pending.atMs > PENDING_MAX_MS) {
      this.base = pending.last;
      this.pending = now;
    }
    this.sweptAtMs = now.atMs;
    for (const [queue, cursor] of this.hot) {
      if (cursor.rereadAtMs === Number.POSITIVE_INFINITY && cursor.floor <= this.base && cursor.seen.size === 0)
        this.hot.delete(queue);
    }
  }

  private async read(): Promise<BackendEvent[]> {
    const now = Date.now();
    const due = [...this.hot].filter(([, cursor]) => isDue(cursor, now)).slice(0, QUEUES_PER_READ);
    if (due.length === 0) return [];
    for (const [queue, cursor] of due) {
      // A notification during the read must lead to another one.
      cursor.rereadAtMs = Number.POSITIVE_INFINITY;
      // To the end of the line, so that with many busy queues each has its turn.
      this.hot.delete(queue);
      this.hot.set(queue, cursor);
    }
    const seen = due.flatMap(([, cursor]) => [...cursor.seen]);
    const { rows } = await this.client.query<EventRow>(READ_SQL, [
      due.map(([queue]) => queue),
      due.map(([, cursor]) => cursor.floor),
      due.map(([, cursor]) => deliveredUpTo(cursor)),
      seen,
    ]);
    this.advance(due, rows);
    return toBatch(rows);
  }

  private advance(due: [string, EventCursor][], rows: EventRow[]): void {
    const idsOf = new Map<string, number[]>();
    for (const row of rows) {
      const ids = idsOf.get(row.queue) ?? [];
      if (row.id !== null) ids.push(Number(row.id));
      this.newest = Math.max(this.newest, Number(row.id));
      idsOf.set(row.queue, ids);
    }
    const xmin = BigInt(rows[0]?.xmin ?? 0);
    const bound = BigInt(rows[0]?.xmax ?? 0) + this.connections;
    for (const [queue, cursor] of due) {
      const ids = idsOf.get(queue) ?? [];
      const wokenMeanwhile = cursor.rereadAtMs === 0;
      advanceCursor(cursor, { ids, whole: ids.length < READ_LIMIT, xmin, bound }, Date.now());
      if (wokenMeanwhile) wakeCursor(cursor);
    }
  }
}

function toBatch(rows: EventRow[]): BackendEvent[] {
  const events = rows.flatMap((row) => (row.id === null ? [] : (toBackendEvent(row) ?? [])));
  return rows.some((row) => row.trimmed && row.id !== null) ? [{ type: 'gap', at: Date.now() }, ...events] : events;
}

interface LastId {
  last: number;
  xmin: bigint;
  /** See EventCursor. */
  bound: bigint;
  atMs: number;
}

async function readLastId(client: pg.Client, connections: bigint): Promise<LastId> {
  const { rows } = await client.query<{ last: string; xmin: string; xmax: string }>(LAST_ID_SQL);
  const { last = 0, xmin = 0, xmax = 0 } = rows[0] ?? {};
  return { last: Number(last), xmin: BigInt(xmin), bound: BigInt(xmax) + connections, atMs: Date.now() };
}
