import type { QueueBackend } from '@/lib/backends/backend';
import type { RecordBatch, RecordCursor, RecordingMethods } from '@/lib/backends/recording';
import { log } from '@/lib/log';
import type { Store } from '@/lib/store/store';
import { applyEvents } from './apply-events';
import { CostRate } from './cost-rate';
import { DeposedError, type Held, type RecorderProgress, renewLease } from './lease';
import { Ledger } from './ledger';
import { Memory } from './memory';
import { Reconciler } from './reconcile';
import { BatchStore, type QueueNote } from './store-batch';

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

/**
 * Records one source under one lease, until the signal aborts or another process takes over (DeposedError).
 *
 * reading a batch → applied to records in memory → written with figures, failures and the cursor in one transaction → next.
 * A transaction that fails: memory is forgotten and reading begins again at the stored cursor, so that nothing counts twice.
 * Beside it a Reconciler compares with what the broker holds; what it finds is written with the next batch that is up to now.
 */
export class SourceRecorder {
  readonly #memory = new Memory();
  readonly #batches: BatchStore;
  readonly #reconciler: Reconciler;
  readonly #cost: CostRate;
  #cursor: RecordCursor | null;
  #progress: RecorderProgress;
  /** Batches in a row that were not written. */
  #failures = 0;

  constructor(private readonly options: RecorderOptions) {
    const { store, backend, held, versionOf, recording } = options;
    this.#batches = new BatchStore(store, backend.name, versionOf);
    this.#cursor = held.cursor;
    this.#progress = held.progress;
    this.#cost = new CostRate(() => recording.cost());
    this.#reconciler = new Reconciler({
      store,
      backend,
      recording,
      batches: this.#batches,
      progress: () => this.#progress,
      reconciledAt: held.reconciledAt,
      everyMs: options.reconcileEveryMs ?? 600_000,
      keepMs: options.keepMs,
    });
  }

  async run(): Promise<void> {
    const { signal } = this.options;
    while (!signal.aborted) {
      try {
        await this.#record();
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

  /** Reads the store's own word of how far it is, as soon as it answers; throws DeposedError when it is another's by now. */
  async #startOver(): Promise<void> {
    const { store, backend, held, signal } = this.options;
    this.#memory.forget();
    this.#batches.forget();
    this.#reconciler.dropFound();
    for (let waitMs = 100; !signal.aborted; waitMs = Math.min(waitMs * 2, 2_000)) {
      await new Promise((done) => setTimeout(done, waitMs));
      try {
        const [row] = await store.query<{
          epoch: string;
          cursor: RecordCursor | null;
          progress: RecorderProgress | null;
        }>('SELECT epoch, cursor, progress FROM queuedeck.recorder WHERE source = $1', [backend.name]);
        if (row?.epoch !== held.epoch) throw new DeposedError();
        this.#cursor = row.cursor;
        this.#progress = row.progress ?? {};
        return;
      } catch (error) {
        if (error instanceof DeposedError) throw error;
      }
    }
  }

  async #record(): Promise<void> {
    const { recording, signal } = this.options;
    const reading = new AbortController();
    const both = AbortSignal.any([signal, reading.signal]);
    const batches = recording.record(this.#cursor, {
      signal: both,
      isKnown: (queue, id) => this.#memory.has(queue, id),
      waitMs: () => this.#reconciler.patienceMs,
    });
    try {
      for await (const batch of batches) {
        await this.#take(batch);
        this.#reconciler.step(queuesOf(batch.cursor), both);
      }
    } finally {
      reading.abort();
      await this.#reconciler.settled();
    }
  }

  async #take(batch: RecordBatch): Promise<void> {
    const { store, backend, held } = this.options;
    const ledger = new Ledger();
    const progress = { ...this.#progress };
    const scope = { store, source: backend.name, memory: this.#memory, ledger };
    await applyEvents(batch, scope);
    this.#reconciler.noteBatch(batch, ledger);
    // As of before this batch: its ids come after the gap.
    const gaps = batch.gaps.map((gap) => ({ ...gap, lastId: progress.ids?.[gap.queue] ?? 0 }));
    this.#reconciler.noteGaps(gaps);
    const found = batch.more ? null : await this.#reconciler.takeFound(scope);
    const queueNotes: QueueNote[] = found?.queueNotes ?? [];
    noteIds(progress, batch);
    if (found) Object.assign(progress, found.progress);
    const { closed } = found ?? {};
    const pending = [...(progress.gaps ?? []), ...gaps];
    if (pending.length > 0)
      progress.gaps = pending.filter((gap) => gap.queue !== closed?.queue || gap.fromMs !== closed.fromMs);
    const note = {
      cursor: batch.cursor,
      progress,
      lagMs: batch.lagMs,
      seenUntil: batch.more ? (batch.events.at(-1)?.at ?? null) : Date.now(),
      reconciledAt: found?.reconciledAt ?? null,
      cost: this.#cost.read(ledger.notes),
    };
    await this.#batches.write(ledger, queueNotes, async (client) => {
      await renewLease(client, backend.name, held.epoch, note);
      for (const gap of found?.gaps ?? [])
        await client.query(
          `INSERT INTO queuedeck.recording_gap (source, queue, from_at, to_at, unseen, reason)
           VALUES ($1, $2, to_timestamp($3::float8 / 1000), to_timestamp($4::float8 / 1000), $5, $6)`,
          [backend.name, gap.queue, gap.fromMs ?? gap.toMs, gap.toMs, gap.unseen, gap.reason],
        );
    });
    this.#failures = 0;
    this.#memory.written(ledger.touched);
    this.#progress = progress;
    this.#cursor = batch.cursor;
    if (found) this.#reconciler.foundWritten();
  }
}

/** The cursor's own entry, '', is no queue. */
const queuesOf = (cursor: RecordCursor): string[] => Object.keys(cursor).filter((queue) => queue !== '');

/** The highest number among the ids that were seen added. */
function noteIds(progress: RecorderProgress, batch: RecordBatch): void {
  const ids = { ...progress.ids };
  let changed = false;
  for (const { kind, queue, id } of batch.events) {
    if (kind !== 'added' || !/^[1-9]\d{0,14}$/.test(id)) continue;
    const number = Number(id);
    if (number <= (ids[queue] ?? 0)) continue;
    ids[queue] = number;
    changed = true;
  }
  if (changed) progress.ids = ids;
}
