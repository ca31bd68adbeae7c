import type { BrokerFigures, Snapshot } from '@/lib/backends/backend';
import { firstErrorLine, toIso } from '../job-shape';
import type { RedisLink } from './link';
import { READ_FIGURES } from './scripts/snapshot';

/** Queues in one script: bounds how long it holds the broker (~1 ms). */
const QUEUES_PER_SCRIPT = 100;
/** A queue that shows no events is read again after this long, so that changes without an event show. */
const LOOK_AGAIN_MS = 4_000;
/** Broker commands for one snapshot, by which the extras are rationed when all queues are busy. */
const commandsFor = (queues: number) => 8 + queues * 6.6;
const FAILED_COUNT_BELIEVED_MS = 2_500;
/** The first look at a queue takes all there is to know. */
const FIRST_LOOK_COMMANDS = 8;

const LETTERS = ['d', 'p', 'w', 'l', 'c', 'f'] as const;

interface Known {
  name: string;
  cursor: string;
  readAt: number;
  used: string;
  priorities: boolean;
  /** Times of the last look at meta, oldest waiting and newest failure; 0 = never. */
  extraAt: { m: number; o: number; e: number };
  eventless: boolean;
  oldest: { id: string; addedAt: number | null } | null;
  failure: { id: string; score: string; count: number; readAt: number } | null;
  figures: BrokerFigures;
}

type QueueReply = [index: number, ...counts: number[]] & { [index: number]: unknown };

/** Remembers what it read, so that a quiet queue costs the broker nothing. One for each source. */
export class SnapshotReader {
  #known = new Map<string, Known>();
  #running: Promise<Snapshot> | null = null;

  constructor(
    private readonly link: RedisLink,
    /** Queues whose keys may stand in one command: all, or those of one Cluster slot. */
    private readonly group: (queues: string[]) => string[][],
  ) {}

  /** A change of ours: the queue is read in full at the next snapshot. */
  touch(queue: string): void {
    const known = this.#known.get(queue);
    if (known) Object.assign(known, { readAt: 0, extraAt: { m: 0, o: 0, e: 0 } });
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
    await Promise.all(chunks.map((part) => this.#readChunk(part, due, now)));
    return { at: Date.now(), queues: names.map((name) => age(this.#of(name), Date.now())) };
  }

  async #readChunk(names: string[], due: ReadonlySet<string>, now: number): Promise<void> {
    const queues = names.map((name) => this.#of(name)).sort((a, b) => stalest(a) - stalest(b));
    const fresh = queues.filter((known) => known.readAt === 0).length;
    const allowance = Math.ceil(commandsFor(queues.length) + fresh * FIRST_LOOK_COMMANDS);
    const args = queues.flatMap((known) => [
      this.link.base(known.name),
      known.cursor,
      due.has(known.name) || known.eventless ? '1' : '0',
      known.used,
      known.oldest?.addedAt ? known.oldest.id : '',
      knownFailure(known, now),
      wantedExtras(known),
    ]);
    const keys = queues.map((known) => `${this.link.base(known.name)}events`);
    const [serverMs, ...replies] = (await this.link.script(READ_FIGURES, keys, [allowance, ...args])) as [
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

  /** Those never read, and of the rest the ones that were not read for long, a quarter at a time. */
  #due(names: string[], now: number): Set<string> {
    const old = names.map((name) => this.#of(name)).filter((known) => now - known.readAt >= LOOK_AGAIN_MS);
    const fresh = old.filter((known) => known.readAt === 0);
    const rest = old.filter((known) => known.readAt > 0).sort((a, b) => a.readAt - b.readAt);
    return new Set([...fresh, ...rest.slice(0, Math.ceil(names.length / 4))].map((known) => known.name));
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

function newlyKnown(name: string): Known {
  return {
    name,
    cursor: '0-0',
    readAt: 0,
    used: '',
    priorities: false,
    extraAt: { m: 0, o: 0, e: 0 },
    eventless: false,
    oldest: null,
    failure: null,
    figures: {
      name,
      counts: { waiting: 0, active: 0, delayed: 0, prioritized: 0, 'waiting-children': 0, completed: 0, failed: 0 },
      countsAtLeast: [],
      paused: false,
      oldestWaitingMs: 0,
      concurrency: null,
      rateLimit: null,
      lastError: null,
    },
  };
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

function take(known: Known, reply: QueueReply, now: number): void {
  const [, wait = 0, active = 0, delayed = 0, prioritized = 0, children = 0, paused = 0, completed = 0, failed = 0] =
    reply;
  const sizes = [delayed, prioritized, children, paused, completed, failed];
  known.readAt = now;
  known.used = LETTERS.filter((_, i) => (sizes[i] ?? 0) > 0).join('');
  known.priorities ||= prioritized > 0;
  known.figures.counts = {
    waiting: wait + paused,
    active,
    delayed,
    prioritized,
    'waiting-children': children,
    completed,
    failed,
  };
  takeMeta(known, reply[9], now);
  takeOldest(known, reply[10], wait + paused, now);
  takeFailure(known, reply[11], failed, now);
}

function takeMeta(known: Known, meta: unknown, now: number): void {
  if (!Array.isArray(meta)) return;
  const [paused, concurrency, max, duration, eventsKept] = meta as string[];
  known.extraAt.m = now;
  known.eventless = eventsKept === '0';
  known.figures.paused = paused !== '';
  known.figures.concurrency = Number(concurrency) || null;
  known.figures.rateLimit = Number(max) && Number(duration) ? { max: Number(max), durationMs: Number(duration) } : null;
}

function takeOldest(known: Known, oldest: unknown, waiting: number, now: number): void {
  if (waiting === 0) {
    known.oldest = null;
    known.extraAt.o = now;
    return;
  }
  if (!Array.isArray(oldest)) return;
  const [id, addedAt] = oldest as [string, string];
  known.extraAt.o = now;
  if (addedAt === '' && known.oldest?.id === id) return;
  known.oldest = { id, addedAt: Number(addedAt) || null };
}

function takeFailure(known: Known, error: unknown, failed: number, now: number): void {
  if (failed === 0) {
    known.failure = null;
    known.figures.lastError = null;
    known.extraAt.e = now;
    return;
  }
  if (!Array.isArray(error)) return;
  known.extraAt.e = now;
  if (error.length === 0) return;
  const [id, score, text] = error as [string, string, string];
  const same = known.failure?.id === id && known.failure.score === score;
  known.failure = { id, score, count: failed, readAt: now };
  if (same) return;
  const at = toIso(Number(score));
  known.figures.lastError = at ? { message: firstErrorLine(text) ?? '', at } : null;
}

function age({ figures, oldest }: Known, now: number): BrokerFigures {
  const waiting = figures.counts.waiting ?? 0;
  const addedAt = oldest?.addedAt ?? null;
  return { ...figures, oldestWaitingMs: waiting === 0 ? 0 : addedAt === null ? null : Math.max(0, now - addedAt) };
}

function chunk<T>(items: T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let i = 0; i < items.length; i += size) parts.push(items.slice(i, i + size));
  return parts;
}
