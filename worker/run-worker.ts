import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LockSettings, openQueueWorker } from '@/lib/backends/bullmq/worker';
import { openWorkerBroker } from '@/lib/backends/bullmq/worker/broker';
import type { Env, SourceConfig } from '@/lib/env';
import { log } from '@/lib/log';
import type { Store } from '@/lib/store/store';
import type { Task } from './define-task';
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

/** One BullMQ worker for each queue that has tasks. Resolves when all of them take jobs. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { env, store, source, tasks, locks, onStop } = options;
  const shutdown = new AbortController();
  // Every running job listens: as many as there are slots, which is no leak.
  setMaxListeners(0, shutdown.signal);
  const stopRegistering = registerTasks(store, source.name, tasks);
  const broker = await openWorkerBroker(source);
  const workers = [...groupByQueue(tasks)].map(([queue, own]) => {
    const run = { env, store, source: source.name, tasks: own, shutdown: shutdown.signal };
    return openQueueWorker(broker, {
      ...{ queue, locks },
      ...(onStop ? { onStop } : {}),
      name: `${hostname()}:${process.pid}`,
      concurrency: slotsOf([...own.values()]),
      backoffOf: (name) => own.get(name)?.retry.backoff ?? null,
      run: (job, signal) => runJob(run, job, signal),
    });
  });
  await Promise.all(workers.map((worker) => worker.ready()));

  return {
    stop: async (graceMs, hurry) => {
      stopRegistering();
      const closed = Promise.all(workers.map((worker) => worker.close())).then(() => true);
      closed.catch((error: Error) => log.warn({ err: error.message }, 'worker did not close'));
      const grace = sleep(graceMs, false, { signal: hurry, ref: false }).catch(() => false);
      if (!(await Promise.race([closed, grace]))) {
        shutdown.abort();
        if (!(await Promise.race([closed, sleep(SETTLE_MS, false, { ref: false })]))) return false;
      }
      await broker.close();
      return true;
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
