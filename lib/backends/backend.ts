import type { Job, JobOptions, JobRef, JobRow, LeftOut, Payload } from '@/lib/contracts/jobs';
import type { QueueFigures } from '@/lib/contracts/queues';
import type { Source } from '@/lib/contracts/sources';
import type { JobState } from '@/lib/contracts/states';
import type { Worker } from '@/lib/contracts/workers';
import type { BulkMethods } from './bulk';
import type {
  ChildrenRemoved,
  CleanOrder,
  Paused,
  QueueMeta,
  RateLimit,
  RateLimitNow,
  RetryOptions,
  Sweep,
  SweepBounds,
} from './changes';
import type { FlowMethods } from './flows';
import type { SourceInspection } from './inspection';
import type { JobStanding, QueueMotion } from './motion';
import type { RecordingMethods } from './recording';
import type { SchedulerMethods } from './schedulers';
import type { WorkerOrdered, WorkerWish } from './worker-orders';
/** What a source's server says of itself. Never throws for a broker that is away: `status` tells. */
export type SourceFacts = Omit<Source, 'name' | 'can' | 'cannot' | 'queues' | 'embedded' | 'worker'>;

/** A queue's figures as the broker knows them; workers are joined above from `listWorkers`, and how it fares is judged there. */
export type BrokerFigures = Omit<QueueFigures, 'source' | 'workers' | 'slots' | 'busy' | 'health' | 'attention'>;

/** One shared read. `at` = epoch ms when the broker answered. */
export interface Snapshot {
  at: number;
  queues: BrokerFigures[];
}

/** The full sort key of the last row of a page, per state; opaque above the adapter (lib/http signs nothing: it is no secret). */
export type Position = Record<string, string | number>;

export interface Rows<T> {
  items: T[];
  next: Position | null;
  /** Null: nothing of the page had to be left out. */
  leftOut: LeftOut | null;
}

/** A job as the broker holds it. What the store or the control channel adds (cancel, file, idempotency, can) is joined above. */
export type BrokerJob = Omit<
  Job,
  'source' | 'cancel' | 'file' | 'idempotencyKey' | 'addedBy' | 'bin' | 'can' | 'cannot'
>;
export type BrokerRow = Omit<JobRow, 'source' | 'queue'>;

export interface NewJob {
  name: string;
  data: unknown;
  options: JobOptions;
  /** Who asked for it; kept with its options, so that it is known wherever the job goes. */
  addedBy?: string;
}

/** Outcome of one added job, in input order. `existed`: the id (or deduplication id) was taken, nothing was added. */
export interface AddedJob {
  id: string;
  name: string;
  state: JobState;
  existed: boolean;
}

/**
 * What a state-changing operation met, decided inside the broker's own atomic step.
 * `gone` → 404, `wrong-state` → 409 with the actual state, `locked` → 409.
 */
export type Change =
  | { kind: 'done'; state: JobState }
  | { kind: 'gone' }
  | { kind: 'wrong-state'; state: JobState }
  /** `holder` = the child that a worker holds, when it is not the job itself. */
  | { kind: 'locked'; holder?: JobRef }
  | { kind: 'refused'; reason: string };

export type Duplicated = { kind: 'added'; job: AddedJob } | { kind: 'gone' } | { kind: 'refused'; reason: string };

/** `removed` carries the job as it was, so that it can be recorded. */
export type Cancelled =
  | { kind: 'removed'; job: BrokerRow }
  | { kind: 'requested'; acknowledged: boolean; workerBeats: boolean | null }
  | Exclude<Change, { kind: 'done' }>;

export interface CancelOrder {
  by: string;
  reason: string | null;
  at: number;
}

export interface CancelState extends CancelOrder {
  acknowledgedAt: number | null;
}

/** What the live tail yields, in broker order per queue. `state: null` = removed. */
export type BackendEvent =
  | {
      type: 'state';
      queue: string;
      id: string;
      at: number;
      state: JobState | null;
      name: string | null;
      error: string | null;
    }
  | { type: 'progress'; queue: string; id: string; at: number; progress: unknown }
  | { type: 'queue'; queue: string; at: number }
  /** Events were trimmed before they could be read, or the broker was away. */
  | { type: 'gap'; at: number };

/**
 * A broker behind one source. The core is required; an optional method is a capability: it exists only where the backend
 * can do it. Every method rejects with CodedError('broker_unavailable') within 3 s when the broker is away.
 * Cost rules: no script or query holds the broker over 10 ms; lists never fetch payloads.
 */
export interface QueueBackend {
  readonly kind: Source['backend'];
  readonly name: string;
  /** Verb → why this backend has no way to do it, in one sentence, where more is to be said than that. */
  readonly cannot?: Readonly<Record<string, string>>;

  facts(): Promise<SourceFacts>;
  /** Names of all queues, found by a slow background scan plus names seen; never a full scan per call. */
  queueNames(): Promise<string[]>;
  /** All queues at once, in one pipelined read. Callers share it: see lib/queues/snapshot.ts. */
  snapshot(): Promise<Snapshot>;
  hasQueue(queue: string): Promise<boolean>;

  listJobs(queue: string, state: JobState, position: Position | null, limit: number): Promise<Rows<BrokerRow>>;
  /** `maxPayloadBytes` caps data and result each; sizes are always the true ones. */
  getJob(queue: string, id: string, maxPayloadBytes: number): Promise<BrokerJob | null>;
  /** One of them whole, up to MOST_READ_BYTES; of a larger one only its size. Null when there is no such job. */
  readPayload(queue: string, id: string, field: 'data' | 'result'): Promise<Payload | null>;
  getLogs(queue: string, id: string, from: number, limit: number): Promise<{ lines: string[]; total: number } | null>;
  addJobs(queue: string, jobs: NewJob[]): Promise<AddedJob[]>;
  /** Beats joined with the broker's own client list, as one read for all queues. */
  listWorkers(): Promise<Worker[]>;

  /**
   * One tail over all queues of the source on one connection, from now on, until the signal aborts.
   * Ends only by abort; a lost broker yields `gap` once it is back.
   * The first batch comes as soon as the tail stands, empty if need be: from then on nothing is missed.
   */
  events(signal: AbortSignal): AsyncIterable<BackendEvent[]>;

  pause?(queue: string): Promise<Paused>;
  resume?(queue: string): Promise<void>;
  /** Back to waiting from failed or completed; new data and fresh attempts in the same step. */
  retry?(queue: string, id: string, options?: RetryOptions): Promise<Change>;
  promote?(queue: string, id: string): Promise<Change>;
  /** With its children unless told otherwise. `done` carries the state that it was in. */
  remove?(queue: string, id: string, children?: boolean): Promise<Change>;
  /** A new job with its name, options and very data. A taken `newId` adds nothing. */
  duplicate?(
    queue: string,
    id: string,
    newId?: string,
    deduplication?: { id: string; ttlMs: number },
  ): Promise<Duplicated>;
  /** Not while it runs. */
  editData?(queue: string, id: string, dataText: string): Promise<Change>;
  /** While it waits or is delayed; `lifo` = before those of the same priority. */
  prioritize?(queue: string, id: string, priority: number, lifo: boolean): Promise<Change>;
  /** Delayed jobs only. A time that is past means now. */
  reschedule?(queue: string, id: string, runAt: number): Promise<Change>;
  setProgress?(queue: string, id: string, progress: unknown): Promise<Change>;
  addLogs?(queue: string, id: string, lines: string[]): Promise<Change>;
  clearLogs?(queue: string, id: string, keep: number): Promise<Change>;
  undeduplicate?(queue: string, id: string): Promise<Change>;
  removeChildren?(queue: string, id: string): Promise<ChildrenRemoved>;

  /** Sweeps: in steps that hold the broker a few ms each, within `bounds`. The next runs of schedulers stay. */
  drain?(queue: string, delayed: boolean, bounds: SweepBounds): Promise<Sweep>;
  clean?(queue: string, order: CleanOrder, bounds: SweepBounds): Promise<Sweep>;
  /** All of a paused queue in which nothing runs, at last its name. */
  obliterate?(queue: string, bounds: SweepBounds): Promise<Sweep>;
  removeOrphans?(queue: string, from: Position | null, bounds: SweepBounds): Promise<Sweep>;
  /** null = no limit. */
  setConcurrency?(queue: string, concurrency: number | null): Promise<void>;
  setRateLimit?(queue: string, limit: RateLimit | null): Promise<void>;
  readRateLimit?(queue: string): Promise<RateLimitNow>;
  /** Keeps the newest; how many went. */
  trimEvents?(queue: string, maxLength: number): Promise<number>;
  readMeta?(queue: string): Promise<QueueMeta>;
  /** Removes what has not begun, in one atomic step; asks the worker of what runs (waits ≤ 500 ms for its word). */
  cancel?(queue: string, id: string, order: CancelOrder): Promise<Cancelled>;
  cancelState?(queue: string, id: string): Promise<CancelState | null>;

  /** Settings and a sample of jobs, in many short steps (≤ 10 ms each); takes up to a few seconds. */
  inspect?(): Promise<SourceInspection>;
  /** The facts behind "why is it not moving?", of a queue and of one of its jobs. */
  motion?(queue: string): Promise<QueueMotion>;
  standing?(queue: string, id: string): Promise<{ motion: QueueMotion; job: JobStanding } | null>;

  /** Tells a worker process that carries the control module; waits ≤ 1 s for its word. */
  orderWorker?(worker: string, wish: WorkerWish): Promise<WorkerOrdered>;

  /** What this process asked of the broker since it was opened, recording's blocking read apart. `brokerMs`: about how long the
   * broker was busy with it, null = not known yet. */
  cost?(): { commands: number; bytes: number; brokerMs: number | null };
  /** Commands that the broker counts itself, since it started, of all its clients; null where its user may not ask. */
  commandCount?(): Promise<number | null>;
  /** What the history is made of. */
  recording?: RecordingMethods;
  /** What operations on many jobs are made of. */
  bulk?: BulkMethods;
  schedulers?: SchedulerMethods;
  flows?: FlowMethods;

  close(): Promise<void>;
}
