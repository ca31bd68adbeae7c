import { setTimeout as sleep } from 'node:timers/promises';
import type { QueueBackend } from '@/lib/backends/backend';
import type { BulkChange } from '@/lib/backends/bulk';
import { log } from '@/lib/log';
import { type Chunk, readPending } from '../ledger';
import type { OperationRow, Phase } from '../rows';
import { changeAll, changeSlice, EndedElsewhere, type Slice, type Tools } from './change-slice';
import { type Engine, gateOf, untilThere } from './engine';
import { endOperation, finishSweep, renewLease, setRunning } from './lease';
import { Pace } from './pace';
import { firstPhase, nextPhase, watchStep } from './phases';
import { recordSlice } from './record';

const BEAT_MS = 400;
/** Chunks of one operation that are under way at a time: while one is written down the next is changed. */
const LANES = 2;
const CHUNKS_PER_READ = 16;

/**
 * Runs one operation that this monitor has the lease of, from wherever it stands.
 *
 * running ⇄ waiting (phases) → done · stopping → stopped, when what is under way is in the ledger · then its marks are taken
 * out of the broker. Lost lease or the end of the monitor: it just ceases; whoever takes it up repeats the last slices, which
 * does nothing twice.
 */
export async function runOperation(engine: Engine, row: OperationRow): Promise<void> {
  const run = new Run(engine, row);
  try {
    await run.all();
  } catch (error) {
    if (run.signal.aborted || error instanceof EndedElsewhere) return;
    log.error({ err: error, operation: row.id }, 'operation stopped by an error');
    await endOperation(
      engine.store,
      row.id,
      engine.owner,
      'stopped',
      'An unexpected error stopped it; the log has the cause.',
    );
  } finally {
    run.close();
  }
}

class Run {
  readonly signal: AbortSignal;
  readonly #lost = new AbortController();
  readonly #pace: Pace;
  readonly #backend: QueueBackend;
  readonly #tools: Tools;
  #state: OperationRow['state'];
  #settled: number;

  constructor(
    private readonly engine: Engine,
    private readonly row: OperationRow,
  ) {
    this.signal = AbortSignal.any([engine.signal, this.#lost.signal]);
    this.#pace = new Pace(row.options.ratePerSecond ?? null);
    this.#state = row.state;
    this.#settled = row.done + row.skipped + row.failed;
    const entry = engine.sources.get(row.source);
    if (!entry?.backend.bulk) throw new Error(`source ${row.source} cannot run operations`);
    this.#backend = entry.backend;
    this.#tools = {
      store: engine.store,
      bulk: entry.backend.bulk,
      gate: gateOf(engine, row.source),
      operation: `${row.id}:${row.generation}`,
      queue: row.queue,
      action: row.action,
      bin: {
        source: row.source,
        queue: row.queue,
        operation: row.id,
        why: row.kind === 'cancel' ? 'cancelled' : 'removed',
        keptHours: engine.binHours,
      },
      askWorker: (id) => this.#askWorker(id),
    };
  }

  async all(): Promise<void> {
    void this.#beat();
    let note: string | null = null;
    if (this.#state === 'running' || this.#state === 'waiting')
      note = this.row.options.phases ? await this.#inPhases() : await this.#toTheEnd();
    if (note !== null || this.#isStopping || this.#state === 'stopped') await this.#lookAtMarks();
    if (this.#state !== 'stopped' && this.#state !== 'done') {
      const isDone = (await this.#pending(0, 1)).length === 0;
      const state = isDone ? 'done' : 'stopped';
      await this.#there(() => endOperation(this.engine.store, this.row.id, this.engine.owner, state, note));
    }
    await this.#there(() => this.#tools.bulk.forgetMarks(this.#tools.operation, this.row.queue));
    await this.#there(() => finishSweep(this.engine.store, this.row.id, this.engine.owner));
  }

  get #isStopping(): boolean {
    return this.#state === 'stopping';
  }

  close(): void {
    this.#lost.abort();
  }

  /** Keeps the lease, tells the rate, and hears of a stop. */
  async #beat(): Promise<void> {
    const { engine, row } = this;
    while (!this.signal.aborted) {
      await sleep(BEAT_MS, undefined, { signal: this.signal, ref: false }).catch(() => undefined);
      if (this.signal.aborted) return;
      try {
        const state = await renewLease(engine.store, row.id, engine.owner, engine.leaseMs, this.#pace.measure());
        if (state === null) this.#lost.abort();
        else if (state === 'stopping') this.#state = state;
      } catch {
        // Away: the work itself waits for it.
      }
    }
  }

  async #toTheEnd(): Promise<null> {
    const feed = this.#feed();
    const lane = async () => {
      for (let next = await feed.next(); !next.done; next = await feed.next()) {
        await this.#changeChunk(next.value, Number.POSITIVE_INFINITY);
        if (this.#isStopping) return;
      }
    };
    await Promise.all(Array.from({ length: this.row.options.ratePerSecond ? 1 : LANES }, lane));
    return null;
  }

  /** Answers why it stopped by itself, if it did. */
  async #inPhases(): Promise<string | null> {
    const { row } = this;
    let phase: Phase | null = row.phase ?? firstPhase(row.total);
    while (phase && this.#state !== 'stopping') {
      const step: Phase = phase;
      await this.#there(() => setRunning(this.engine.store, row.id, 'running', step, null));
      for (const chunk of await this.#pending(0, CHUNKS_PER_READ)) {
        if (this.#settled >= step.to || this.#isStopping) break;
        await this.#changeChunk(chunk, step.to);
      }
      if (this.#settled < step.to || this.#isStopping) continue;
      const following = nextPhase(row.total, step);
      if (following === null) return null;
      const why = await watchStep(this.engine, this.#tools, row, step, () => this.#isStopping, this.signal);
      if (why !== null) return why;
      if (!this.#isStopping) phase = following;
    }
    return null;
  }

  async *#feed(): AsyncGenerator<Chunk> {
    for (let after = -1; ; ) {
      const chunks = await this.#pending(after + 1, CHUNKS_PER_READ);
      for (const chunk of chunks) {
        if (this.#isStopping) return;
        after = chunk.n;
        yield chunk;
      }
      if (chunks.length === 0) return;
    }
  }

  /** Changes what is pending in a chunk, in slices, until `limit` jobs of the operation are settled. */
  async #changeChunk(chunk: Chunk, limit: number): Promise<void> {
    for (;;) {
      const room = Math.min(this.#pace.slice, limit - this.#settled);
      const ids = chunk.ids.filter((_, i) => chunk.outcomes[i] === null).slice(0, room);
      if (ids.length === 0 || this.#isStopping) return;
      await this.#pace.wait(ids.length, this.signal);
      const slice: Slice = { what: toChange(this.row, chunk), ids, kept: keptOf(chunk) };
      await this.#there(async () => {
        const result = await changeSlice(this.#tools, slice);
        await recordSlice(this.engine.store, this.row, chunk, result);
      });
      this.#settled += ids.length;
      this.#pace.note(ids.length);
    }
  }

  /** After a stop: what a monitor that died had under way, and the broker has marked, belongs into the ledger. */
  async #lookAtMarks(): Promise<void> {
    for (const chunk of await this.#pending(0, 2 * LANES)) {
      const ids = chunk.ids.filter((_, i) => chunk.outcomes[i] === null);
      const marks = await this.#there(() =>
        changeAll(
          this.#tools,
          { kind: 'look' },
          ids.map((id) => ({ id })),
        ),
      );
      const outcomes = new Map(ids.flatMap((id, i) => (marks[i] ? [[id, marks[i]] as const] : [])));
      if (outcomes.size > 0) await this.#there(() => recordSlice(this.engine.store, this.row, chunk, { outcomes }));
    }
  }

  async #askWorker(id: string): Promise<string> {
    const { queue, by, reason } = this.row;
    const answer = await this.#backend.cancel?.(queue, id, { by, reason, at: Date.now() });
    switch (answer?.kind) {
      case 'requested':
        return answer.acknowledged ? 'done: its worker stops it' : 'done: its worker was asked to stop it';
      case 'removed':
        return 'done: removed';
      case 'gone':
        return 'skipped: gone';
      case 'wrong-state':
        return `skipped: it has ended (${answer.state})`;
      default:
        return `skipped: ${answer?.kind === 'refused' ? answer.reason : 'a worker holds it'}`;
    }
  }

  #pending(from: number, limit: number): Promise<Chunk[]> {
    return this.#there(() => readPending(this.engine.store, this.row.id, from - 1, limit));
  }

  #there<T>(step: () => Promise<T>): Promise<T> {
    return untilThere(this.signal, step);
  }
}

function toChange({ action }: OperationRow, { fromState }: Chunk): BulkChange {
  if (action.kind === 'restore') return { kind: 'restore' };
  if (fromState === null) throw new Error('the ledger does not say which state the jobs were in');
  if (action.kind === 'retry') return { kind: 'retry', from: fromState, resetAttempts: action.resetAttempts };
  if (action.kind === 'move') return { kind: 'move', from: fromState, toQueue: action.toQueue };
  return { kind: action.kind, from: fromState };
}

function keptOf({ ids, kept }: Chunk): Map<string, string> | null {
  return kept && new Map(ids.map((id, i) => [id, kept[i] ?? '']));
}
