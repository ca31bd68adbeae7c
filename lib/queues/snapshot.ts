import type { BrokerFigures, QueueBackend } from '@/lib/backends/backend';
import { CodedError } from '@/lib/contracts/errors';
import type { QueueFigures } from '@/lib/contracts/queues';
import type { Source } from '@/lib/contracts/sources';
import type { Worker } from '@/lib/contracts/workers';
import { log } from '@/lib/log';
import { HealthWatch } from '@/lib/queues/health/health-watch';
import { joinWorkers } from '@/lib/queues/join-workers';
import { ReadPacer } from '@/lib/queues/read-pacer';

/** Below the second that figures may be old, by what an answer takes. */
export const READ_EVERY_MS = 950;
export const WORKERS_EVERY_MS = 2000;
/** How long the very first answer waits for the worker list and the record. */
const FIRST_MS = 500;
/** How long a caller with figures of this second waits for newer ones on their way. */
const JOIN_MS = 250;
const AWAY_WAIT_MS = 500;

const sleep = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** All of a source's queues as of one read. While the broker is away: the last known, with their age and why. */
export interface SourceFigures {
  source: string;
  /** Epoch ms when the broker answered; null = it never has. */
  at: number | null;
  status: Source['status'];
  reason: string | null;
  /** Unchanged figures keep their identity from read to read. */
  queues: readonly QueueFigures[];
}

export interface SourceWorkers {
  at: number | null;
  /** null = could not be read yet. */
  workers: readonly Worker[] | null;
}

/**
 * THE shared read of one source: however many pages, requests and streams ask, the broker is asked once a second
 * (see ReadPacer), and for workers once in two seconds, in the background. Never rejects for a broker that is away.
 */
export class SharedSnapshot {
  readonly health = new HealthWatch();
  #figures: SourceFigures;
  #workers: SourceWorkers = { at: null, workers: null };
  #workersFailed = false;
  #broker: BrokerFigures[] = [];
  #pacer = new ReadPacer(READ_EVERY_MS, Date.now());
  #reading: Promise<void> | null = null;
  #readingWorkers: Promise<void> | null = null;
  #triedAt = 0;
  #triedWorkersAt = 0;
  #timer: NodeJS.Timeout | null = null;
  #readAgain = false;
  #listeners = new Set<(figures: SourceFigures) => void>();

  constructor(private readonly backend: QueueBackend) {
    this.#figures = { source: backend.name, at: null, status: 'connecting', reason: null, queues: [] };
  }

  /**
   * At most 1 s old while the broker answers, and newer than a change that was told by `readSoon` if its read has begun.
   * While the broker is away: a new attempt each second, and the last known when that has not answered in half a second.
   */
  async figures(): Promise<SourceFigures> {
    const isFirst = this.#triedWorkersAt === 0;
    const beside = Promise.all([this.#refreshWorkers(), this.#refreshHealth()]);
    if (this.#triedAt > 0 && this.#figures.status !== 'up') {
      if (Date.now() - this.#triedAt > READ_EVERY_MS) await Promise.race([this.#read(), sleep(AWAY_WAIT_MS)]);
      return this.#figures;
    }
    if (Date.now() - (this.#figures.at ?? 0) > READ_EVERY_MS) await this.#read();
    else if (this.#reading) await Promise.race([this.#reading, sleep(JOIN_MS)]);
    if (isFirst) await Promise.race([beside, sleep(FIRST_MS)]);
    return this.#figures;
  }

  /** The last known, whatever its age; nothing is read. */
  last(): SourceFigures {
    return this.#figures;
  }

  /** At most 2 s old while the broker answers, else the last known. */
  async workers(): Promise<SourceWorkers> {
    if (this.#workers.at !== null && this.#workersFailed)
      await Promise.race([this.#refreshWorkers(), sleep(AWAY_WAIT_MS)]);
    else await this.#refreshWorkers();
    return this.#workers;
  }

  lastWorkers(): SourceWorkers {
    return this.#workers;
  }

  /**
   * Something changed: reads after a quiet second, else when the second is over. Never loses the last change. `joinMs`: how
   * long more changes may join this one, so that a job which is added and taken costs one read.
   */
  readSoon(joinMs = 0): void {
    if (this.#reading) {
      this.#readAgain = true;
      return;
    }
    if (this.#timer && joinMs > 0) return;
    const waitMs = Math.max(joinMs, this.#pacer.waitMs(Date.now()));
    if (this.#timer && waitMs > 0) return;
    if (waitMs === 0) {
      void this.#read();
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#read();
    }, waitMs);
    this.#timer.unref();
  }

  /** Hears every read, also those that others asked for. */
  onRead(listener: (figures: SourceFigures) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = null;
      if (!this.#readAgain) return;
      this.#readAgain = false;
      this.readSoon();
    });
    return this.#reading;
  }

  async #readOnce(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#pacer.take(Date.now());
    void this.#refreshHealth();
    try {
      const { at, queues } = await this.backend.snapshot();
      this.#broker = queues;
      this.#publish({ at, status: 'up', reason: null });
    } catch (error) {
      this.#publish({ at: this.#figures.at, ...(await this.#explain(error)) });
    }
    this.#triedAt = Date.now();
  }

  async #explain(error: unknown): Promise<Pick<SourceFigures, 'status' | 'reason'>> {
    if (error instanceof CodedError && error.code === 'broker_unavailable')
      return { status: 'down', reason: error.detail };
    if (error instanceof CodedError && error.code === 'broker_refused')
      return { status: 'restricted', reason: error.detail };
    log.warn({ err: error, source: this.backend.name }, 'shared read failed');
    const facts = await this.backend.facts().catch(() => null);
    if (facts && facts.status !== 'up') return { status: facts.status, reason: facts.reason };
    return { status: 'down', reason: 'The figures could not be read; the server log has the cause.' };
  }

  #publish(next: Pick<SourceFigures, 'at' | 'status' | 'reason'>): void {
    const known = new Map(this.#figures.queues.map((queue) => [queue.name, queue]));
    const joined = joinWorkers(this.backend.name, this.#broker, this.#workers.workers);
    const judged = this.health.judgeAll(joined, next.at ?? Date.now());
    const queues = judged.map((queue) => keepIdentity(known.get(queue.name), queue));
    this.#figures = { source: this.backend.name, ...next, queues };
    for (const listener of this.#listeners) listener(this.#figures);
  }

  /** What stands beside the figures is newer than they are. */
  #judgeAgain(): void {
    const { at, status, reason } = this.#figures;
    if (status === 'up') this.#publish({ at, status, reason });
  }

  async #refreshHealth(): Promise<void> {
    if (await this.health.refresh()) this.#judgeAgain();
  }

  #refreshWorkers(): Promise<void> {
    const isFresh = Date.now() - this.#triedWorkersAt < WORKERS_EVERY_MS;
    if (isFresh && !this.#readingWorkers) return Promise.resolve();
    this.#readingWorkers ??= this.#readWorkers().finally(() => {
      this.#readingWorkers = null;
    });
    return this.#readingWorkers;
  }

  async #readWorkers(): Promise<void> {
    this.#triedWorkersAt = Date.now();
    try {
      const workers = await this.backend.listWorkers();
      this.#workers = { at: Date.now(), workers };
      this.#workersFailed = false;
      this.#judgeAgain();
    } catch (error) {
      this.#workersFailed = true;
      if (!(error instanceof CodedError)) log.warn({ err: error, source: this.backend.name }, 'workers not read');
    }
    this.#triedWorkersAt = Date.now();
  }
}

const TEXTS = new WeakMap<QueueFigures, string>();

/** The JSON of one queue's figures, made once per change however many answers carry it. */
export function figuresJson(figures: QueueFigures): string {
  let text = TEXTS.get(figures);
  if (text === undefined) {
    text = JSON.stringify(figures);
    TEXTS.set(figures, text);
  }
  return text;
}

function keepIdentity(known: QueueFigures | undefined, next: QueueFigures): QueueFigures {
  return known && figuresJson(known) === figuresJson(next) ? known : next;
}

const KEY = Symbol.for('queuedeck.snapshots');
const home = globalThis as { [KEY]?: WeakMap<QueueBackend, SharedSnapshot> };

/** The one snapshot of a backend, per process. */
export function sharedSnapshot(backend: QueueBackend): SharedSnapshot {
  home[KEY] ??= new WeakMap();
  let snapshot = home[KEY].get(backend);
  if (!snapshot) {
    snapshot = new SharedSnapshot(backend);
    home[KEY].set(backend, snapshot);
  }
  return snapshot;
}
