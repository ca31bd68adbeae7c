import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { loadEnv } from '@/lib/env';
import { openStore, type Store } from '@/lib/store/store';
import { openPostgresBroker, openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { defineTask, type Task, type TaskContext } from '@/worker/define-task';
import { type RunningWorker, startWorker } from '@/worker/run-worker';
import { makeHome } from './task-context';
import { SHORT_LOCKS } from './test-worker';

export const openForeignBroker = (kind: 'redis' | 'postgres'): Promise<TestBroker> =>
  kind === 'redis' ? openRedisBroker() : openPostgresBroker();

export interface ToldRow {
  state: 'works' | 'left-alone';
  reason: string | null;
}

/** Our worker on a broker that is somebody else's. */
export interface CarefulWorker {
  store: Store;
  worker: RunningWorker;
  /** What it tells the web of the queue. */
  standing(queue: string): Promise<ToldRow | null>;
  untilWorks(...queues: string[]): Promise<void>;
  /** Resolves to the reason. */
  untilLeft(queue: string): Promise<string>;
  close(): Promise<void>;
}

export interface CarefulOptions {
  tasks: readonly Task[];
  /** Once at the start, as good as, when absent: what is tested is then the step that takes a job. */
  lookEveryMs?: number;
}

export async function startCarefulWorker(broker: TestBroker, options: CarefulOptions): Promise<CarefulWorker> {
  const store = openStore(await createTestDatabase(), { max: 20 });
  const env = { ...loadEnv({}), home: makeHome() };
  const { tasks, lookEveryMs = 600_000 } = options;
  const worker = await startWorker({ env, store, source: broker.config, tasks, locks: SHORT_LOCKS, lookEveryMs });
  const standing = async (queue: string) => {
    const rows = await store.query<ToldRow & { [column: string]: unknown }>(
      'SELECT state, reason FROM queuedeck.worker_queue WHERE queue = $1',
      [queue],
    );
    return rows[0] ?? null;
  };
  const until = async (queue: string, state: ToldRow['state']) => {
    let last: ToldRow | null = null;
    for (const end = Date.now() + 60_000; Date.now() < end; await sleep(20)) {
      last = await standing(queue);
      if (last?.state === state && !last.reason?.includes('not been looked into')) return last;
    }
    throw new Error(`${queue} is ${JSON.stringify(last)}, not ${state}`);
  };
  return {
    store,
    worker,
    standing,
    untilWorks: async (...queues) => {
      for (const queue of queues) await until(queue, 'works');
    },
    untilLeft: async (queue) => (await until(queue, 'left-alone')).reason ?? '',
    close: async () => {
      await worker.stop(0);
      await store.close();
    },
  };
}

/** A task called `known` on the queue; what it ran is in `ran`, in order. */
export function knownTask(
  queue: string,
  ran: string[],
  run: (ctx: TaskContext) => Promise<unknown> = async () => 'ok',
): Task {
  return defineTask({
    name: 'known',
    queue,
    description: '',
    example: {},
    input: z.looseObject({}),
    retry: { attempts: 1, backoff: { type: 'fixed', delayMs: 1 } },
    timeoutMs: null,
    concurrency: 4,
    run: async (ctx) => {
      ran.push(ctx.job.id);
      return run(ctx);
    },
  });
}
