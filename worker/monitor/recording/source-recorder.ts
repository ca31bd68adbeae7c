import type pg from 'pg';
import type { QueueBackend } from '@/lib/backends/backend';
import type { RecordBatch, RecordingMethods } from '@/lib/backends/recording';
import { log } from '@/lib/log';
import { nameGroupsAgain } from '@/lib/store/failures/name-again';
import { endPauseNotes } from '@/lib/store/pause-notes';
import { closeOlder } from '@/lib/store/recording/close-older';
import { healGaps, insertGaps } from '@/lib/store/recording/gaps';
import type { PendingGap } from '@/lib/store/recording/marks';
import { insertSetAside } from '@/lib/store/recording/set-aside';
import type { Store } from '@/lib/store/store';
import { applyEvents } from './apply-events';
import { CostRate } from './cost-rate';
import type { Group } from './findings';
import { gapsOf, setAsideOf } from './gap-rows';
import type { Scope } from './job-scope';
import { type Backfill, DeposedError, type Held, type LeaseNote, readBase, renewLease } from './lease';
import { Ledger } from './ledger';
import { Marks } from './marks';
import { Memory } from './memory';
import { Reconciler } from './reconcile';
import { findRefused, isRefusedByStore, RefusedJobs } from './refused-jobs';
import { BatchStore } from './store-batch';
import { type Taken, takeGroup } from './take-group';

/** So many batches in a row that cannot be written are no outage any more. */
const LOUD_AFTER = 5;

export interface RecorderOptions {
  store: Store;
  backend: QueueBackend;
  recording: RecordingMethods;
  held: Held;
  signal: AbortSignal;
  versionOf: (worker: string) => string;
  /** How long jobs are kept: what ended longer ago is not read of the broker. */
  keepMs: number;
  reconcileEveryMs?: number;
}

/** What a batch says besides its jobs. */
interface Beside {
  batch: RecordBatch;
  group: Group | null;
  taken: Taken;
  note: LeaseNote;
}

/**
 * Records one source under one lease, until the signal aborts or another process takes over (DeposedError).
 *
 * reading a batch → applied to records in memory → written with figures, failures and the cursor in one transaction → next.
 * A job that the store refuses is set aside, and told as a gap. A transaction that fails otherwise: memory is forgotten and reading begins
 * again at the stored cursor, so that nothing counts twice.
 * Beside it a Reconciler compares with what the broker holds; what it finds is written with the next batch that is up to now.
 */
export class SourceRecorder {
  readonly #memory = new Memory();
  readonly #refused = new RefusedJobs();
  readonly #batches: BatchStore;
  readonly #marks: Marks;
  readonly #cost: CostRate;
  #reconciler: Reconciler | null = null;
  #backfill: Backfill | null = null;
  /** Gaps whose rows stand or fall with the batch that is being written. */
  #unsaved = new Set<PendingGap>();
  /** Batches in a row that were not written. */
  #failures = 0;

  constructor(private readonly options: RecorderOptions) {
    const { store, backend, versionOf, recording } = options;
    this.#batches = new BatchStore(store, backend.name, versionOf);
    this.#marks = new Marks(store, backend.name);
    this.#cost = new CostRate(() => recording.cost());
  }

  async run(): Promise<void> {
    const { signal, held } = this.options;
    while (!signal.aborted) {
      try {
        const reconciler = this.#reconciler ?? (await this.#begin(held.base));
        await this.#record(reconciler);
      } catch (error) {
        if (error instanceof DeposedError || signal.aborted) throw error;
        this.#failures += 1;
        const level = this.#failures === LOUD_AFTER ? 'warn' : 'debug';
        log[level](
          { err: (error as Error).message, source: this.options.backend.name },
          'a batch of the record was not written',
        );
        await this.#startOver();
      }
    }
  }

  async #begin(base: string | null): Promise<Reconciler> {
    const { store, backend, recording, held, reconcileEveryMs = 600_000, keepMs } = this.options;
    await this.#marks.load(base);
    await this.#nameGroups();
    const { reconciledAt } = held;
    const options = { store, backend, recording, marks: this.#marks, reconciledAt, everyMs: reconcileEveryMs, keepMs };
    this.#reconciler = new Reconciler(options);
    return this.#reconciler;
  }

  /** Of groups that keep their old names new ones are made: no reason to record nothing. */
  async #nameGroups(): Promise<void> {
    const { store, backend, signal } = this.options;
    try {
      const groups = await nameGroupsAgain(store, backend.name, signal);
      if (groups > 0) log.info({ source: backend.name, groups }, 'groups of failures were named by newer rules');
    } catch (error) {
      log.warn(
        { err: (error as Error).message, source: backend.name },
        'groups of failures keep the names of older rules',
      );
    }
  }

  /** Reads the store's own word of how far it is, as soon as it answers; throws DeposedError when it is another's by now. */
  async #startOver(): Promise<void> {
    const { store, backend, held, signal } = this.options;
    this.#memory.forget();
    this.#batches.forget();
    for (let waitMs = 100; !signal.aborted; waitMs = Math.min(waitMs * 2, 2_000)) {
      await new Promise((done) => setTimeout(done, waitMs));
      try {
        await this.#marks.load(await readBase(store, backend.name, held.epoch));
        this.#reconciler?.startOver();
        return;
      } catch (error) {
        if (error instanceof DeposedError) throw error;
      }
    }
  }

  async #record(reconciler: Reconciler): Promise<void> {
    const { recording, signal } = this.options;
    const reading = new AbortController();
    const both = AbortSignal.any([signal, reading.signal]);
    const batches = recording.record(this.#marks.cursor, {
      signal: both,
      isKnown: (queue, id) => this.#memory.has(queue, id),
      waitMs: () => reconciler.patienceMs,
      mustRead: () => reconciler.queues,
    });
    try {
      for await (const batch of batches) {
        await this.#take(batch, reconciler);
        reconciler.step(both);
      }
    } finally {
      reading.abort();
      await reconciler.settled();
    }
  }

  async #take(batch: RecordBatch, reconciler: Reconciler): Promise<void> {
    const { store, backend } = this.options;
    const ledger = new Ledger();
    const memory = this.#memory;
    const marks = this.#marks;
    const scope = { store, source: backend.name, memory, ledger, marks, refused: this.#refused };
    await applyEvents(batch, scope);
    // As of before this batch: its ids come after the gaps.
    reconciler.noteGaps(batch.gaps);
    reconciler.noteBatch(batch, ledger);
    this.#marks.moveCursor(batch.cursor);
    this.#marks.noteIds(batch.events);
    this.#marks.forgetAbsent(reconciler.followed, (queue) => reconciler.isDoneWith(queue), Date.now());
    const group = batch.more ? null : reconciler.ready;
    const { followed } = reconciler;
    const taken: Taken = group
      ? await takeGroup(group, { ...scope, batches: this.#batches, followed })
      : { queueNotes: [], healed: [], setAside: [], older: [] };
    const progress = group ? reconciler.progressAfter(group) : null;
    if (progress) this.#backfill = progress.backfill;
    const note = {
      base: this.#marks.base,
      backfill: this.#backfill,
      lagMs: batch.lagMs,
      seenUntil: batch.more ? (batch.events.at(-1)?.at ?? null) : Date.now(),
      reconciledAt: progress?.reconciledAt ?? null,
      cost: this.#cost.read(ledger.notes),
    };
    const written = await this.#write(ledger, { batch, group, taken, note }, scope);
    this.#failures = 0;
    this.#unsaved.clear();
    this.#marks.written();
    this.#refused.told();
    memory.written(written.touched);
    if (group) reconciler.written(group, note.reconciledAt);
  }

  /** All of a batch, but for the jobs that the store does not take. */
  async #write(ledger: Ledger, beside: Beside, scope: Scope): Promise<Ledger> {
    const { queueNotes } = beside.taken;
    const some = this.#refused.without(ledger);
    try {
      await this.#batches.write(some, queueNotes, (client) => this.#writeBeside(client, beside));
      return some;
    } catch (error) {
      if (!isRefusedByStore(error)) throw error;
      this.#batches.forget();
      const found = await findRefused(some, (part) => this.#batches.try(part));
      if (found.length === 0) throw error;
      for (const job of found) this.#refused.add(job, scope);
      log.warn(
        { err: error.message, source: this.options.backend.name, jobs: found.length },
        'jobs that the store does not take are set aside',
      );
    }
    const rest = this.#refused.without(ledger);
    await this.#batches.write(rest, queueNotes, (client) => this.#writeBeside(client, beside));
    return rest;
  }

  async #writeBeside(client: pg.PoolClient, { batch, taken, note }: Beside): Promise<void> {
    const { backend, held } = this.options;
    const { name } = backend;
    await renewLease(client, name, held.epoch, note);
    await endPauseNotes(client, name, batch);
    const pending = [...this.#marks.gaps()].filter(({ gap }) => gap.row === null || this.#unsaved.has(gap));
    const refused = this.#refused.fresh;
    const rows = await insertGaps(client, name, gapsOf(pending, refused));
    for (const [i, { queue, gap }] of pending.entries()) {
      gap.row = rows[i] ?? null;
      this.#unsaved.add(gap);
      this.#marks.set(queue, { gap });
    }
    await healGaps(client, taken.healed);
    await closeOlder(client, name, taken.older);
    await insertSetAside(client, name, setAsideOf({ odd: batch.odd, compared: taken.setAside, refused }));
    await this.#marks.write(client);
  }
}
