import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { RedisLink } from './link';
import { mastersOf } from './masters';

/** Keys that one SCAN step looks at: ~3 ms of the broker's time. */
const KEYS_PER_STEP = 1_000;
/** Steps a second after the first scan, so that a broker with many keys hardly notices. */
const STEP_EVERY_MS = 90;
const SCAN_EVERY_MS = 5_000;
const FIRST_SCAN_WAIT_MS = 2_000;
/** Scans stop when nobody has asked for this long, and start again with the next question. */
const IDLE_AFTER_MS = 60_000;

/**
 * Finds queues by their `meta` key, in a slow scan that goes on in the background while somebody asks. A job whose id ends in
 * "meta", or a scheduler of that name, has such a key too: what it holds tells them apart.
 */
export class QueueDiscovery {
  #scanned = new Set<string>();
  /** Seen elsewhere (added to, asked for, served by a worker): until this time, and until a scan that began later has ended. */
  #seen = new Map<string, number>();
  #configured: string[];
  #first: Promise<void> | null = null;
  #loop: Promise<void> | null = null;
  #askedAt = 0;
  #names: string[] | null = null;
  #listeners = new Set<() => void>();
  #closed = new AbortController();

  constructor(private readonly link: RedisLink) {
    this.#configured = link.config.queues ?? [];
  }

  /** Sorted. Waits for the first scan, 2 s at most. Rejects when the broker is away and nothing is known yet. */
  async names(): Promise<string[]> {
    this.#ask();
    await this.#first;
    this.#names ??= [...new Set([...this.#configured, ...this.#scanned, ...this.#seen.keys()])].sort(compareNames);
    return this.#names;
  }

  /** `keepMs`: how long it is believed although no scan finds it. */
  note(queue: string, keepMs = 0): void {
    const known = this.#scanned.has(queue) || this.#seen.has(queue);
    this.#seen.set(queue, Math.max(this.#seen.get(queue) ?? 0, Date.now() + keepMs));
    if (known) return;
    this.#names = null;
    this.#announce();
  }

  /** It is no more: until a scan or a caller meets it again. */
  forget(queue: string): void {
    this.#scanned.delete(queue);
    this.#seen.delete(queue);
    this.#names = null;
  }

  /** Calls back whenever a queue is met for the first time; returns what ends that. */
  onNew(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #announce(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Asks the broker where the name is not known, so that a queue can be reached the moment it is there. */
  async has(queue: string): Promise<boolean> {
    this.#ask();
    if (this.#scanned.has(queue) || this.#seen.has(queue) || this.#configured.includes(queue)) return true;
    const [isQueue] = await this.link.call(() => this.#areQueues(null, [queue]));
    if (isQueue) this.note(queue);
    return isQueue ?? false;
  }

  close(): void {
    this.#closed.abort();
  }

  #ask(): void {
    this.#askedAt = Date.now();
    const { signal } = this.#closed;
    if (signal.aborted) return;
    if (this.#first === null) {
      const scan = this.#scan(0);
      const enough = sleep(FIRST_SCAN_WAIT_MS, undefined, { signal, ref: false });
      this.#first = this.link.call(() => Promise.race([scan, enough]));
      this.#first.catch(() => {
        this.#first = null;
      });
    }
    this.#loop ??= this.#goOn(this.#first).finally(() => {
      this.#loop = null;
    });
  }

  async #goOn(first: Promise<void>): Promise<void> {
    const { signal } = this.#closed;
    await first.catch(() => undefined);
    while (!signal.aborted && Date.now() - this.#askedAt < IDLE_AFTER_MS) {
      await sleep(SCAN_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted) await this.#scan(STEP_EVERY_MS).catch(() => undefined);
    }
  }

  async #scan(stepEveryMs: number): Promise<void> {
    const startedAt = Date.now();
    const found = new Set<string>();
    const first = this.#scanned.size === 0;
    await Promise.all(
      (await mastersOf(this.link)).map((node) =>
        this.#scanNode(node, stepEveryMs, (queues) => {
          for (const queue of queues) found.add(queue);
          // The first scan of a big broker shows what it has so far.
          if (first) for (const queue of queues) this.note(queue);
        }),
      ),
    );
    for (const [queue, until] of this.#seen) if (until < startedAt || found.has(queue)) this.#seen.delete(queue);
    const before = this.#scanned;
    this.#scanned = found;
    this.#names = null;
    if ([...found].some((queue) => !before.has(queue))) this.#announce();
  }

  async #scanNode(node: Redis, stepEveryMs: number, onFound: (queues: string[]) => void): Promise<void> {
    const pattern = `${escapeGlob(this.link.prefix)}:*:meta`;
    let cursor = '0';
    do {
      if (this.#closed.signal.aborted) return;
      const [next, keys] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', KEYS_PER_STEP);
      cursor = next;
      const candidates = keys.map((key) => key.slice(this.link.prefix.length + 1, -':meta'.length));
      const unknown = candidates.filter((queue) => !this.#scanned.has(queue));
      const are = unknown.length > 0 ? await this.#areQueues(node, unknown) : [];
      const confirmed = new Set(unknown.filter((_, i) => are[i]));
      onFound(candidates.filter((queue) => this.#scanned.has(queue) || confirmed.has(queue)));
      if (cursor !== '0' && stepEveryMs > 0)
        await sleep(stepEveryMs, undefined, { signal: this.#closed.signal, ref: false });
    } while (cursor !== '0');
  }

  async #areQueues(node: Redis | null, queues: string[]): Promise<boolean[]> {
    const replies = await Promise.all(
      queues.map((queue) => {
        const fields = ['opts.maxLenEvents', 'version', 'paused', 'concurrency', 'max', 'timestamp'] as const;
        return (node ?? this.link.reads).hmget(`${this.link.base(queue)}meta`, ...fields).catch((error: Error) => {
          if (error.message.startsWith('WRONGTYPE')) return [];
          throw error;
        });
      }),
    );
    return replies.map(([maxEvents, version, paused, concurrency, max, timestamp]) => {
      const meta = [maxEvents, version, paused, concurrency, max].some((value) => value != null);
      return meta && timestamp == null;
    });
  }
}

function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]^-]/g, '\\$&');
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
