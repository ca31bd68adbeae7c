import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { asStoreError } from '../as-store-error';
import { cleanValues } from '../clean-text';
import type { Queries } from '../queries';

/** No read of a turn runs longer. */
const LIMIT_MS = 9_500;
/** An order to cancel that has done nothing for so long is followed by the end of the connection. */
const CANCEL_MS = 800;
const CANCEL_EVERY_MS = 100;

/** The query ran longer than it may. */
export class TooSlowError extends Error {
  constructor() {
    super('the query ran longer than it may');
    this.name = 'TooSlowError';
  }

  /** Also of another bundle's copy of this class: the first to need the store opens it for all (lib/context.ts). */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'TooSlowError';
  }
}

/** The reads of one turn: on one connection, one after the other, however many are asked for at once. */
export interface Reader extends Queries {
  /** One object for all turns of a lane: the key of what is remembered about its store. */
  readonly lane: object;
  /** Throws TooSlowError after `limitMs`, 9.5 s unless told otherwise. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[], limitMs?: number): Promise<Row[]>;
}

export interface Turn {
  lane: object;
  /** Aborts when nobody wants the answer any more. */
  signal: AbortSignal;
  /** Cancels what runs in the server process of that number. */
  cancel(pid: number): Promise<unknown>;
}

/**
 * Runs reads on a connection of their own. When the signal aborts, what runs is cancelled in the server, and the connection is closed
 * instead of given back: an order to cancel that comes late meets nobody else.
 */
export async function readOn<T>(client: pg.PoolClient, turn: Turn, run: (reader: Reader) => Promise<T>): Promise<T> {
  const reads = new Reads(client, turn);
  const onBroken = (error: Error) => reads.spoil(error);
  const onAbort = () => void reads.stop();
  client.on('error', onBroken);
  turn.signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await run(reads);
  } finally {
    turn.signal.removeEventListener('abort', onAbort);
    await reads.stop();
    client.off('error', onBroken);
    client.release(reads.spoiled);
  }
}

/** What the server was told of each connection: the limit of a statement; and the number of its process. */
const told = new WeakMap<pg.PoolClient, { limitMs: number; pid: number }>();

class Reads implements Reader {
  readonly lane: object;
  spoiled: Error | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #running: Promise<unknown> | null = null;
  #isOver = false;

  constructor(
    private readonly client: pg.PoolClient,
    private readonly turn: Turn,
  ) {
    this.lane = turn.lane;
  }

  query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = [], limitMs = LIMIT_MS): Promise<Row[]> {
    const mine = this.#last.then(() => {
      const rows = this.#read<Row>(text, values, Math.max(1, Math.round(limitMs)));
      this.#running = rows;
      return rows;
    });
    this.#last = mine.then(
      () => this.#rest(),
      () => this.#rest(),
    );
    return mine;
  }

  spoil(error: Error): void {
    this.spoiled ??= error;
  }

  /** Nothing more is read; what runs is cancelled. Resolves when nothing runs. */
  async stop(): Promise<void> {
    this.#isOver = true;
    const running = this.#running?.catch(() => undefined);
    if (!running) return;
    this.spoil(new Error('a query was cancelled'));
    const over = running.then(() => true);
    for (const until = performance.now() + CANCEL_MS; performance.now() < until; ) {
      void this.turn.cancel(told.get(this.client)?.pid ?? 0).catch(() => undefined);
      if (await Promise.race([over, sleep(CANCEL_EVERY_MS, false, { ref: false })])) return;
    }
  }

  #rest(): void {
    this.#running = null;
  }

  async #read<Row extends pg.QueryResultRow>(text: string, values: unknown[], limitMs: number): Promise<Row[]> {
    try {
      this.#check();
      if (limitMs !== told.get(this.client)?.limitMs) {
        await this.#setLimit(limitMs);
        this.#check();
      }
      return (await this.client.query<Row>(text, cleanValues(values))).rows;
    } catch (error) {
      this.turn.signal.throwIfAborted();
      const { code } = error as { code?: string };
      if (code === '57014') throw new TooSlowError();
      // Where the server itself has refused the query, the connection goes on.
      if (code?.length !== 5) this.spoil(error as Error);
      throw asStoreError(error);
    }
  }

  #check(): void {
    this.turn.signal.throwIfAborted();
    if (this.#isOver) throw new Error('the turn is over');
  }

  async #setLimit(limitMs: number): Promise<void> {
    const { rows } = await this.client.query<{ pid: number }>(
      `SELECT pg_backend_pid() AS pid, set_config('statement_timeout', $1, false)`,
      [String(limitMs)],
    );
    told.set(this.client, { limitMs, pid: rows[0]?.pid ?? 0 });
  }
}
