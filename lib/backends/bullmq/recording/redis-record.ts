import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordBatch, RecordCursor, RecordGap, RecordOptions } from '@/lib/backends/recording';
import type { RedisClient } from '../redis/connect';
import type { RedisLink } from '../redis/link';
import { breathAfter } from './breath';
import type { CostMeter } from './meter';
import { isAfter, type StreamEntry, toRecordedEvent, weighEntry } from './redis-events';
import type { RedisFieldReader } from './redis-fields';
import { runAll } from './run-all';
import { wishesOf } from './wishes';

/** The cursor's own entry: since when everything is read. No queue has that name. */
const SINCE = '';
const WAIT_MS = 1_000;
/** On Cluster one connection cannot wait on many slots: asked in turn. */
const POLL_MS = 250;
const EVENTS_PER_READ = 3_000;
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

/**
 * Reads all queues' `:events` STREAMs from a cursor by one XREAD, which waits for the first news itself, and then what the jobs of
 * those events are. State: waiting (XREAD BLOCK) → read → a breath → waiting, or at once again while there is more.
 */
export class RedisRecord {
  #cursor: RecordCursor;
  #breathMs = 0;
  #more = false;
  /** How many entries of one stream to ask for, by what they weighed last. */
  #count = 500;
  /** Streams whose beginning may have been trimmed past the cursor. */
  #suspects: Set<string> | 'all' = 'all';

  constructor(
    private readonly source: RecordSource,
    cursor: RecordCursor | null,
    private readonly options: RecordOptions,
  ) {
    this.#cursor = { ...cursor };
  }

  /** After an outage anything may have been trimmed. */
  suspectAll(): void {
    this.#suspects = 'all';
  }

  async next(): Promise<RecordBatch> {
    this.#cursor[SINCE] ??= await this.#clock();
    const waitMs = Math.min(WAIT_MS, this.options.waitMs?.() ?? WAIT_MS);
    if (this.#breathMs > 0 && waitMs > 0) await pause(Math.min(this.#breathMs, waitMs), this.options.signal);
    const queues = await this.#join();
    const before = new Map(queues.map((queue) => [queue, this.#cursor[queue] ?? '0-0']));
    const read = await this.#read(queues, this.#more ? 0 : waitMs);
    const gaps = await this.#findGaps(queues, before, read);
    const events = [...read].flatMap(([queue, entries]) =>
      entries.flatMap((entry) => toRecordedEvent(queue, entry) ?? []),
    );
    const fields = await this.source.fields.read(wishesOf(events, this.options.isKnown ?? (() => false)));
    for (const [queue, entries] of read) this.#cursor[queue] = entries.at(-1)?.[0] ?? before.get(queue) ?? '0-0';
    this.#adapt(read);
    this.#breathMs = this.#more ? 0 : breathAfter(events.length);
    return {
      events,
      fields: fields.flatMap((one) => one ?? []),
      cursor: { ...this.#cursor },
      gaps,
      more: this.#more,
      lagMs: this.#more ? Math.max(0, Date.now() - Math.max(0, ...events.map(({ at }) => at))) : 0,
    };
  }

  async #clock(): Promise<string> {
    const [seconds, micros] = (await this.source.link.call(() => this.source.link.reads.time())) as unknown as string[];
    return `${Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)}-0`;
  }

  async #join(): Promise<string[]> {
    const names = new Set(await this.source.queueNames());
    for (const queue of names) this.#cursor[queue] ??= this.#cursor[SINCE] ?? '0-0';
    // One that was read before is read on, though nothing tells of it just now; one of that name that comes again, too.
    for (const queue of Object.keys(this.#cursor)) if (queue !== SINCE) names.add(queue);
    return [...names];
  }

  async #read(queues: string[], waitMs: number): Promise<Map<string, StreamEntry[]>> {
    const { link, meter, group } = this.source;
    const found = new Map<string, StreamEntry[]>();
    const groups = group(queues);
    const count = Math.max(10, Math.min(this.#count, Math.ceil(EVENTS_PER_READ / Math.max(1, queues.length))));
    this.#more = false;
    for (const some of groups) {
      const byKey = new Map(some.map((queue) => [`${link.base(queue)}events`, queue]));
      const cursors = some.map((queue) => this.#cursor[queue] ?? '0-0');
      const reply = await this.#xread(count, groups.length === 1 ? waitMs : 0, [...byKey.keys()], cursors);
      meter.add('xread', 1, [[...byKey.keys()], cursors], reply);
      for (const [key, entries] of reply ?? []) {
        found.set(byKey.get(key) ?? '', entries);
        if (entries.length >= count) this.#more = true;
      }
    }
    if (groups.length !== 1 && found.size === 0 && waitMs > 0)
      await pause(Math.min(waitMs, groups.length === 0 ? waitMs : POLL_MS), this.options.signal);
    return found;
  }

  async #xread(count: number, waitMs: number, keys: string[], cursors: string[]): Promise<Reply> {
    const { client, link } = this.source;
    const limit = new AbortController();
    const late = sleep(waitMs + ANSWER_LIMIT_MS, undefined, { signal: limit.signal }).then(() => {
      throw new Error('Call timed out');
    });
    late.catch(() => undefined);
    const block = waitMs > 0 ? ['BLOCK', waitMs] : [];
    try {
      const asked = client.call('XREAD', 'COUNT', count, ...block, 'STREAMS', ...keys, ...cursors) as Promise<Reply>;
      return await Promise.race([asked, late]);
    } catch (error) {
      // What still waits would answer in the place of a later command.
      if (client !== link.reads && !this.options.signal.aborted) client.disconnect(true);
      throw error;
    } finally {
      limit.abort();
    }
  }

  /** Streams that begin after the cursor they were read from: something between may never have been read. */
  async #findGaps(
    queues: string[],
    before: ReadonlyMap<string, string>,
    read: ReadonlyMap<string, StreamEntry[]>,
  ): Promise<RecordGap[]> {
    const suspects = this.#suspects === 'all' ? queues : [...this.#suspects];
    // A cursor that is the beginning of the record itself was never an entry: nothing can have been trimmed before it.
    const asked = suspects.filter((queue) => (before.get(queue) ?? '0-0') !== this.#cursor[SINCE]);
    this.#suspects = new Set([...read].flatMap(([queue, { length }]) => (length >= this.#count ? [queue] : [])));
    if (asked.length === 0) return [];
    const { link, meter } = this.source;
    const replies = await link.call(() =>
      runAll(
        link,
        asked.map((queue) => ['xrange', `${link.base(queue)}events`, '-', '+', 'COUNT', 1]),
      ),
    );
    meter.add('xrange', asked.length, null, null);
    return asked.flatMap((queue, i) => {
      const [, entries] = replies[i] ?? [null, null];
      const first = (entries as StreamEntry[] | null)?.[0]?.[0];
      const from = before.get(queue) ?? '0-0';
      if (first === undefined || !isAfter(first, from)) return [];
      return [{ queue, fromMs: Number(from.split('-')[0]) || null, toMs: Number(first.split('-')[0]) }];
    });
  }

  #adapt(read: ReadonlyMap<string, StreamEntry[]>): void {
    let bytes = 0;
    for (const entries of read.values()) for (const entry of entries) bytes += weighEntry(entry);
    if (bytes > BYTES_PER_READ) this.#count = Math.max(10, Math.floor(this.#count / 2));
    else if (this.#more && bytes < BYTES_PER_READ / 2) this.#count = Math.min(EVENTS_PER_READ, this.#count * 2);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
