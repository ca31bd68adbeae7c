import { setTimeout as sleep } from 'node:timers/promises';
import type { BackendEvent } from '@/lib/backends/backend';
import { isRefusal, isWrongType } from '../broker-errors';
import { connectRedis, type RedisClient } from './connect';
import { type RedisLink, runScript } from './link';
import { READ_EVENTS } from './scripts/tail';
import { StreamTiers } from './stream-tiers';
import { EventTranslator } from './to-events';

/** Between two reads of a busy source: 12 reads a second at most, unless it says more than a read takes. */
const BREATH_MS = 80;
/** How long one wait for news lasts; a queue that is met meanwhile ends it, to join. */
const BLOCK_MS = 2_000;
/** While others are asked in turn. */
const COLD_BLOCK_MS = 250;
/** On Cluster one connection cannot wait on many slots: asked in turn instead. */
const POLL_MS = 150;
const EVENTS_PER_READ = 2_000;
const MOST_COUNT = 500;
/** What one read copies within the broker: 2 ms of it. */
const BYTES_PER_READ = 1_048_576;
/** Of streams that had more than was asked for. */
const FULL_AT_ONCE = 100;
const RETRY_MAX_MS = 2_000;

interface Stream {
  queue: string;
  cursor: string;
  /** An id that was read: whether the stream was trimmed past it can be told. */
  real: boolean;
  full: boolean;
}

/** A `last` of '' is a stream that cannot be read. */
type StreamReply = [index: number, full: number, trimmed: number, last: string, ...fields: string[]];

export interface TailSource {
  link: RedisLink;
  queueNames(): Promise<string[]>;
  usesPriorities(queue: string): boolean;
  group(queues: string[]): string[][];
  onNewQueue(listener: () => void): () => void;
  /** One command over these was refused: keeps those apart whose keys may not be read. */
  sift(queues: string[]): Promise<string[]>;
}

/**
 * All queues' events from now on, by one connection of its own. It waits in XREAD BLOCK for the first news, then reads all of
 * it with a script, cut. Cursors begin at the broker's clock, never at `$`, which would lose what comes
 * between two waits. State: waiting → reading → a breath → waiting, or reading again while there is more; a failure → away → `gap` → reading.
 */
export async function* tailEvents(source: TailSource, signal: AbortSignal): AsyncGenerator<BackendEvent[]> {
  const client = source.link.isCluster ? source.link.reads : connectRedis(source.link.config, 'blocking');
  const tail = new Tail(source, client);
  const stop = () => tail.stop();
  const deaf = source.onNewQueue(() => tail.wake());
  signal.addEventListener('abort', stop, { once: true });
  try {
    let failures = 0;
    let away = false;
    let stands = false;
    while (!signal.aborted) {
      try {
        const events = await tail.next(away, signal);
        away = false;
        failures = 0;
        if (events.length > 0 || !stands) yield events;
        stands = true;
      } catch {
        if (signal.aborted) return;
        away = true;
        failures += 1;
        await sleep(Math.min(100 * 2 ** failures, RETRY_MAX_MS), undefined, { signal }).catch(() => undefined);
      }
    }
  } finally {
    deaf();
    signal.removeEventListener('abort', stop);
    tail.stop();
  }
}

class Tail {
  #streams = new Map<string, Stream>();
  #tiers = new StreamTiers();
  #translator = new EventTranslator();
  #beganAt: string | null = null;
  #names: string[] | null = null;
  #waiting = false;
  #breathes = false;
  #readAt = 0;
  /** How many of one stream to ask for, by what they weighed last. */
  #count = MOST_COUNT / 2;
  #clientId: number | null = null;
  #blocked = false;

  constructor(
    private readonly source: TailSource,
    private readonly client: RedisClient,
  ) {}

  /** Ends what waits. A Cluster's connection is the source's, not ours. */
  stop(): void {
    if (this.client !== this.source.link.reads) this.client.disconnect();
  }

  /** At most a hint: an id that is no longer ours unblocks nobody. */
  wake(): void {
    if (!this.#blocked || this.#clientId === null) return;
    this.source.link.reads.client('UNBLOCK', this.#clientId).catch(() => undefined);
  }

  async next(wasAway: boolean, signal: AbortSignal): Promise<BackendEvent[]> {
    const began = this.#beganAt === null;
    this.#beganAt ??= await this.#clock();
    // Before the next read, not after this one: what was read is on its way.
    if (this.#breathes) await pause(BREATH_MS, signal);
    await this.#join();
    const cold = this.#tiers.coldSlice(Date.now());
    if (this.#waiting && !wasAway) await this.#wait(signal);
    const events = await this.#read(cold);
    const more = [...this.#streams.values()].some((stream) => stream.full);
    // Asking without waiting would find nothing as often as not: one wait costs less than an empty read.
    this.#waiting = !more;
    this.#breathes = events !== null && !more;
    if (wasAway && !began) return [{ type: 'gap', at: Date.now() }, ...(events ?? [])];
    return events ?? [];
  }

  async #clock(): Promise<string> {
    try {
      const [seconds, micros] = (await within(this.client.time())) as unknown as [string, string];
      return `${Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)}-0`;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return `${Date.now()}-0`;
    }
  }

  /** A queue that is discovered late is read from when this tail began: nothing of it is lost. */
  async #join(): Promise<void> {
    const names = await this.source.queueNames();
    if (names === this.#names) return;
    this.#names = names;
    this.#tiers.keep(names, Date.now());
    const keep = new Set(names);
    for (const name of this.#streams.keys()) if (!keep.has(name)) this.#streams.delete(name);
    for (const queue of names) {
      if (!this.#streams.has(queue))
        this.#streams.set(queue, { queue, cursor: this.#beganAt ?? '0-0', real: false, full: false });
    }
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const streams = this.#hot();
    if (this.source.link.isCluster || streams.length === 0) return pause(streams.length === 0 ? 250 : POLL_MS, signal);
    const blockMs = this.#tiers.hasCold ? COLD_BLOCK_MS : BLOCK_MS;
    const keys = streams.map(({ queue }) => `${this.source.link.base(queue)}events`);
    const cursors = streams.map(({ cursor }) => cursor);
    this.#clientId ??= await this.#askId();
    this.#blocked = true;
    try {
      await within(this.client.xread('COUNT', 1, 'BLOCK', blockMs, 'STREAMS', ...keys, ...cursors), blockMs + 2_500);
    } catch (error) {
      // Which of them cannot be read is found by the read that follows, which asks each where all were refused.
      if (isWrongType(error) || isRefusal(error)) return;
      this.#clientId = null;
      // The blocked command would answer in the place of a later one.
      if (!signal.aborted) this.client.disconnect(true);
      throw error;
    } finally {
      this.#blocked = false;
    }
  }

  /** 0 where this user may not know it, which unblocks nobody. */
  async #askId(): Promise<number> {
    try {
      return await within(this.client.client('ID'));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return 0;
    }
  }

  #hot(): Stream[] {
    return this.#tiers.hot(Date.now()).flatMap((queue) => this.#streams.get(queue) ?? []);
  }

  /** Null: nothing new. */
  async #read(cold: readonly string[]): Promise<BackendEvent[] | null> {
    const stale = Date.now() - this.#readAt > 1_000;
    const full = [...this.#streams.values()].filter((stream) => stream.full).slice(0, FULL_AT_ONCE);
    const hot = [...full, ...this.#hot()].map(({ queue }) => queue);
    const names = [...new Set([...hot, ...cold.filter((queue) => this.#streams.has(queue))])];
    const groups = this.source.group(names);
    const replies = await Promise.all(groups.map((queues) => this.#readSome(queues, stale)));
    this.#readAt = Date.now();
    return replies.every((reply) => reply === null) ? null : replies.flatMap((reply) => reply ?? []);
  }

  async #readSome(queues: string[], stale: boolean): Promise<BackendEvent[] | null> {
    try {
      return await this.#readGroup(queues, stale);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      void this.source.link.rights.look();
      const readable = await this.source.sift(queues);
      if (readable.length === queues.length) throw error;
      return this.#readGroup(readable, stale);
    }
  }

  async #readGroup(queues: string[], stale: boolean): Promise<BackendEvent[] | null> {
    if (queues.length === 0) return null;
    const { link } = this.source;
    const streams = queues.map((queue) => this.#streams.get(queue) as Stream);
    const count = Math.max(10, Math.min(this.#count, Math.floor(EVENTS_PER_READ / streams.length)));
    const keys = queues.map((queue) => `${link.base(queue)}events`);
    const args = streams.flatMap((stream) => [link.base(stream.queue), stream.cursor, this.#flags(stream, stale)]);
    const reply = await within(runScript(this.client, READ_EVENTS, keys, [count, ...args]));
    const [bytes, ...replies] = reply as [bytes: number, ...StreamReply[]];
    if (bytes > BYTES_PER_READ) this.#count = Math.max(10, Math.floor(this.#count / 2));
    else if (bytes < BYTES_PER_READ / 2) this.#count = Math.min(MOST_COUNT, this.#count * 2);
    for (const stream of streams) stream.full = false;
    if (replies.length === 0) return null;
    const now = Date.now();
    return replies.flatMap(([index, full, trimmed, last, ...fields]) => {
      const stream = streams[index - 1] as Stream;
      if (last === '') {
        this.#tiers.setAside(stream.queue, now);
        return [];
      }
      this.#tiers.noteNews(stream.queue, now);
      Object.assign(stream, { cursor: last, real: true, full: full === 1 });
      const events = this.#translator.translate(stream.queue, fields);
      return trimmed === 1 ? [{ type: 'gap' as const, at: Date.now() }, ...events] : events;
    });
  }

  #flags(stream: Stream, stale: boolean): string {
    const trimmedPossible = stream.real && (stale || stream.full);
    return `${trimmedPossible ? 'g' : stream.real ? 'r' : ''}${this.source.usesPriorities(stream.queue) ? 'p' : ''}`;
  }
}

async function within<T>(promise: Promise<T>, ms = 3_000): Promise<T> {
  const limit = new AbortController();
  const late = sleep(ms, undefined, { signal: limit.signal }).then(() => {
    throw new Error('Call timed out');
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    limit.abort();
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
