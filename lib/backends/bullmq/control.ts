import { bullmqVersion, ControlAgent, describeCancel, type RunningJob } from './control/agent';
import type { ControlTarget } from './control/connect';
import type { AttachedWorker, OnStop } from './control/obey-orders';
import { readSign } from './control/worker-sign';

export type { ControlTarget } from './control/connect';

export interface ControlOptions {
  /** What the worker itself was given. Opens one more connection for the whole process. */
  connection: ControlTarget;
  /** Shown on the Workers page; BullMQ's version when absent. */
  version?: string;
  /** 5,000; change it only in tests. */
  beatEveryMs?: number;
  /** Set by Queuedeck's own worker alone. */
  ours?: boolean;
  /**
   * Called when a dashboard orders the process to stop. Without it the workers close by themselves: they take no more jobs, those
   * that run get the order's grace, then their signals abort, and what they throw is retried by their policy. Must return at once.
   */
  onStop?: OnStop;
}

/** What is used of a BullMQ Worker, whatever its type parameters are. */
export interface ControllableWorker {
  readonly name: string;
  readonly opts: { prefix?: string; name?: string };
  concurrency: number;
  on(event: 'ready' | 'closing' | 'closed' | 'paused' | 'resumed', listener: () => void): unknown;
  pause(doNotWaitActive?: boolean): Promise<void>;
  resume(): void | Promise<void>;
  isPaused(): boolean;
  close(force?: boolean): Promise<void>;
}

interface ProcessedJob {
  id?: string;
  name: string;
  timestamp: number;
  attemptsMade: number;
  moveToWait?(token?: string): Promise<unknown>;
}

type ProcessFn = (job: ProcessedJob, token?: string, signal?: AbortSignal) => Promise<unknown>;

/** Thrown by a processor that has given the job away already: nothing may be done to it any more. */
const GIVEN_AWAY = new Set(['DelayedError', 'WaitingError', 'WaitingChildrenError']);

/**
 * Makes a BullMQ worker known to dashboards, and its running jobs stoppable. Call it right after `new Worker(…)`:
 *
 *     const worker = new Worker('emails', async (job, token, signal) => { … }, { connection });
 *     controlWorker(worker, { connection });
 *
 * A processor that takes the third argument can be cancelled: its signal aborts, and whatever it throws then, the job fails
 * as `cancelled: by <who>: <reason>` and is not retried. If it completes all the same, it is completed. One that takes no
 * signal goes on to its end; an order for it stays unacknowledged. Sandboxed processors get the signal too.
 * It also takes a dashboard's orders: quiet (takes no more jobs), resume, stop, and how many jobs at once.
 * Detaches itself when the worker closes. Throws nothing when the broker is away: it goes on trying.
 */
export function controlWorker(worker: ControllableWorker, options: ControlOptions): void {
  const inner = worker as unknown as { processFn?: ProcessFn };
  const { processFn } = inner;
  if (processFn === undefined) throw new Error('controlWorker needs a worker that was made with a processor');
  const shared = shareAgent(options, worker.opts.prefix ?? 'bull');
  const attached = attach(worker, options.onStop ?? null);
  const heeds = processFn.length >= 3;

  inner.processFn = async (job, token, signal) => {
    if (attached.quiet && job.moveToWait) return giveBack(job, token);
    const { id = '', name, timestamp, attemptsMade } = job;
    const entry = shared.agent.begin({ queue: worker.name, id, name, timestamp, attemptsMade }, heeds);
    signal?.addEventListener('abort', () => entry.abort.abort(signal.reason), { once: true });
    try {
      return await processFn.call(worker, job, token, entry.abort.signal);
    } catch (error) {
      throw entry.cancel === null || isGivenAway(error) ? error : asCancelled(entry, error);
    } finally {
      shared.agent.end(entry);
    }
  };
  shared.agent.attach(attached);
  worker.on('closing', () => {
    attached.closing = true;
    shared.agent.beatSoon();
  });
  // With `ready` its connection has another address.
  for (const change of ['ready', 'paused', 'resumed'] as const) worker.on(change, () => shared.agent.beatSoon());
  worker.on('closed', () => {
    shared.release(attached);
  });
}

function attach(worker: ControllableWorker, onStop: OnStop | null): AttachedWorker {
  return {
    queue: worker.name,
    closing: false,
    quiet: false,
    onStop,
    sign: () => readSign(worker),
    slots: () => worker.concurrency,
    setSlots: (slots) => {
      worker.concurrency = slots;
    },
    isPaused: () => worker.isPaused(),
    pause: () => worker.pause(true),
    resume: async () => worker.resume(),
    close: () => worker.close(),
  };
}

/** A quiet worker's last fetch may still bring a job: it goes back to the head of its queue, and no attempt is counted. */
async function giveBack(job: ProcessedJob, token: string | undefined): Promise<never> {
  await job.moveToWait?.(token);
  const error = new Error('the worker is quiet');
  error.name = 'WaitingError';
  throw error;
}

/** BullMQ reads the name: an UnrecoverableError is never retried. */
function asCancelled(entry: RunningJob, cause: unknown): Error {
  const message = entry.cancel ? describeCancel(entry.cancel) : 'cancelled';
  const error = new Error(message, { cause });
  error.name = 'UnrecoverableError';
  return error;
}

function isGivenAway(error: unknown): boolean {
  return error instanceof Error && GIVEN_AWAY.has(error.name);
}

interface SharedAgent {
  agent: ControlAgent;
  release(worker: AttachedWorker): void;
}

const agents = new Map<string, SharedAgent>();
const liveClients = new WeakMap<object, number>();
let liveCount = 0;

function shareAgent(options: ControlOptions, prefix: string): SharedAgent {
  const key = JSON.stringify([prefix, keyOfTarget(options.connection)]);
  const known = agents.get(key);
  if (known) return known;
  const { connection, version = bullmqVersion(), beatEveryMs, ours } = options;
  const agent = new ControlAgent(connection, prefix, version, beatEveryMs, ours);
  const shared: SharedAgent = {
    agent,
    release: (worker) => {
      // Removed at once, when it was the last: a worker made meanwhile gets an agent of its own.
      void agent.detach(worker, () => agents.delete(key)).catch(() => undefined);
    },
  };
  agents.set(key, shared);
  return shared;
}

/** Equal options share an agent; a live client is only equal to itself. */
function keyOfTarget(target: ControlTarget): unknown {
  if (typeof target === 'string') return target;
  const isLive = 'duplicate' in target || 'totalCount' in target;
  if (!isLive) return target;
  const number = liveClients.get(target) ?? ++liveCount;
  liveClients.set(target, number);
  return number;
}
