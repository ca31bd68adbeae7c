import { setTimeout as sleep } from 'node:timers/promises';
import type { Query } from '../postgres/connection';

/** What a transaction that stays open longer says is read when it ends: it holds back nobody else. */
const PENDING_MAX_MS = 3_000;
/** A batch comes at the latest after this, though it be empty. */
const SETTLE_MS = 1_000;
/** Ids that are remembered while a transaction stays open, so that what it said can be told from what was read. */
const MOST_IDS = 200_000;

/** Transactions that were passed over ended: their events lie between these ids, and are none of those that were read. */
export interface Late {
  from: number;
  to: number;
  transactions: string[];
  /** Null = too many to remember: then by the transaction that wrote them. */
  read: ReadonlySet<number> | null;
}

interface Look {
  last: number;
  xmin: bigint;
  running: string[];
}

/**
 * Up to which id events may be read. Ids come from a sequence, so a lower one may be committed after a higher one. Read is only what can
 * have nothing below it any more: the last id given out is noted, then a transaction number is drawn; once no older transaction is under
 * way, everything up to that id is there or never will be.
 */
export class Horizon {
  /** Nothing at or below it can be committed any more, but for what transactions say that were passed over. */
  #safe: number;
  #pending: { last: number; transaction: bigint; sinceMs: number } | null = null;
  /** Transactions that were passed over, with the id after which their events lie. */
  #passed = new Map<string, number>();
  #ended: string[] = [];
  #read: Set<number> | null = new Set();

  constructor(
    private readonly query: Query,
    private readonly signal: AbortSignal,
    after: number,
  ) {
    this.#safe = after;
  }

  get safe(): number {
    return this.#safe;
  }

  /** Moves `safe` up to the last id that was given out; not settled when older transactions take too long. `isAnew`: ids began anew. */
  async settle(): Promise<{ isSettled: boolean; isAnew: boolean }> {
    const until = Date.now() + SETTLE_MS;
    let isAnew = false;
    for (let aim: number | null = null, waitMs = 2; ; waitMs = Math.min(waitMs * 2, 50)) {
      const look = await this.#look();
      if (aim === null && look.last < this.#safe) {
        isAnew = true;
        this.#startAnew(look.last);
      }
      aim ??= look.last;
      const pending = this.#pending;
      if (pending) this.#move(pending, look);
      if (this.#safe >= aim) return { isSettled: true, isAnew };
      this.#pending ??= { last: look.last, transaction: await this.#drawTransaction(), sinceMs: Date.now() };
      if (Date.now() > until) return { isSettled: false, isAnew };
      if (pending) await sleep(waitMs, undefined, { signal: this.signal }).catch(() => undefined);
      this.signal.throwIfAborted();
    }
  }

  /** Passes over what is not settled yet. */
  skip(): number {
    this.#safe = Math.max(this.#safe, this.#pending?.last ?? 0);
    this.#pending = null;
    return this.#safe;
  }

  noteRead(ids: Iterable<number>): void {
    if (this.#passed.size === 0) return;
    for (const id of ids) this.#read?.add(id);
    if ((this.#read?.size ?? 0) > MOST_IDS) this.#read = null;
  }

  /** What is to be read before anything that came after it. */
  takeLate(): Late | null {
    const [...transactions] = this.#ended;
    if (transactions.length === 0) return null;
    const from = Math.min(...transactions.map((one) => this.#passed.get(one) ?? this.#safe));
    const late = { from, to: this.#safe, transactions, read: this.#read };
    for (const one of transactions) this.#passed.delete(one);
    this.#ended = [];
    if (this.#passed.size === 0) this.#read = new Set();
    return late;
  }

  #move(pending: { last: number; transaction: bigint; sinceMs: number }, { xmin, running }: Look): void {
    const older = xmin >= pending.transaction ? [] : running.filter((one) => BigInt(one) < pending.transaction);
    const waited = older.filter((one) => !this.#passed.has(one));
    if (waited.length > 0 && Date.now() - pending.sinceMs <= PENDING_MAX_MS) return;
    for (const one of waited) this.#passed.set(one, this.#safe);
    this.#safe = Math.max(this.#safe, pending.last);
    this.#pending = null;
  }

  #startAnew(last: number): void {
    this.#safe = last;
    this.#pending = null;
    this.#passed.clear();
    this.#ended = [];
    this.#read = new Set();
  }

  async #look(): Promise<Look> {
    const [row] = await this.query<{ last: string; xmin: string; running: string[] }>(
      `SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last, pg_snapshot_xmin(s)::text AS xmin,
              ARRAY(SELECT x::text FROM pg_snapshot_xip(s) AS x) AS running
         FROM event_seq, pg_current_snapshot() AS s`,
    );
    const running = row?.running ?? [];
    this.#ended = [...this.#passed.keys()].filter((one) => !running.includes(one));
    return { last: Number(row?.last ?? 0), xmin: BigInt(row?.xmin ?? 0), running };
  }

  async #drawTransaction(): Promise<bigint> {
    const [row] = await this.query<{ id: string }>('SELECT pg_current_xact_id()::text AS id');
    return BigInt(row?.id ?? 0);
  }
}
