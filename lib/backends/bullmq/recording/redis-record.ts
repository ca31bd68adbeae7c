import { setTimeout as sleep } from 'node:timers/promises';
import type { OddQueue, RecordBatch, RecordCursor, RecordGap, RecordOptions } from '@/lib/backends/recording';
import { isRefusal, isWrongType } from '../broker-errors';
import type { RedisClient } from '../redis/connect';
import type { RedisLink } from '../redis/link';
import { describeFault } from '../redis/oddities';
import { breathAfter } from './breath';
import type { CostMeter } from './meter';
import { type StreamEntry, toRecordedEvent, toResumed, weighEntry } from './redis-events';
import type { RedisFieldReader } from './redis-fields';
import { RedisPlaces } from './redis-places';
import { findCuts, findGone, findOdd } from './stream-checks';
import { wishesOf } from './wishes';

const WAIT_MS = 1_000;
/** While streams beyond those that are waited for are asked in turn; and on Cluster, where one connection cannot wait on many slots. */
const POLL_MS = 250;
const EVENTS_PER_READ = 3_000;
/** As long as it is not known what they weigh. */
const FIRST_COUNT = 500;
/** What one read could bring at the very most, were every stream full of news. */
const EVENTS_AT_MOST = 6_000;
/** A stream is asked for so many at least: whoever has them had one job's whole life. */
const LEAST_COUNT = 4;
/** Of streams that had more than was asked for: each brings ten entries at least. */
const FULL_AT_ONCE = EVENTS_AT_MOST / 10;
const BYTES_PER_READ = 1_048_576;
const ANSWER_LIMIT_MS = 3_000;

export interface RecordSource {
  link: RedisLink;
  client: RedisClient;
  fields: RedisFieldReader;
  meter: CostMeter;
  queueNames(): Promise<string[]>;
  group(queues: string[]): string[][];
}

type Reply = [key: string, entries: StreamEntry[]][] | null;
type Read = Map<string, StreamEntry[]>;

/**
 * Reads all queues' `:events` STREAMs from a cursor by one XREAD, which waits for the first news itself, and then what the jobs of
 * those events are. State: waiting (XREAD BLOCK) → read → a breath → waiting, or at once again while there is more.
 *
 * With each read: was anything cut between the cursor and the first entry that came? The stream's own first id tells. Every few seconds:
 * is a stream gone that was read?
 */
export class RedisRecord {
  readonly #places: RedisPlaces;
  #breathMs = 0;
  /** Streams that had more than was asked for. */
  #full: string[] = [];
  /** How many had news in the last read; and how many entries to ask for at most, by what they weighed. */
  #busy = 1;
  #count = FIRST_COUNT;
  /** After an outage anything may have been cut or removed, also where nothing comes any more. */
  #suspectsAll = true;
  #odd: OddQueue[] = [];
  #idleSince: number | null = null;

  constructor(
    private readonly source: RecordSource,
    cursor: RecordCursor | null,
    private readonly options: RecordOptions,
  ) {
    this.#places = new RedisPlaces(cursor);
  }

  suspectAll(): void {
    this.#suspectsAll = true;
  }

  /** While nothing may be read: that the record goes on, and how far behind it is. */
  idle(why: string): RecordBatch {
    this.#idleSince ??= Date.now();
    const odd = [{ queue: '', why }];
    const lagMs = Date.now() - this.#idleSince;
    const { names: queues } = this.#places;
    const cursor = this.#places.takeChange();
    return { events: [], resumed: [], fields: [], cursor, queues, gaps: [], odd, more: true, lagMs };
  }

  async next(): Promise<RecordBatch> {
    const { signal, waitMs: askWait, isKnown = () => false } = this.options;
    if (this.#places.base === null) this.#places.begin(await this.#clock());
    const hadMore = this.#full.length > 0;
    const waitMs = hadMore ? 0 : Math.min(WAIT_MS, askWait?.() ?? WAIT_MS);
    if (this.#breathMs > 0 && waitMs > 0) await pause(Math.min(this.#breathMs, waitMs), signal);
    this.#places.join(await this.source.queueNames());
    const gone = await this.#findGone();
    const read = await this.#read(gone.length > 0 ? 0 : waitMs);
    const gaps = [...gone, ...(await this.#findCuts(read))];
    const nowMs = Date.now();
    this.#idleSince = null;
    const events = [...read].flatMap(([queue, entries]) =>
      entries.flatMap((entry) => toRecordedEvent(queue, entry, nowMs) ?? []),
    );
    const fields = await this.source.fields.read(wishesOf(events, isKnown));
    for (const [queue, entries] of read) this.#places.read(queue, entries.at(-1)?.[0], nowMs);
    this.#adapt(read);
    const more = this.#full.length > 0;
    this.#breathMs = more ? 0 : breathAfter(events.length);
    return {
      events,
      resumed: [...read].flatMap(([queue, entries]) => toResumed(queue, entries, nowMs)),
      fields: fields.flatMap((one) => one ?? []),
      cursor: this.#places.takeChange(),
      queues: this.#places.names,
      gaps,
      odd: this.#odd.splice(0),
      more,
      lagMs: more ? Math.max(0, nowMs - Math.max(0, ...events.map(({ at }) => at))) : 0,
    };
  }

  async #clock(): Promise<string> {
    const { link } = this.source;
    try {
      const [seconds, micros] = (await link.reads.time()) as unknown as string[];
      return `${Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)}-0`;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      void link.rights.look();
      return `${Date.now()}-0`;
    }
  }

  async #read(waitMs: number): Promise<Read> {
    const now = Date.now();
    const { tiers } = this.#places;
    const full = new Set(this.#full);
    const must = (this.options.mustRead?.() ?? []).filter(
      (queue) => this.#places.has(queue) && !tiers.aside.includes(queue),
    );
    const hot = tiers.hot(now).filter((queue) => !full.has(queue));
    const waited = new Set(hot);
    const others = [...new Set([...tiers.coldSlice(now), ...must])].filter(
      (queue) => !full.has(queue) && !waited.has(queue),
    );
    const asked = this.#full.slice(0, FULL_AT_ONCE);
    this.#full = this.#full.slice(FULL_AT_ONCE);
    const found: Read = new Map();
    const each = Math.ceil(EVENTS_PER_READ / Math.max(1, this.#busy));
    if (asked.length > 0) await this.#ask(asked, Math.ceil(EVENTS_PER_READ / asked.length), 0, found);
    if (others.length > 0) await this.#ask(others, Math.min(each, EVENTS_AT_MOST / others.length), 0, found);
    const isQuiet = found.size === 0;
    const blockMs = tiers.hasCold ? Math.min(waitMs, POLL_MS) : waitMs;
    if (hot.length > 0) await this.#ask(hot, Math.min(each, EVENTS_AT_MOST / hot.length), isQuiet ? blockMs : 0, found);
    else if (isQuiet && blockMs > 0) await pause(blockMs, this.options.signal);
    this.#busy = found.size;
    return found;
  }

  /** One XREAD for each group that one command may name; what it brings is put into `found`. */
  async #ask(queues: string[], wanted: number, waitMs: number, found: Read): Promise<void> {
    const { link, meter, group } = this.source;
    const groups = group(queues);
    const count = Math.max(LEAST_COUNT, Math.min(this.#count, Math.floor(wanted)));
    const before = found.size;
    for (const some of groups) {
      const keys = some.map((queue) => `${link.base(queue)}events`);
      const cursors = some.map((queue) => this.#places.cursorOf(queue));
      const reply = await this.#xread(count, groups.length === 1 ? waitMs : 0, keys, cursors).catch((error: unknown) =>
        this.#setAside(some, error),
      );
      meter.add('xread', 1, [keys, cursors], reply);
      const byKey = new Map(keys.map((key, i) => [key, some[i] ?? '']));
      for (const [key, entries] of reply ?? []) {
        const queue = byKey.get(key) ?? '';
        found.set(queue, entries);
        if (entries.length >= count) this.#full.push(queue);
      }
    }
    if (groups.length > 1 && found.size === before && waitMs > 0)
      await pause(Math.min(waitMs, POLL_MS), this.options.signal);
  }

  /** One stream that cannot be read refuses the read of all: which it is, is found, and the others are read with the next batch. */
  async #setAside(queues: string[], error: unknown): Promise<null> {
    if (!isWrongType(error) && !isRefusal(error)) throw error;
    const odd = await findOdd(this.source.link, queues);
    if (odd.size === 0) throw error;
    for (const [queue, words] of odd) {
      this.#places.tiers.setAside(queue, Date.now());
      this.#odd.push({ queue, why: `The key of its events ${describeFault(words)}.` });
    }
    return null;
  }

  async #xread(count: number, waitMs: number, keys: string[], cursors: string[]): Promise<Reply> {
    const { client, link } = this.source;
    const limit = new AbortController();
    const late = sleep(waitMs + ANSWER_LIMIT_MS, undefined, { signal: limit.signal }).then(() => {
      throw new Error('Call timed out');
    });
    late.catch(() => undefined);
    const block = waitMs > 0 ? ['BLOCK', Math.ceil(waitMs)] : [];
    try {
      const asked = client.call('XREAD', 'COUNT', count, ...block, 'STREAMS', ...keys, ...cursors) as Promise<Reply>;
      return await Promise.race([asked, late]);
    } catch (error) {
      const isAnswer = isWrongType(error) || isRefusal(error);
      // What still waits would answer in the place of a later command.
      if (!isAnswer && client !== link.reads && !this.options.signal.aborted) client.disconnect(true);
      throw error;
    } finally {
      limit.abort();
    }
  }

  /** Streams of which something was cut that was never read: of those with news, and after an outage of all. */
  async #findCuts(read: Read): Promise<RecordGap[]> {
    const { link, meter } = this.source;
    const queues = this.#suspectsAll ? [...this.#places.all()] : [...read.keys()];
    const asked = queues.filter((queue) => !this.#places.tiers.aside.includes(queue));
    const cuts = await findCuts(link, meter, this.source.group, asked, (queue) => this.#places.placeOf(queue));
    this.#suspectsAll = false;
    return cuts;
  }

  /** Streams that were read and are not there any more. */
  async #findGone(): Promise<RecordGap[]> {
    const { link, meter, group } = this.source;
    const candidates = this.#places.dueForLook(Date.now(), this.#suspectsAll);
    if (candidates.length === 0) return [];
    const gone = await findGone(link, meter, group, candidates);
    return gone.map((queue) => this.#places.forget(queue, Date.now()));
  }

  #adapt(read: Read): void {
    let bytes = 0;
    for (const entries of read.values()) for (const entry of entries) bytes += weighEntry(entry);
    if (bytes > BYTES_PER_READ) this.#count = Math.max(10, Math.floor(this.#count / 2));
    else if (bytes < BYTES_PER_READ / 2) this.#count = Math.min(EVENTS_PER_READ, this.#count * 2);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
