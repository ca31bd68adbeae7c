import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { isRefusal, isWrongType } from '../broker-errors';
import { type RedisLink, runScript } from './link';
import { groupBySlot, mastersOf } from './masters';
import { HOLD_JOBS, KEYS_MATCH, readQueueKey } from './scripts/hold-jobs';

/** Keys that one SCAN step looks at: ~3 ms of the broker's time. */
const KEYS_PER_STEP = 1_000;
/** Steps a second after the first scan, so that a broker with many keys hardly notices. */
const STEP_EVERY_MS = 90;
/** How often the broker is asked how many keys it has (O(1)): a new queue is a new key, so that a scan need not be waited for. */
const LOOK_EVERY_MS = 1_000;
/** A scan follows a change after as long as the last one took, within these; and comes this often though the number stays. */
const REST_MIN_MS = 900;
const REST_MAX_MS = 5_000;
const SCAN_EVERY_MS = 15_000;
const FIRST_SCAN_WAIT_MS = 2_000;
/** Scans stop when nobody has asked for this long, and start again with the next question. */
const IDLE_AFTER_MS = 60_000;
/** A queue whose keys were refused is tried again after this. */
const REFUSED_KEPT_MS = 60_000;

type Standing = 'queue' | 'none' | 'refused';

/** Names that one script looks at: ~0.3 ms. */
const NAMES_PER_LOOK = 100;

/**
 * Finds queues by their `meta` key, or by jobs in one of their structures, in a slow scan that goes on in the background while somebody
 * asks. A job whose id ends like such a key, or a scheduler of that name, has such a key too: what it holds tells them apart. Where SCAN is
 * refused there are the queues of the configuration, and those that were seen. Queues whose keys this user may not read are kept apart.
 */
export class QueueDiscovery {
  #scanned = new Set<string>();
  /** Seen elsewhere (added to, asked for, served by a worker): until this time, and until a scan that began later has ended. */
  #seen = new Map<string, number>();
  #configured: string[];
  /** When their keys were refused. */
  #refused = new Map<string, number>();
  #first: Promise<void> | null = null;
  #loop: Promise<void> | null = null;
  #askedAt = 0;
  #names: string[] | null = null;
  #listeners = new Set<() => void>();
  #closed = new AbortController();
  #scan = { endedAt: 0, tookMs: 0, keys: -1 };

  constructor(private readonly link: RedisLink) {
    this.#configured = link.config.queues ?? [];
  }

  /** Sorted; the same array as long as nothing changes. Waits for the first scan, 2 s at most. Rejects when the broker is away and nothing is known yet. */
  async names(): Promise<string[]> {
    this.#ask();
    await this.#first;
    this.#names ??= [...new Set([...this.#configured, ...this.#scanned, ...this.#seen.keys()])]
      .filter((queue) => !this.#refused.has(queue))
      .sort(compareNames);
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
    const isQueue = await this.link.call(async () => {
      const [standing] = await this.#look(null, [queue]);
      return standing === 'queue' || (standing === 'none' && (await this.#holdJobs(null, [queue])).length > 0);
    });
    if (isQueue) this.note(queue);
    return isQueue;
  }

  /** One command over all of these was refused: those whose keys may be read; the others are kept apart from now on. */
  async sift(queues: string[]): Promise<string[]> {
    const standings = await this.#look(null, queues);
    return queues.filter((_, i) => standings[i] !== 'refused');
  }

  close(): void {
    this.#closed.abort();
  }

  #ask(): void {
    this.#askedAt = Date.now();
    const { signal } = this.#closed;
    if (signal.aborted) return;
    if (this.#first === null) {
      const scan = this.#search(0);
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
      await sleep(LOOK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      if (await this.#isDue().catch(() => false)) await this.#search(STEP_EVERY_MS).catch(() => undefined);
    }
  }

  async #isDue(): Promise<boolean> {
    const restedMs = Date.now() - this.#scan.endedAt;
    if (restedMs >= SCAN_EVERY_MS) return true;
    if (restedMs < Math.min(REST_MAX_MS, Math.max(REST_MIN_MS, this.#scan.tookMs))) return false;
    const keys = await this.#countKeys();
    return keys === null ? restedMs >= REST_MAX_MS : keys !== this.#scan.keys;
  }

  /** Null where this may not be asked. */
  async #countKeys(): Promise<number | null> {
    try {
      const sizes = await Promise.all((await mastersOf(this.link)).map((node) => node.dbsize()));
      return sizes.reduce((sum, size) => sum + size, 0);
    } catch (error) {
      if (isRefusal(error)) return null;
      throw error;
    }
  }

  async #search(stepEveryMs: number): Promise<void> {
    const startedAt = Date.now();
    const keys = (await this.#countKeys()) ?? -1;
    try {
      await this.#scanAll(startedAt, stepEveryMs);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await this.link.rights.look();
    }
    await this.#look(
      null,
      this.#configured.filter((queue) => !this.#scanned.has(queue) || this.#refused.has(queue)),
    );
    this.#scan = { endedAt: Date.now(), tookMs: Date.now() - startedAt, keys };
  }

  async #scanAll(startedAt: number, stepEveryMs: number): Promise<void> {
    const found = new Set<string>();
    await Promise.all(
      (await mastersOf(this.link)).map((node) =>
        this.#scanNode(node, stepEveryMs, found, (queues) => {
          for (const queue of queues) found.add(queue);
          // What is new is there at once: a scan of a big broker takes long.
          for (const queue of queues) if (!this.#scanned.has(queue)) this.note(queue);
        }),
      ),
    );
    for (const [queue, until] of this.#seen) {
      if (until >= startedAt && !found.has(queue)) continue;
      this.#seen.delete(queue);
      if (!found.has(queue)) this.#names = null;
    }
    const before = this.#scanned;
    this.#scanned = found;
    const isNew = [...found].some((queue) => !before.has(queue));
    if (isNew || found.size !== before.size) this.#names = null;
    if (isNew) this.#announce();
  }

  async #scanNode(
    node: Redis,
    stepEveryMs: number,
    found: ReadonlySet<string>,
    onFound: (queues: string[]) => void,
  ): Promise<void> {
    const pattern = `${escapeGlob(this.link.prefix)}:${KEYS_MATCH}`;
    let cursor = '0';
    do {
      if (this.#closed.signal.aborted) return;
      const [next, keys] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', KEYS_PER_STEP);
      cursor = next;
      onFound(await this.#sort(node, keys, found));
      if (cursor !== '0' && stepEveryMs > 0)
        await sleep(stepEveryMs, undefined, { signal: this.#closed.signal, ref: false });
    } while (cursor !== '0');
  }

  /** The queues that these keys belong to, but for those that this scan has found already. */
  async #sort(node: Redis, keys: string[], found: ReadonlySet<string>): Promise<string[]> {
    const by = { meta: new Set<string>(), jobs: new Set<string>() };
    for (const key of keys) {
      const one = readQueueKey(key.slice(this.link.prefix.length + 1));
      if (one !== null && !found.has(one.queue) && !this.#isPartOfJob(one)) by[one.of].add(one.queue);
    }
    const since = Date.now() - REFUSED_KEPT_MS;
    const isUnknown = (queue: string) => {
      const refusedAt = this.#refused.get(queue);
      return refusedAt === undefined ? !this.#scanned.has(queue) : refusedAt < since;
    };
    const named = [...by.meta].filter(isUnknown);
    const standings = named.length > 0 ? await this.#look(node, named) : [];
    const are = new Set(named.filter((_, i) => standings[i] === 'queue'));
    const rest = [...by.jobs].filter((queue) => isUnknown(queue) && !are.has(queue) && !this.#refused.has(queue));
    for (const queue of await this.#holdJobs(node, rest)) are.add(queue);
    return [...by.meta, ...by.jobs].filter((queue) => this.#scanned.has(queue) || are.has(queue));
  }

  /** `<queue>:<job>:failed` of a parent, and `<queue>:metrics:completed`, of which there may be very many. */
  #isPartOfJob({ queue, end }: { queue: string; end: string }): boolean {
    const above = queue.slice(0, queue.lastIndexOf(':'));
    return (end === 'failed' || end === 'completed') && (this.#scanned.has(above) || this.#seen.has(above));
  }

  /** Those of these names that have jobs in a structure of a queue. */
  async #holdJobs(node: Redis | null, queues: string[]): Promise<string[]> {
    const hold: string[] = [];
    for (const group of groupBySlot(this.link, queues))
      for (let i = 0; i < group.length; i += NAMES_PER_LOOK)
        hold.push(...(await this.#askJobs(node, group.slice(i, i + NAMES_PER_LOOK))));
    return hold;
  }

  /** One key that is refused refuses the whole command: the others are asked by themselves. */
  async #askJobs(node: Redis | null, queues: string[]): Promise<string[]> {
    const bases = queues.map((queue) => this.link.base(queue));
    try {
      const reply = await runScript(node ?? this.link.reads, HOLD_JOBS, [`${bases[0]}meta`], bases);
      return queues.filter((_, i) => (reply as number[])[i] === 1);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (queues.length === 1) return [];
      return (await Promise.all(queues.map((queue) => this.#askJobs(node, [queue])))).flat();
    }
  }

  async #look(node: Redis | null, queues: string[]): Promise<Standing[]> {
    const standings = await Promise.all(queues.map((queue) => this.#lookAt(node, queue)));
    const before = this.#refused.size;
    for (const [i, queue] of queues.entries()) {
      if (standings[i] === 'refused') this.#refused.set(queue, Date.now());
      else this.#refused.delete(queue);
    }
    if (this.#refused.size !== before) {
      this.#names = null;
      this.link.rights.noteQueues([...this.#refused.keys()].sort(compareNames));
    }
    if (standings.includes('refused')) void this.link.rights.look();
    return standings;
  }

  async #lookAt(node: Redis | null, queue: string): Promise<Standing> {
    const fields = ['opts.maxLenEvents', 'version', 'paused', 'concurrency', 'max', 'timestamp'] as const;
    try {
      const meta = await (node ?? this.link.reads).hmget(`${this.link.base(queue)}meta`, ...fields);
      const isMeta = meta.slice(0, -1).some((value) => value != null);
      return isMeta && meta.at(-1) == null ? 'queue' : 'none';
    } catch (error) {
      if (isRefusal(error)) return 'refused';
      if (isWrongType(error)) return 'none';
      throw error;
    }
  }
}

function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]^-]/g, '\\$&');
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
