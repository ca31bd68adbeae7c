import { UnrecoverableError, WaitingChildrenError, WaitingError } from 'bullmq';
import { log } from '@/lib/log';
import { controlWorker } from './control';
import type { BullJob, Process, WorkerBroker } from './worker/broker';
import { type ChildLink, childLink, type NewChild } from './worker/children';
import type { TakeGuard } from './worker/take-known/guard';

/**
 * How a run ended. `failed`: `retry` says whether BullMQ may try again — `policy` by the job's own options (with `backoff` where
 * the job has none), a number after that many ms. `given-back`: the job goes to the head of its queue and no attempt is counted.
 * `waits-for-children`: `TakenJob.waitForChildren` moved it.
 */
export type Outcome =
  | { kind: 'done'; result: unknown }
  | { kind: 'failed'; message: string; cause: unknown; retry: 'never' | 'policy' | number }
  | { kind: 'given-back' }
  | { kind: 'waits-for-children' };

export interface Backoff {
  type: 'fixed' | 'exponential';
  delayMs: number;
  jitter?: number;
}

/** A job that this process has taken from the queue. `attempt` counts from 1. */
export interface TakenJob {
  readonly queue: string;
  readonly id: string;
  readonly name: string;
  readonly data: unknown;
  readonly attempt: number;
  readonly attempts: number;
  readonly addedAtMs: number;
  /** Which of the times that it was asked for: named by the retry of a completed one, '' before. */
  readonly effectRun: string;
  sendProgress(value: object): Promise<void>;
  /** In order; the last `keep` rows of the job's log stay. */
  appendLog(rows: readonly string[], keep: number): Promise<void>;
  /** Adds those that are not there yet. */
  addChildren(children: readonly NewChild[]): Promise<void>;
  /** Results of completed children by key, and how many failed for good. */
  readChildren(): Promise<{ values: Record<string, unknown>; failed: number; total: number }>;
  /** `moved`: it has left this worker and must end as `waits-for-children`. `none` to wait for. `failed`: one failed for good. */
  waitForChildren(): Promise<'moved' | 'none' | 'failed'>;
}

export interface QueueWorkerOptions {
  queue: string;
  concurrency: number;
  /** Shown as "processed by"; host:pid. */
  name: string;
  locks?: LockSettings;
  /** On a broker that is somebody else's. */
  guard?: TakeGuard;
  /** Of the process: it begins as quiet as that. */
  quiet?: boolean;
  /** For a job that brings none: its task's. */
  backoffOf(name: string): Backoff | null;
  /** A dashboard ordered the process to stop. Returns at once. */
  onStop?(order: { graceMs: number; by: string }): void;
  /** Must not reject. The signal aborts on cancel, and when the lock was lost. */
  run(job: TakenJob, signal: AbortSignal): Promise<Outcome>;
}

/** Two days of BullMQ's own counts per minute, by which the history heals what it did not see. */
const METRIC_MINUTES = 2_880;

/**
 * `lockMs`: a process that dies (or blocks its event loop that long) loses its jobs after it. BullMQ's 30 s is long to wait for
 * a dead worker; much less, and a garbage collection or a busy machine makes jobs run twice. Renewed every half of it.
 * `stalledEveryMs`: what two checks in a row find unlocked is handed out again, so a killed worker's jobs are back within
 * lockMs + stalledEveryMs. `maxStalls`: BullMQ's 1 fails an innocent job at the second crash of its process; without an end, a
 * job that itself kills the process would go on for ever.
 */
export interface LockSettings {
  lockMs: number;
  stalledEveryMs: number;
  maxStalls: number;
}

const LOCKS: LockSettings = { lockMs: 20_000, stalledEveryMs: 5_000, maxStalls: 10 };

/** A broker that is back is asked again after this; BullMQ's 15 s are long to watch. */
const RETRY_BROKER_MS = 2_000;

/** Of the name of a run: it is part of a key of the store. */
const MOST_RUN_CHARS = 100;

export interface Ordered {
  /** Takes no jobs until it is told to resume. */
  quiet: boolean;
  slots: number;
}

export interface QueueWorker {
  readonly queue: string;
  ready(): Promise<void>;
  /** What a dashboard has ordered meanwhile, for the worker that comes after this one. */
  ordered(): Ordered;
  /** Takes no more jobs; resolves when those that run have ended and their ends are with the broker. */
  close(): Promise<void>;
}

/** Takes jobs of one queue and runs them; beats and hears cancels through the control module. */
export function openQueueWorker(broker: WorkerBroker, options: QueueWorkerOptions): QueueWorker {
  const { queue, concurrency, name, guard, onStop, locks = LOCKS } = options;
  const link = childLink(broker);
  const lost = new Map<string, AbortController>();
  const processJob: Process = async (job, token, signal) => {
    const stop = new AbortController();
    const onAbort = () => stop.abort(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    const id = job.id ?? '';
    lost.set(id, stop);
    try {
      return await settle(
        job,
        token,
        options,
        await options.run(toTaken(job, token, link, broker.keepsOrder), stop.signal),
      );
    } finally {
      signal?.removeEventListener('abort', onAbort);
      if (lost.get(id) === stop) lost.delete(id);
    }
  };
  const settings = {
    name,
    concurrency,
    lockDuration: locks.lockMs,
    stalledInterval: locks.stalledEveryMs,
    maxStalledCount: locks.maxStalls,
    runRetryDelay: RETRY_BROKER_MS,
    metrics: { maxDataPoints: METRIC_MINUTES },
  };
  const worker = guard
    ? broker.openCarefulWorker(queue, processJob, settings, guard)
    : broker.openWorker(queue, processJob, settings);
  controlWorker(worker, { connection: broker.controlTarget, ours: true, ...(onStop ? { onStop } : {}) });
  // Before its first turn: nothing has been fetched.
  if (options.quiet) void worker.pause(true);
  worker.on('error', (error) => log.warn({ queue, err: error.message }, 'worker'));
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) lost.get(id)?.abort(new LockLostError());
  });
  return {
    queue,
    ready: () => worker.waitUntilReady(),
    ordered: () => ({ quiet: worker.isPaused(), slots: worker.concurrency }),
    close: async () => {
      await worker.close();
      await link.close();
    },
  };
}

/** The broker has given the job to somebody else, or will: what this run does no longer counts. */
export class LockLostError extends Error {
  constructor() {
    super('the broker took the job back: its lock was not renewed in time');
    this.name = 'LockLostError';
  }
}

/** Tells BullMQ how the run ended, in the words that it understands: a result, or an error of a certain kind. */
async function settle(job: BullJob, token: string | undefined, options: QueueWorkerOptions, outcome: Outcome) {
  if (outcome.kind === 'done') return outcome.result;
  if (outcome.kind === 'waits-for-children') throw new WaitingChildrenError();
  if (outcome.kind === 'given-back') {
    await job.moveToWait(token);
    throw new WaitingError();
  }
  const { message, cause, retry } = outcome;
  const error = retry === 'never' ? new UnrecoverableError(message) : new Error(message);
  if (cause instanceof Error && cause.stack) error.stack = withMessage(cause, message);
  // In memory only: BullMQ reads the delay from the job that it holds, the stored options stay as they were enqueued.
  if (typeof retry === 'number') job.opts.backoff = { type: 'fixed', delay: retry };
  else job.opts.backoff ??= toBullBackoff(options.backoffOf(job.name));
  throw error;
}

/** The task's own frames under the message that is shown. */
function withMessage(cause: Error, message: string): string {
  const frames = cause.stack?.slice(cause.stack.indexOf('\n    at ')) ?? '';
  return frames.startsWith('\n') ? `${cause.name}: ${message}${frames}` : `${cause.name}: ${message}`;
}

function toBullBackoff(backoff: Backoff | null) {
  return backoff ? { type: backoff.type, delay: backoff.delayMs, jitter: backoff.jitter } : undefined;
}

function toTaken(job: BullJob, token: string | undefined, link: ChildLink, keepsOrder: boolean): TakenJob {
  return {
    queue: job.queueName,
    id: job.id ?? '',
    name: job.name,
    data: job.data,
    attempt: job.attemptsMade + 1,
    attempts: job.opts.attempts || 1,
    addedAtMs: job.timestamp,
    effectRun: readEffectRun(job.opts),
    sendProgress: (value) => job.updateProgress(value),
    appendLog: async (rows, keep) => {
      job.opts.keepLogs = keep;
      if (keepsOrder) await Promise.all(rows.map((row) => job.log(row)));
      else for (const row of rows) await job.log(row);
    },
    addChildren: (children) => link.add(job, children),
    readChildren: () => link.read(job),
    waitForChildren: () => waitForChildren(job, token ?? ''),
  };
}

function readEffectRun(options: object): string {
  const { effectRun } = options as { effectRun?: unknown };
  return typeof effectRun === 'string' ? effectRun.slice(0, MOST_RUN_CHARS) : '';
}

const HAS_FAILED_CHILDREN = -9;

async function waitForChildren(job: BullJob, token: string): Promise<'moved' | 'none' | 'failed'> {
  try {
    return (await job.moveToWaitingChildren(token)) ? 'moved' : 'none';
  } catch (error) {
    if ((error as { code?: unknown }).code === HAS_FAILED_CHILDREN) return 'failed';
    throw error;
  }
}
