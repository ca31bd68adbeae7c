import type { OrderChannel } from './orders';
import type { WorkerSign } from './worker-sign';

/**
 * How a dashboard and the control module inside workers talk through the broker. Nothing here needs either to be up.
 *
 * | Redis (`<p>` = BullMQ prefix)      | PostgreSQL, schema `queuedeck_control` | written by        | content                          |
 * |------------------------------------|----------------------------------------|-------------------|----------------------------------|
 * | HASH `queuedeck:<p>:beats`         | `beat` (namespace, id)                 | worker, every 5 s | process id → time ␠ Beat         |
 * | HASH `queuedeck:<p>:cancels`       | `cancel` (namespace, queue, job)       | both              | `["queue","id"]` → CancelRecord  |
 * | channel `queuedeck:<p>:cancel`     | NOTIFY `queuedeck_control`             | dashboard         | that field's name: "look now"    |
 *
 * The hash (table) is the truth and the channel only a wake-up: workers also read it when they connect, when a job starts and
 * at each beat. Times of beats are the broker's own, so that clocks need not agree. A namespace is the BullMQ prefix (schema).
 *
 * A cancel's life: dashboard writes it → `requested` → the worker that runs the job aborts the job's signal and notes
 * `acknowledgedAt` → the job ends. It names the attempt that it means by `run`, so it never hits a later one; the run of a
 * job that stalled and was handed out again is the same attempt. Records are pruned by the workers' beats: acknowledged ones
 * after 10 minutes, others after a day.
 */

/** What a worker process says of itself. Times in epoch ms. */
export interface Beat {
  id: string;
  host: string;
  pid: number;
  queues: string[];
  /** Jobs that it takes at once, over all its queues. */
  slots: number;
  busy: number;
  /** The same per queue; and how its workers there show themselves to the broker (see worker-sign.ts). */
  lanes: { queue: string; slots: number; busy: number; quiet?: boolean; workers?: WorkerSign[] }[];
  /** At most 20, longest first. */
  running: { queue: string; id: string; name: string; startedAt: number }[];
  donePerMinute: number;
  /** Share of one core, 0.5 = half. */
  cpu: number;
  memoryBytes: number;
  startedAt: number;
  /** By the broker's clock, moved to the reader's. */
  beatAt: number;
  version: string;
  /** Of Queuedeck's own worker, which is not "another worker" to a second one. */
  ours?: boolean;
  /** `quiet`: takes no jobs; those that run go on. */
  status: 'up' | 'quiet' | 'stopping';
}

/** Which attempt of a job: when it was added, and the attempts it had ended before. */
export interface RunFacts {
  addedAtMs: number;
  attemptsMade: number;
  finished: boolean;
}

export interface CancelRecord {
  queue: string;
  id: string;
  /** See `runOf`. */
  run: string;
  by: string;
  reason: string | null;
  at: number;
  acknowledgedAt: number | null;
  /** Process id of the worker that acknowledged it. */
  worker: string | null;
}

/** The wire, on one broker and namespace. */
export interface ControlChannel extends OrderChannel {
  writeBeat(beat: Omit<Beat, 'beatAt'>): Promise<void>;
  removeBeat(processId: string): Promise<void>;
  /** Those of the last 10 minutes; older ones are pruned by `prune`. */
  readBeats(): Promise<Beat[]>;
  /** The attempt that a job is in; null when there is no such job. */
  readRun(queue: string, id: string): Promise<RunFacts | null>;
  /** Writes it and wakes the workers. One that stands for the same run already is kept and returned. */
  placeCancel(record: CancelRecord): Promise<CancelRecord>;
  readCancel(queue: string, id: string): Promise<CancelRecord | null>;
  readCancels(): Promise<CancelRecord[]>;
  /** Only when it still stands as given; false otherwise. */
  acknowledgeCancel(record: CancelRecord, worker: string, at: number): Promise<boolean>;
  /** Drops stale beats and cancels. */
  prune(): Promise<void>;
}

export const BEAT_EVERY_MS = 5_000;
/** A beat this old means that the process is lost. */
export const BEAT_LOST_MS = 20_000;
export const BEAT_KEPT_MS = 600_000;
export const ACKNOWLEDGED_KEPT_MS = 600_000;
export const REQUESTED_KEPT_MS = 86_400_000;

const ACKNOWLEDGE_WAIT_MS = 500;

export function runOf(facts: Pick<RunFacts, 'addedAtMs' | 'attemptsMade'>): string {
  return `${facts.addedAtMs}:${facts.attemptsMade}`;
}

export function isStale(record: CancelRecord, now: number): boolean {
  const { acknowledgedAt, at } = record;
  return acknowledgedAt === null ? now - at > REQUESTED_KEPT_MS : now - acknowledgedAt > ACKNOWLEDGED_KEPT_MS;
}

/** Worker processes that beat in the last 10 minutes, lost ones included. */
export function readBeats(channel: ControlChannel): Promise<Beat[]> {
  return channel.readBeats();
}

export interface CancelOrderInput {
  queue: string;
  id: string;
  by: string;
  reason: string | null;
  at: number;
}

/** `workerBeats`: does a live worker with the control module serve this queue; false = nobody there will hear it. */
export type CancelOutcome =
  | { kind: 'gone' }
  | { kind: 'finished' }
  | { kind: 'requested'; acknowledged: boolean; workerBeats: boolean };

/** Orders the attempt that is running now to stop, and waits at most 500 ms for its worker's word. */
export async function requestCancel(channel: ControlChannel, order: CancelOrderInput): Promise<CancelOutcome> {
  const facts = await channel.readRun(order.queue, order.id);
  if (facts === null) return { kind: 'gone' };
  if (facts.finished) return { kind: 'finished' };
  let record = await channel.placeCancel({ ...order, run: runOf(facts), acknowledgedAt: null, worker: null });
  const workerBeats = await servesQueue(channel, order.queue);
  const until = Date.now() + (workerBeats ? ACKNOWLEDGE_WAIT_MS : 0);
  for (let waitMs = 5; record.acknowledgedAt === null && Date.now() < until; waitMs = Math.min(waitMs * 2, 80)) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, Math.max(until - Date.now(), 1))));
    record = (await channel.readCancel(order.queue, order.id)) ?? record;
  }
  return { kind: 'requested', acknowledged: record.acknowledgedAt !== null, workerBeats };
}

/** The cancel that stands for the job's present attempt, or that ended its last one; null when there is none. */
export async function readCancel(channel: ControlChannel, queue: string, id: string): Promise<CancelRecord | null> {
  const record = await channel.readCancel(queue, id);
  const facts = record && (await channel.readRun(queue, id));
  if (record === null || facts === null) return null;
  const endedBefore = { addedAtMs: facts.addedAtMs, attemptsMade: facts.attemptsMade - 1 };
  return record.run === runOf(facts.finished ? endedBefore : facts) ? record : null;
}

async function servesQueue(channel: ControlChannel, queue: string): Promise<boolean> {
  const beats = await channel.readBeats();
  const now = Date.now();
  return beats.some((beat) => beat.queues.includes(queue) && now - beat.beatAt < BEAT_LOST_MS);
}
