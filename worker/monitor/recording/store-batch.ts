import type pg from 'pg';
import { type NormalisedError, normaliseError } from '@/lib/failures/naming/normalise';
import { recordFailures } from '@/lib/store/failures/record-failures';
import { Buckets, type FigureNote } from '@/lib/store/figures/buckets';
import { encodeDetail } from '@/lib/store/history/detail';
import { boundTime, Partitions } from '@/lib/store/history/partitions';
import { Scopes } from '@/lib/store/history/scopes';
import { isOpen, STATE_CODES } from '@/lib/store/history/states';
import { termsOf } from '@/lib/store/history/terms';
import { type JobWrite, writeJobs } from '@/lib/store/history/write-jobs';
import type { Store } from '@/lib/store/store';
import { storedText } from '@/lib/store/stored-name';
import { FlowNotes } from './flow-notes';
import type { JobRecord } from './job-record';
import type { Ledger, NotedFailure } from './ledger';
import { keyOf } from './memory';
import { isRefusedByStore } from './refused-jobs';

/** Figures that no single job tells: of a queue as a whole. */
export interface QueueNote {
  queue: string;
  at: number;
  metric: 'added' | 'started' | 'completed' | 'failed' | 'unseen';
  times: number;
}

/** Writes what a batch says, in one transaction with whatever else must stand or fall with it. */
export class BatchStore {
  readonly scopes: Scopes;
  readonly #buckets: Buckets;
  readonly #partitions: Partitions;
  readonly #flows: FlowNotes;

  constructor(
    private readonly store: Store,
    private readonly source: string,
    private readonly versionOf: (worker: string) => string,
  ) {
    this.scopes = new Scopes(store, source);
    this.#buckets = new Buckets(store);
    this.#partitions = new Partitions(store);
    this.#flows = new FlowNotes(store, source);
  }

  /** `also` runs first in the transaction. When this throws, nothing was written, and `forget` must be called. */
  async write(
    ledger: Ledger,
    queueNotes: readonly QueueNote[],
    also: (client: pg.PoolClient) => Promise<void>,
    isTrial = false,
  ): Promise<void> {
    for (const record of ledger.touched) record.addedAt = boundTime(record.addedAt);
    const records = lastOfEach(ledger.touched);
    await this.#partitions.prepare(records.map(({ addedAt }) => addedAt));
    await this.scopes.prepare([...records, ...queueNotes.map(({ queue }) => ({ queue, name: '' }))]);
    const workers = await this.scopes.workers(
      records.flatMap(({ worker }) => worker ?? []),
      this.versionOf,
    );
    const options = await this.scopes.options(records.flatMap(({ options }) => options ?? []));
    const named = ledger.failures.map((failure) => ({ failure, error: this.#name(failure) }));
    await this.#buckets.add([...this.#figuresOf(ledger), ...this.#figuresOfQueues(queueNotes)]);
    const writeFlows = await this.#flows.prepare(records);
    await this.store.transaction(async (client) => {
      await also(client);
      await this.#writeFailures(client, named);
      await dropMoved(client, this.scopes, records);
      await writeJobs(
        client,
        records.map((record) => this.#toRow(record, workers, options)),
      );
      await writeFlows(client);
      await this.#buckets.write(client);
      if (isTrial) throw new TrialOver();
    });
    this.#buckets.written();
  }

  /** Would the store take it? Null = it would; nothing is kept of the trial. Throws what is no refusal. */
  async try(ledger: Ledger): Promise<Error | null> {
    try {
      await this.write(ledger, [], async () => undefined, true);
    } catch (error) {
      if (error instanceof TrialOver) return null;
      if (isRefusedByStore(error)) return error;
      throw error;
    } finally {
      this.forget();
    }
    return null;
  }

  forget(): void {
    this.#buckets.forget();
    this.#partitions.forget();
  }

  /** Of a whole queue, in the minute of a time, as it stands. */
  async countOf(queue: string, at: number, metric: QueueNote['metric']): Promise<number> {
    await this.scopes.prepare([{ queue, name: '' }]);
    return this.#buckets.count(this.scopes.of(queue, '').queue, at, metric);
  }

  #name({ message, stack }: NotedFailure): NormalisedError {
    return normaliseError(message, stack);
  }

  *#figuresOf({ notes }: Ledger): Generator<FigureNote> {
    for (const { record, ...note } of notes) {
      const { source, queue, kind } = this.scopes.of(record.queue, record.name);
      yield { ...note, scopes: [source, queue, kind] };
    }
  }

  *#figuresOfQueues(notes: readonly QueueNote[]): Generator<FigureNote> {
    for (const { queue, ...note } of notes) {
      const scopes = this.scopes.of(queue, '');
      yield { ...note, scopes: [scopes.source, scopes.queue] };
    }
  }

  async #writeFailures(
    client: pg.PoolClient,
    named: { failure: NotedFailure; error: NormalisedError }[],
  ): Promise<void> {
    const groups = await recordFailures(
      client,
      this.source,
      named.map(({ failure, error }) => ({
        error,
        message: failure.message,
        kindId: this.scopes.of(failure.record.queue, failure.record.name).kind,
        version: failure.worker === null ? '' : this.versionOf(failure.worker),
        at: failure.at,
        isFinal: failure.isFinal,
      })),
    );
    const notes: FigureNote[] = [];
    for (const { failure, error } of named) {
      const group = groups.get(error.fingerprint.toString('hex'));
      if (!group) continue;
      // A job that was retried by hand meanwhile has no failure any more.
      if (failure.record.error !== null) failure.record.groupId = group.groupId;
      const of = { scopes: [group.scopeId], at: failure.at, times: 1 };
      notes.push({ ...of, metric: 'failedAttempts' });
      if (failure.isFinal) notes.push({ ...of, metric: 'failed' });
    }
    await this.#buckets.add(notes);
  }

  #toRow(record: JobRecord, workers: ReadonlyMap<string, number>, options: ReadonlyMap<string, number>): JobWrite {
    const { source, queue, kind, name } = this.scopes.of(record.queue, record.name);
    const open = isOpen(record.state);
    const detail = open
      ? { ...record.detail, ready: record.readyAt ?? undefined, due: record.dueAt ?? undefined }
      : record.detail;
    return {
      ...record,
      sourceId: source,
      queueId: queue,
      kindId: kind,
      name,
      workerId: record.worker === null ? null : (workers.get(record.worker) ?? null),
      optionsId: record.options === null ? null : (options.get(record.options) ?? null),
      state: STATE_CODES[record.state],
      terms: termsOf(record.data),
      detail: encodeDetail(detail, open),
    };
  }
}

/** Rolls a trial back. */
class TrialOver extends Error {}

/** One for each row: two lives of an id that began in the same millisecond are one. */
function lastOfEach(records: Iterable<JobRecord>): JobRecord[] {
  const rows = new Map<string, JobRecord>();
  for (const record of records) rows.set(`${record.addedAt} ${keyOf(record.queue, record.id)}`, record);
  return [...rows.values()];
}

/** Records whose time of adding is known better now stand under the new one only. */
async function dropMoved(client: pg.PoolClient, scopes: Scopes, records: readonly JobRecord[]): Promise<void> {
  const moved = records.filter(({ storedAt, addedAt }) => storedAt !== null && storedAt !== addedAt);
  if (moved.length === 0) return;
  await client.query(
    `DELETE FROM queuedeck.job j USING unnest($1::text[], $2::int[], $3::float8[]) AS g(id, queue_id, at)
      WHERE j.id = g.id AND j.queue_id = g.queue_id AND j.added_at = to_timestamp(g.at / 1000)`,
    [
      moved.map(({ id }) => storedText(id)),
      moved.map(({ queue, name }) => scopes.of(queue, name).queue),
      moved.map(({ storedAt }) => storedAt),
    ],
  );
}
