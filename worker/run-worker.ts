import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LockSettings, openQueueWorker, type QueueWorker } from '@/lib/backends/bullmq/worker';
import { openWorkerBroker, type WorkerBroker } from '@/lib/backends/bullmq/worker/broker';
import type { Env, SourceConfig } from '@/lib/env';
import { log } from '@/lib/log';
import type { Store } from '@/lib/store/store';
import type { Task } from './define-task';
import { type Careful, keepQueues, type WorkedQueues } from './queues/keep-queues';
import { type QueueReport, reportQueues } from './queues/report-queues';
import { registerTasks } from './register-tasks';
import { runJob } from './run-job';

export interface WorkerOptions {
  env: Env;
  store: Store;
  /** The broker whose queues are worked on. */
  source: SourceConfig;
  tasks: readonly Task[];
  /** For tests that cannot wait for the usual ones. */
  locks?: LockSettings;
  lookEveryMs?: number;
  /** A dashboard ordered this process to stop: whoever started the worker stops it. Called once for each order. */
  onStop?(order: { graceMs: number; by: string }): void;
}

export interface RunningWorker {
  /**
   * Takes no more jobs, gives those that run `graceMs`, then aborts them: they go back to the head of their queues and no
   * attempt is counted. `hurry` cuts the grace short. False when something is left locked (the broker is away): it is handed
   * out again once its lock runs out.
   */
  stop(graceMs: number, hurry?: AbortSignal): Promise<boolean>;
}

/** What may pass between the abort and the last job's way back. */
const SETTLE_MS = 10_000;

/**
 * Takes the jobs of the queues that have tasks. On an embedded broker, which is ours, resolves when all of them are worked on; on any
 * other at once: each queue is looked into first, and may be left alone.
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { store, source, tasks } = options;
  const shutdown = new AbortController();
  // Every running job listens: as many as there are slots, which is no leak.
  setMaxListeners(0, shutdown.signal);
  const stopRegistering = registerTasks(store, source.name, tasks);
  const queues = groupByQueue(tasks);
  const open = (broker: WorkerBroker, queue: string, careful?: Careful) =>
    openQueue(options, broker, shutdown.signal, queue, queues.get(queue) ?? new Map(), careful);
  let report: QueueReport | null = null;
  const changed = () => report?.soon();
  const worked = source.embedded
    ? await workOnAll(source, queues, open)
    : keepQueues({ source, queues, open, changed, lookEveryMs: options.lookEveryMs });
  report = reportQueues(store, source.name, () => worked.standings());

  return {
    stop: async (graceMs, hurry) => {
      stopRegistering();
      const closed = worked.close().then(() => true);
      closed.catch((error: Error) => log.warn({ err: error.message }, 'worker did not close'));
      const grace = sleep(graceMs, false, { signal: hurry, ref: false }).catch(() => false);
      let clean = await Promise.race([closed, grace]);
      if (!clean) {
        shutdown.abort();
        clean = await Promise.race([closed, sleep(SETTLE_MS, false, { ref: false })]);
      }
      await report?.stop();
      return clean;
    },
  };
}

function openQueue(
  { env, store, source, locks, onStop }: WorkerOptions,
  broker: WorkerBroker,
  shutdown: AbortSignal,
  queue: string,
  tasks: ReadonlyMap<string, Task>,
  careful: Careful | undefined,
): QueueWorker {
  const run = { env, store, source: source.name, tasks, shutdown };
  return openQueueWorker(broker, {
    ...{ queue, locks, guard: careful?.guard, quiet: careful?.quiet },
    ...(onStop ? { onStop } : {}),
    name: `${hostname()}:${process.pid}`,
    concurrency: careful?.slots ?? slotsOf([...tasks.values()]),
    backoffOf: (name) => tasks.get(name)?.retry.backoff ?? null,
    run: (job, signal) => runJob(run, job, signal),
  });
}

/** Nobody else is there, and an unknown name is a mistake that is told by failing its job. */
async function workOnAll(
  source: SourceConfig,
  queues: ReadonlyMap<string, unknown>,
  open: (broker: WorkerBroker, queue: string) => QueueWorker,
): Promise<WorkedQueues> {
  const broker = await openWorkerBroker(source);
  const since = Date.now();
  const workers = [...queues.keys()].map((queue) => open(broker, queue));
  await Promise.all(workers.map((worker) => worker.ready()));
  return {
    standings: () => workers.map(({ queue }) => ({ queue, state: 'works', reason: null, since })),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
      await broker.close();
    },
  };
}

/**
 * A queue's tasks share its slots, and each task's `concurrency` is a limit: so the smallest one holds for the queue. Anything
 * finer would hold jobs of one task locked while they wait for their turn.
 */
export function slotsOf(tasks: readonly Task[]): number {
  return Math.min(...tasks.map((task) => task.concurrency));
}

function groupByQueue(tasks: readonly Task[]): Map<string, Map<string, Task>> {
  const queues = new Map<string, Map<string, Task>>();
  for (const task of tasks) {
    const own = queues.get(task.queue) ?? new Map<string, Task>();
    if (own.has(task.name)) throw new Error(`Two tasks are called "${task.name}".`);
    queues.set(task.queue, own.set(task.name, task));
  }
  return queues;
}
