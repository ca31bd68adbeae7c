import { CodedError } from '@/lib/contracts/errors';
import { log } from '@/lib/log';
import { isNotable } from '@/lib/queues/health/decide-health';
import type { Lately } from '@/lib/queues/health/facts';
import type { Store } from '@/lib/store/store';
import { type FailingDetail, readFailing } from './read-failing';
import { type RecordedQueue, readRecorded } from './read-recorded';

/** One reading for all who watch, in the background; never while nobody asks for figures. */
export const RECORD_EVERY_MS = 5_000;
const DETAILS_EVERY_MS = 10_000;
/** A record further behind, or a reading older than this, tells nothing of now. */
const MOST_LAG_MS = 30_000;
/** Queues of which the usual and the cause are read: those of which most failed. */
const MOST_FAILING = 20;
const LIMIT_MS = 8_000;

interface Taken {
  /** The newest minute in which jobs were taken, and how many, as one text. */
  mark: string;
  at: number;
}

/** What the record says of the queues of one source lately. */
export class RecordWatch {
  #queues = new Map<string, RecordedQueue>();
  #details = new Map<string, FailingDetail>();
  #taken = new Map<string, Taken>();
  #since: number | null = null;
  #lagMs: number | null = null;
  #readAt = 0;
  #detailsAt = 0;
  #triedAt = 0;
  #reading: Promise<boolean> | null = null;

  constructor(
    private readonly store: Pick<Store, 'turn'>,
    private readonly source: string,
  ) {}

  /** Null: the record tells nothing of now. A queue that it never met had nothing taken and nothing ended. */
  of(queue: string, at: number): Lately | null {
    if (this.#lagMs === null || this.#lagMs > MOST_LAG_MS || at - this.#readAt > MOST_LAG_MS) return null;
    const recorded = this.#queues.get(queue);
    const detail = this.#details.get(queue);
    return {
      takenAt: this.#taken.get(queue)?.at ?? null,
      watchedSince: this.#since,
      ended: recorded?.ended ?? { jobs: 0, failed: 0 },
      usual: detail?.usual ?? null,
      failingSince: detail?.since ?? null,
      cause: detail?.cause ?? null,
    };
  }

  refresh(): Promise<boolean> {
    if (!this.#reading && Date.now() - this.#triedAt < RECORD_EVERY_MS) return Promise.resolve(false);
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #read(): Promise<boolean> {
    this.#triedAt = Date.now();
    try {
      const signal = AbortSignal.timeout(LIMIT_MS);
      await this.store.turn('figures', { caller: `health of ${this.source}`, signal }, async (reader) => {
        const now = Date.now();
        const read = await readRecorded(reader, this.source, now);
        const notable = [...read.queues.values()].filter(({ ended }) => isNotable(ended));
        const worst = notable.sort((a, b) => b.ended.failed - a.ended.failed).slice(0, MOST_FAILING);
        const isNew = worst.some(({ name }) => !this.#details.has(name));
        if (isNew || now - this.#detailsAt >= DETAILS_EVERY_MS) {
          this.#details = await readFailing(reader, this.source, worst, now);
          this.#detailsAt = now;
        }
        this.#queues = read.queues;
        this.#since = read.since;
        this.#lagMs = read.lagMs;
        this.#readAt = now;
        this.#noteTaken(now);
      });
      return true;
    } catch (error) {
      if (!(error instanceof CodedError)) log.debug({ err: error, source: this.source }, 'health not read');
      return false;
    }
  }

  /** The record counts by the minute: that a count has grown tells of the time since the last reading. */
  #noteTaken(now: number): void {
    const taken = new Map<string, Taken>();
    for (const { name, taken: newest } of this.#queues.values()) {
      if (!newest) continue;
      const mark = `${newest.minute} ${newest.jobs}`;
      const known = this.#taken.get(name);
      const first = Math.min(now, newest.minute + 60_000);
      taken.set(name, known?.mark === mark ? known : { mark, at: known ? now : first });
    }
    this.#taken = taken;
  }
}
