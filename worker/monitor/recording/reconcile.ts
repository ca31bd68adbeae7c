import type { QueueBackend } from '@/lib/backends/backend';
import type { RecordBatch, RecordingMethods } from '@/lib/backends/recording';
import { log } from '@/lib/log';
import type { Store } from '@/lib/store/store';
import { compareQueue } from './compare-queue';
import type { Finding, QueueTask } from './findings';
import { type FoundGap, healCounts } from './heal-counts';
import type { PendingGap, RecorderProgress } from './lease';
import type { Ledger } from './ledger';
import { keyOf } from './memory';
import type { BatchStore, QueueNote } from './store-batch';
import { type Scope, takeMissingJobs, takeSweptJobs } from './take-found';

/** How far back of a gap or of the last comparison ended jobs are looked at. */
const MARGIN_MS = 60_000;
const RETRY_MS = 5_000;
/** Fewer are read before anybody could look. */
const SHOWN_BACKFILL = 1_000;

export interface ReconcilerOptions {
  store: Store;
  backend: QueueBackend;
  recording: RecordingMethods;
  batches: BatchStore;
  progress: () => RecorderProgress;
  reconciledAt: number | null;
  everyMs: number;
  /** Of the first comparison of a queue: what ended longer ago is not recorded any more. */
  keepMs: number;
}

export interface Found {
  queueNotes: QueueNote[];
  gaps: FoundGap[];
  progress: Partial<RecorderProgress>;
  reconciledAt: number | null;
  /** It is healed. */
  closed: PendingGap | null;
}

/** What was read of the broker, until it is taken. */
interface Held {
  finding: Finding;
  /** Jobs of which an event came since it began to be read. */
  touched: Set<string>;
  /** Of a gap: what ended since. */
  endings: RecordBatch['events'];
  /** The next batch begins after it. */
  isArmed: boolean;
}

/** Of a queue that is read for the first time the next finding is read while one is written. */
const READ_AHEAD = 2;

/**
 * Compares queues with what the broker holds, one after the other, beside the reading of events.
 *
 * A finding: being read → held → armed (the next batch begins after it) → taken with a batch that is up to now → written.
 * A job of which an event came meanwhile is left as the event says.
 */
export class Reconciler {
  #tasks: QueueTask[] = [];
  #work: AsyncGenerator<Finding> | null = null;
  #reading: (Omit<Held, 'finding' | 'isArmed'> & { done: Promise<void> }) | null = null;
  /** In the order in which they were read. */
  #held: Held[] = [];
  #seen = new Set<string>();
  #settled = 0;
  #reconciledAt: number;
  /** When the comparison that goes on was planned; null = none does. */
  #plannedAt: number | null = null;
  #retryAt = 0;
  #isFresh = true;
  #open = new Map<string, number>();
  /** Of many jobs that were there before: how far their reading is. */
  #backfill: NonNullable<RecorderProgress['backfill']> | null = null;

  constructor(private readonly options: ReconcilerOptions) {
    this.#reconciledAt = options.reconciledAt ?? 0;
    this.noteGaps(options.progress().gaps ?? []);
  }

  /** How long the next batch may wait for news, ms: what is held waits for a batch, and what is being read soon will. */
  get patienceMs(): number {
    if (this.#held.length > 0) return 0;
    // Without work it only looks whether there is any.
    return this.#reading && this.#work ? 50 : 1_000;
  }

  /** What was trimmed comes before everything else; a gap that is met again is the same. */
  noteGaps(gaps: readonly PendingGap[]): void {
    for (const gap of gaps) {
      const { queue, fromMs } = gap;
      const isKnown = [this.#current, ...this.#tasks].some(
        (task) => task?.queue === queue && task.gap?.fromMs === fromMs,
      );
      if (isKnown) continue;
      log.warn({ source: this.options.backend.name, queue }, 'events were trimmed before they were recorded');
      this.#tasks = this.#tasks.filter((task) => task.queue !== queue || task.why === 'gap');
      this.#tasks.unshift({ queue, why: 'gap', fromMs: fromMs === null ? null : fromMs - MARGIN_MS, gap });
    }
  }

  noteBatch({ events }: RecordBatch, ledger: Ledger): void {
    for (const { queue } of events) this.#seen.add(queue);
    const open = this.#reading ? [...this.#held, this.#reading] : this.#held;
    for (const { touched, endings } of open) {
      for (const { queue, id } of ledger.touched) touched.add(keyOf(queue, id));
      if (this.#current?.why === 'gap')
        endings.push(...events.filter(({ kind }) => kind === 'completed' || kind === 'failed'));
    }
  }

  /** Called between two batches: what is held may be taken with the next, or the next finding is read. */
  step(queues: readonly string[], signal: AbortSignal): void {
    for (const held of this.#held) held.isArmed = true;
    if (this.#reading || !this.#mayRead() || Date.now() < this.#retryAt) return;
    const since = { touched: new Set<string>(), endings: [] };
    const done = this.#read(queues, signal)
      .then((finding) => {
        if (finding) this.#held.push({ finding, ...since, isArmed: false });
      })
      .catch((error: Error) => {
        if (signal.aborted) return;
        log.debug({ err: error.message }, 'the record was not compared; tried again');
        this.#giveUp();
      })
      .finally(() => {
        this.#reading = null;
      });
    this.#reading = { ...since, done };
  }

  #mayRead(): boolean {
    const last = this.#held.at(-1)?.finding;
    if (last === undefined) return true;
    return this.#held.length < READ_AHEAD && last.kind === 'swept' && last.task.why === 'first';
  }

  async settled(): Promise<void> {
    await this.#reading?.done;
  }

  /** The batch that took it was not written: the queue is looked at once more. */
  dropFound(): void {
    this.#giveUp();
  }

  async takeFound(scope: Scope): Promise<Found | null> {
    const [held] = this.#held;
    if (!held?.isArmed) return null;
    const { finding, touched, endings } = held;
    const found: Found = { queueNotes: [], gaps: [], progress: {}, reconciledAt: null, closed: null };
    if (finding.kind === 'swept') {
      await takeSweptJobs(finding, touched, scope);
      if (this.#backfill && finding.task.why === 'first') {
        const done = this.#backfill.done + finding.swept;
        this.#backfill = { ...this.#backfill, queue: finding.task.queue, done };
        found.progress.backfill = this.#backfill;
      }
    }
    if (finding.kind === 'missing') this.#settled += await takeMissingJobs(finding, touched, scope);
    if (finding.kind === 'totals') {
      const settled = this.#settled;
      const { batches, store } = this.options;
      const healed = await healCounts({ finding, settled, batches, store, scope, endings });
      found.queueNotes.push(...healed.queueNotes);
      found.gaps.push(healed.gap);
    }
    if (finding.kind === 'done') this.#finish(finding.task, found);
    return found;
  }

  foundWritten(): void {
    this.#held.shift();
  }

  #current: QueueTask | null = null;

  async #read(queues: readonly string[], signal: AbortSignal): Promise<Finding | null> {
    if (!this.#work) {
      if (this.#tasks.length === 0) await this.#plan(queues);
      const task = this.#tasks.shift();
      if (!task) return null;
      this.#current = task;
      this.#settled = 0;
      const openInBroker = task.why === 'routine' ? (this.#open.get(task.queue) ?? 0) : null;
      const { store, backend, recording } = this.options;
      this.#work = compareQueue({ store, backend, recording, openInBroker, signal }, task);
    }
    const { value, done } = await this.#work.next();
    if (!done && !signal.aborted) return value;
    this.#work = null;
    return null;
  }

  #giveUp(): void {
    if (this.#current) this.#tasks.unshift(this.#current);
    this.#current = null;
    this.#work = null;
    this.#held = [];
    this.#retryAt = Date.now() + RETRY_MS;
  }

  /** Queues that were never compared; and after ten minutes those in which something happened, or all after a start. */
  async #plan(queues: readonly string[]): Promise<void> {
    const { progress, everyMs, keepMs } = this.options;
    const swept = new Set(progress().swept);
    const now = Date.now();
    const fresh = queues.filter((queue) => !swept.has(queue));
    if (fresh.length > 0) await this.#beginBackfill(new Set(fresh));
    for (const queue of fresh) this.#tasks.push({ queue, why: 'first', fromMs: now - keepMs, gap: null });
    if (now - this.#reconciledAt >= everyMs) {
      this.#plannedAt = now;
      await this.#readOpen();
      const fromMs = this.#reconciledAt === 0 ? now - everyMs : this.#reconciledAt - MARGIN_MS;
      for (const queue of queues)
        if (swept.has(queue) && (this.#isFresh || this.#seen.has(queue)))
          this.#tasks.push({ queue, why: 'routine', fromMs, gap: null });
      this.#isFresh = false;
      this.#seen.clear();
      // Nothing to compare: done with that.
      if (this.#tasks.length === 0) this.#reconciledAt = now;
    }
  }

  async #beginBackfill(queues: ReadonlySet<string>): Promise<void> {
    const { queues: all } = await this.options.backend.snapshot();
    let total = 0;
    for (const { name, counts } of all)
      if (queues.has(name)) for (const count of Object.values(counts)) total += count ?? 0;
    if (total >= SHOWN_BACKFILL) this.#backfill = { queue: null, done: 0, total, startedAt: Date.now() };
  }

  /** Of each queue how many jobs have not ended; one that was obliterated is not among them. */
  async #readOpen(): Promise<void> {
    const { queues } = await this.options.backend.snapshot();
    this.#open.clear();
    for (const { name, counts } of queues) {
      const open = [counts.waiting, counts.active, counts.delayed, counts.prioritized, counts['waiting-children']];
      this.#open.set(
        name,
        open.reduce<number>((sum, count) => sum + (count ?? 0), 0),
      );
    }
  }

  #finish(task: QueueTask, found: Found): void {
    const { progress } = this.options;
    this.#work = null;
    this.#current = null;
    found.closed = task.gap;
    if (task.why === 'first') found.progress.swept = [...new Set([...(progress().swept ?? []), task.queue])];
    if (task.why === 'routine' && this.#settled > 0) {
      const now = Date.now();
      found.queueNotes.push({ queue: task.queue, at: now, metric: 'unseen', times: this.#settled });
      const reason = 'jobs that were open in the record were gone from the broker';
      found.gaps.push({ queue: task.queue, fromMs: task.fromMs, toMs: now, unseen: this.#settled, reason });
    }
    if (this.#tasks.length > 0) return;
    found.progress.backfill = null;
    this.#backfill = null;
    if (this.#plannedAt === null) return;
    found.reconciledAt = this.#plannedAt;
    this.#reconciledAt = this.#plannedAt;
    this.#plannedAt = null;
  }
}
