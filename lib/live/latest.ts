import type { QueueFigures } from '@/lib/contracts/queues';
import type { Source } from '@/lib/contracts/sources';
import { OVERVIEW, queueChannel, sourceChannel } from '@/lib/live/topics';
import { figuresJson, type SourceFigures, type SourceWorkers } from '@/lib/queues/snapshot';

/** A queue's age of waiting moves with the clock: sent again only this often when nothing else changed. */
const AGE_EVERY_MS = 5_000;
/** Two readings of when the oldest wait began differ by this much at most (rounding, clocks). */
const SAME_SINCE_MS = 100;
/** A longer worker list is not sent live: it is read by pages. */
const MAX_WORKERS_CHARS = 256_000;

interface KnownQueue {
  figures: QueueFigures | null;
  /** What must differ for a change. */
  essence: string;
  sinceMs: number | null;
  seq: number;
  sentAt: number;
}

interface KnownSource {
  atMs: number | null;
  status: Source['status'];
  reason: string | null;
  statusSeq: number;
  queues: Map<string, KnownQueue>;
  workers: { text: string; essence: string; seq: number } | null;
}

/** Which of a source's queues are wanted: all, or these. */
export type Scope = 'all' | ReadonlySet<string>;

/**
 * The latest figures per queue, status per source and worker list per source, each with the sequence at which it last
 * changed: whatever a stream's cursor, what it must be told is what changed after it. Nothing here needs a history.
 */
export class Latest {
  #sources = new Map<string, KnownSource>();

  /** Takes one read; returns the channels in which something changed. */
  takeFigures(read: SourceFigures, nextSeq: () => number): string[] {
    const known = this.#of(read.source);
    const atMs = read.at ?? Date.now();
    const changed: string[] = [];
    if (known.status !== read.status || known.reason !== read.reason) {
      Object.assign(known, { status: read.status, reason: read.reason, statusSeq: nextSeq() });
      changed.push(OVERVIEW, sourceChannel(read.source));
    }
    known.atMs = read.at;
    const present = new Set<string>();
    for (const figures of read.queues) {
      present.add(figures.name);
      if (takeQueue(known.queues, figures, atMs, nextSeq)) changed.push(queueChannel(read.source, figures.name));
    }
    for (const [name, queue] of known.queues) {
      if (present.has(name)) continue;
      if (queue.figures) {
        known.queues.set(name, { ...queue, figures: null, essence: '', seq: nextSeq(), sentAt: atMs });
        changed.push(queueChannel(read.source, name));
      } else if (atMs - queue.sentAt > 120_000) known.queues.delete(name);
    }
    if (changed.length > 0) changed.push(OVERVIEW);
    return changed;
  }

  /** Takes a worker list; true when it changed. */
  takeWorkers(source: string, { at, workers }: SourceWorkers, nextSeq: () => number): boolean {
    if (at === null || workers === null) return false;
    const known = this.#of(source);
    const essence = JSON.stringify(workers);
    if (known.workers?.essence === essence) return false;
    const text = `{"at":"${toIso(at)}","source":${JSON.stringify(source)},"workers":${essence}}`;
    known.workers = { text, essence, seq: nextSeq() };
    return essence.length <= MAX_WORKERS_CHARS;
  }

  /** The data of a `counts` frame with what changed after `seq`; null when nothing did. */
  countsSince(source: string, scope: Scope, seq: number): string | null {
    const known = this.#of(source);
    const queues: string[] = [];
    const removed: string[] = [];
    for (const [name, queue] of wanted(known.queues, scope)) {
      if (queue.seq <= seq) continue;
      if (queue.figures) queues.push(figuresJson(queue.figures));
      else removed.push(JSON.stringify({ source, name }));
    }
    if (queues.length === 0 && removed.length === 0 && known.statusSeq <= seq) return null;
    const status = JSON.stringify({ name: source, status: known.status, reason: known.reason });
    const at = toIso(known.atMs ?? Date.now());
    return `{"at":"${at}","queues":[${queues.join(',')}],"removed":[${removed.join(',')}],"sources":[${status}]}`;
  }

  workersSince(source: string, seq: number): string | null {
    const { workers } = this.#of(source);
    return workers && workers.seq > seq && workers.essence.length <= MAX_WORKERS_CHARS ? workers.text : null;
  }

  #of(source: string): KnownSource {
    let known = this.#sources.get(source);
    if (!known) {
      known = { atMs: null, status: 'connecting', reason: null, statusSeq: 0, queues: new Map(), workers: null };
      this.#sources.set(source, known);
    }
    return known;
  }
}

function takeQueue(
  queues: Map<string, KnownQueue>,
  figures: QueueFigures,
  atMs: number,
  nextSeq: () => number,
): boolean {
  const known = queues.get(figures.name);
  if (known?.figures === figures) return false;
  const { oldestWaitingMs } = figures;
  const essence = JSON.stringify({ ...figures, oldestWaitingMs: 0 });
  const sinceMs = oldestWaitingMs ? atMs - oldestWaitingMs : null;
  if (known && known.essence === essence && isSameSince(known.sinceMs, sinceMs) && atMs - known.sentAt < AGE_EVERY_MS)
    return false;
  queues.set(figures.name, { figures, essence, sinceMs, seq: nextSeq(), sentAt: atMs });
  return true;
}

const isSameSince = (a: number | null, b: number | null) =>
  a === null || b === null ? a === b : Math.abs(a - b) <= SAME_SINCE_MS;

function* wanted(queues: Map<string, KnownQueue>, scope: Scope): Generator<[string, KnownQueue]> {
  if (scope === 'all') {
    yield* queues;
    return;
  }
  for (const name of scope) {
    const queue = queues.get(name);
    if (queue) yield [name, queue];
  }
}

const toIso = (ms: number) => new Date(ms).toISOString();
