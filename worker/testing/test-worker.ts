import { setTimeout as sleep } from 'node:timers/promises';
import type { BullJob, BullQueue } from '@/lib/backends/bullmq/worker/broker';
import { openWorkerBroker } from '@/lib/backends/bullmq/worker/broker';
import { loadEnv, SourceConfig } from '@/lib/env';
import { openStore, type Store } from '@/lib/store/store';
import { startRedis, type TestServer } from '@/lib/testing/servers';
import { createTestDatabase } from '@/lib/testing/test-database';
import type { Task } from '@/worker/define-task';
import { type RunningWorker, startWorker } from '@/worker/run-worker';
import { makeHome } from './task-context';

/** Locks short enough to see a job stall within a test. */
export const SHORT_LOCKS = { lockMs: 2_000, stalledEveryMs: 500, maxStalls: 10 };

export interface TestBroker {
  source: SourceConfig;
  /** Null for a broker that is shared by the run. */
  server: TestServer | null;
  stop(): Promise<void>;
}

/** One of our own, as the launcher brings: nothing is left alone there. */
export async function startBroker(kind: 'redis' | 'postgres'): Promise<TestBroker> {
  if (kind === 'postgres') {
    const source = SourceConfig.parse({ name: 'test', url: await createTestDatabase(), embedded: true });
    return { source, server: null, stop: async () => undefined };
  }
  const server = await startRedis();
  const source = SourceConfig.parse({ name: 'test', url: server.url, embedded: true });
  return { source, server, stop: () => server.stop() };
}

/** A worker on the given tasks, and the queues beside it. `close` ends all but the broker. */
export interface TestWorker {
  store: Store;
  worker: RunningWorker;
  queue(name: string): BullQueue;
  /** Polls until the job is in one of the states; fails after 15 s with the state that it is in. */
  waitFor(queue: string, id: string, ...states: string[]): Promise<BullJob>;
  close(): Promise<void>;
}

export async function startTestWorker(broker: TestBroker, tasks: readonly Task[]): Promise<TestWorker> {
  const store = openStore(await createTestDatabase(), { max: 20 });
  const env = { ...loadEnv({}), home: makeHome() };
  const worker = await startWorker({ env, store, source: broker.source, tasks, locks: SHORT_LOCKS });
  const client = await openWorkerBroker(broker.source);
  const queues = new Map<string, BullQueue>();
  const queue = (name: string) => {
    const known = queues.get(name) ?? client.openQueue(name);
    if (!queues.has(name)) known.on('error', () => undefined);
    queues.set(name, known);
    return known;
  };
  return {
    store,
    worker,
    queue,
    waitFor: (name, id, ...states) => waitForState(queue(name), id, states),
    close: async () => {
      await worker.stop(0);
      await Promise.all([...queues.values()].map((one) => one.close()));
      await client.close();
      await store.close();
    },
  };
}

async function waitForState(queue: BullQueue, id: string, states: string[]): Promise<BullJob> {
  let state = 'unknown';
  for (const until = Date.now() + 60_000; Date.now() < until; await sleep(20)) {
    state = await queue.getJobState(id);
    const job = states.includes(state) ? await queue.getJob(id) : undefined;
    if (job) return job as BullJob;
  }
  throw new Error(`job ${id} is ${state}, not ${states.join(' or ')}`);
}
