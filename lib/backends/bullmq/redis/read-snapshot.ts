import type { BrokerFigures, Snapshot } from '@/lib/backends/backend';
import { isRefusal } from '../broker-errors';
import type { RedisLink } from './link';
import { READ_FIGURES } from './scripts/snapshot';
import { type Known, newlyKnown, ODD_EVENTS_KEPT_MS, type QueueReply, take } from './take-figures';

/** Queues in one script: bounds how long it holds the broker (~1 ms). */
const QUEUES_PER_SCRIPT = 100;
/** A queue that shows no events is read again after this long, so that changes without an event show. */
const LOOK_AGAIN_MS = 4_000;
/** And at once after this: somebody asks seldom. */
const LOOK_AT_ONCE_MS = 15_000;
/** Broker commands for one snapshot, by which the extras are rationed when all queues are busy. */
const commandsFor = (queues: number) => 8 + queues * 6.6;
const FAILED_COUNT_BELIEVED_MS = 2_500;
/** The first look at a queue takes all there is to know. */
const FIRST_LOOK_COMMANDS = 8;

/** `readAt` of one that is to be read in full although its figures stand: 0 is of one that has none yet. */
const TOUCHED = 1;

/** Remembers what it read, so that a quiet queue costs the broker nothing. One for each source. */
export class SnapshotReader {
  #known = new Map<string, Known>();
  #running: Promise<Snapshot> | null = null;

  constructor(
    private readonly link: RedisLink,
    /** Queues whose keys may stand in one command: all, or those of one Cluster slot. */
    private readonly group: (queues: string[]) => string[][],
    /** Of queues one of which was refused, those that may be read. */
    private readonly sift: (queues: string[]) => Promise<string[]>,
  ) {}

  /** A change of ours: the queue is read in full at the next snapshot. */
  touch(queue: string): void {
    const known = this.#known.get(queue);
    if (known) Object.assign(known, { readAt: TOUCHED, extraAt: { m: 0, o: 0, e: 0 } });
  }

  /** A queue that holds or held prioritized jobs. */
  usesPriorities(queue: string): boolean {
    return this.#known.get(queue)?.priorities ?? false;
  }

  read(names: string[]): Promise<Snapshot> {
    this.#running ??= this.link
      .call(() => this.#read(names))
      .finally(() => {
        this.#running = null;
      });
    return this.#running;
  }

  async #read(names: string[]): Promise<Snapshot> {
    this.#forgetOthers(names);
    const now = Date.now();
    const due = this.#due(names, now);
    const chunks = this.group(names).flatMap((group) => chunk(group, QUEUES_PER_SCRIPT));
    await Promise.all(chunks.map((part) => this.#readPart(part, due, now)));
    const read = names.map((name) => this.#of(name)).filter(({ readAt }) => readAt > 0);
    return { at: Date.now(), queues: read.map((known) => age(known, Date.now())) };
  }

  /** One key that is refused refuses the whole command: the rest is read without it. */
  async #readPart(names: string[], due: ReadonlySet<string>, now: number): Promise<void> {
    try {
      await this.#readChunk(names, due, now);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const readable = await this.sift(names);
      if (readable.length === names.length) throw error;
      if (readable.length > 0) await this.#readChunk(readable, due, now);
    }
  }

  async #readChunk(names: string[], due: ReadonlySet<string>, now: number): Promise<void> {
    const queues = names.map((name) => this.#of(name)).sort((a, b) => stalest(a) - stalest(b));
    const fresh = queues.filter((known) => known.readAt <= TOUCHED).length;
    const allowance = Math.ceil(commandsFor(queues.length) + fresh * FIRST_LOOK_COMMANDS);
    const args = queues.flatMap((known) => [
      this.link.base(known.name),
      known.cursor,
      howToRead(known, due, now),
      known.markers === false ? known.used : `${known.used}k`,
      known.oldest?.addedAt ? `${known.oldest.addedAt} ${known.oldest.id}` : '',
      knownFailure(known, now),
      wantedExtras(known),
    ]);
    const keys = queues.map((known) => `${this.link.base(known.name)}events`);
    const [serverMs, ...replies] = (await this.link.script(READ_FIGURES, keys, [allowance, now, ...args])) as [
      string,
      ...QueueReply[],
    ];
    // Two milliseconds back: an event written in the very millisecond of the read must show in the next one.
    const cursor = `${Number(serverMs) - 2}-0`;
    for (const known of queues) known.cursor = cursor;
    for (const reply of replies) {
      const known = queues[reply[0] - 1];
      if (known) take(known, reply, now);
    }
  }

  /** Those never read, or not for very long, and of the rest the ones that were not read for long, a quarter at a time. */
  #due(names: string[], now: number): Set<string> {
    const old = names.map((name) => this.#of(name)).filter((known) => now - known.readAt >= LOOK_AGAIN_MS);
    const isLong = (known: Known) => now - known.readAt >= LOOK_AT_ONCE_MS;
    const rest = old.filter((known) => !isLong(known)).sort((a, b) => a.readAt - b.readAt);
    return new Set([...old.filter(isLong), ...rest.slice(0, Math.ceil(names.length / 4))].map((known) => known.name));
  }

  #forgetOthers(names: string[]): void {
    if (this.#known.size <= names.length && names.every((name) => this.#known.has(name))) return;
    const keep = new Set(names);
    for (const name of this.#known.keys()) if (!keep.has(name)) this.#known.delete(name);
  }

  #of(name: string): Known {
    let known = this.#known.get(name);
    if (!known) {
      known = newlyKnown(name);
      this.#known.set(name, known);
    }
    return known;
  }
}

/** '2': its events cannot be read, so that naming them would refuse the read of all; '1': whether it had an event or not. */
function howToRead({ name, eventless, oddEventsAt }: Known, due: ReadonlySet<string>, now: number): '0' | '1' | '2' {
  if (now - oddEventsAt < ODD_EVENTS_KEPT_MS) return '2';
  return due.has(name) || eventless ? '1' : '0';
}

const stalest = (known: Known) => Math.min(known.extraAt.m, known.extraAt.o, known.extraAt.e);

function wantedExtras({ extraAt }: Known): string {
  return (['e', 'o', 'm'] as const).toSorted((a, b) => extraAt[a] - extraAt[b]).join('');
}

/** A queue that keeps only its last failures has always the same count: that is believed for a short while only. */
function knownFailure({ failure }: Known, now: number): string {
  if (failure === null) return '';
  const count = now - failure.readAt < FAILED_COUNT_BELIEVED_MS ? failure.count : 0;
  return `${count} ${failure.score} ${failure.id}`;
}

function age({ figures, oldest }: Known, now: number): BrokerFigures {
  const { waiting, prioritized } = figures.counts;
  const addedAt = oldest?.addedAt ?? null;
  const isEmpty = waiting === 0 && prioritized === 0;
  return { ...figures, oldestWaitingMs: isEmpty ? 0 : addedAt === null ? null : Math.max(0, now - addedAt) };
}

function chunk<T>(items: T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let i = 0; i < items.length; i += size) parts.push(items.slice(i, i + size));
  return parts;
}
