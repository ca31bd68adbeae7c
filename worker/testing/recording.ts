import type { QueueBackend } from '@/lib/backends/backend';
import { type BullQueue, openWorkerBroker } from '@/lib/backends/bullmq/worker/broker';
import { openBackend } from '@/lib/backends/registry';
import { SourceConfig } from '@/lib/env';
import { openStore, type Store } from '@/lib/store/store';
import type { TestServer } from '@/lib/testing/servers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { recordHistory } from '../monitor/record-history';

export const DAY_MS = 86_400_000;
const SOURCE = 'test';

export interface Gap {
  queue: string;
  unseen: number | null;
  reason: string;
}

/** One broker, a store of its own, and what a test does to the one and reads in the other. */
export interface Recording {
  source: string;
  server: TestServer;
  store: Store;
  /** Returns what stops it. `change`: what happens to its way to the broker first. */
  startRecorder(reconcileEveryMs?: number, change?: (backend: QueueBackend) => void): () => Promise<void>;
  isRecording(): Promise<boolean>;
  openQueue(name: string): BullQueue;
  openWorker(name: string, run: (n: number) => Promise<unknown>, options?: object): void;
  /** Sums of a queue's figures. */
  figures(queue: string): Promise<Record<string, number>>;
  /** Its recorded jobs, in the order in which they were. */
  jobs(queue: string): Promise<Record<string, unknown>[]>;
  countJobs(queue: string): Promise<number>;
  gaps(queue: string): Promise<Gap[]>;
  onClose(close: () => Promise<unknown>): void;
  close(): Promise<void>;
}

export async function openRecording(server: TestServer): Promise<Recording> {
  const config = SourceConfig.parse({ name: SOURCE, url: server.url });
  const client = await openWorkerBroker(config);
  const store = openStore(await createTestDatabase());
  const closers: (() => Promise<unknown>)[] = [];
  const recorders: (() => Promise<void>)[] = [];
  return {
    source: SOURCE,
    server,
    store,
    startRecorder(reconcileEveryMs, change = () => undefined) {
      const stopping = new AbortController();
      const backend = openBackend(config, { role: 'web' });
      change(backend);
      const ended = recordHistory({
        store,
        backend,
        owner: `owner-${Math.random()}`,
        keepMs: 30 * DAY_MS,
        signal: stopping.signal,
        ...(reconcileEveryMs === undefined ? {} : { reconcileEveryMs }),
      });
      const stop = async () => {
        stopping.abort();
        await ended;
        await backend.close();
      };
      recorders.push(stop);
      return stop;
    },
    isRecording: async () =>
      (await store.query('SELECT 1 FROM queuedeck.recorder WHERE cursor IS NOT NULL')).length === 1,
    openQueue(name) {
      const queue = client.openQueue(name);
      queue.on('error', () => undefined);
      closers.push(() => queue.close());
      return queue;
    },
    openWorker(name, run, options = {}) {
      const worker = client.openWorker(name, async (job) => run((job.data as { n: number }).n), {
        name: 'host-1:42',
        ...options,
      });
      worker.on('error', () => undefined);
      closers.push(() => worker.close(true));
    },
    figures: (queue) => readFigures(store, queue),
    jobs: (queue) =>
      store.query<Record<string, unknown>>(
        `SELECT j.*, k.name AS kind, w.name AS worker, g.title FROM queuedeck.job j JOIN queuedeck.scope q ON q.id = j.queue_id
           JOIN queuedeck.scope k ON k.id = j.kind_id LEFT JOIN queuedeck.seen_worker w ON w.id = j.worker_id
           LEFT JOIN queuedeck.failure_group g ON g.id = j.group_id WHERE q.queue = $1 ORDER BY j.n`,
        [queue],
      ),
    async countJobs(queue) {
      const [row] = await store.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM queuedeck.job j JOIN queuedeck.scope q ON q.id = j.queue_id WHERE q.queue = $1',
        [queue],
      );
      return row?.n ?? 0;
    },
    gaps: (queue) =>
      store.query<Gap & Record<string, unknown>>(
        'SELECT queue, unseen, reason FROM queuedeck.recording_gap WHERE queue = $1 ORDER BY id',
        [queue],
      ),
    onClose(close) {
      closers.push(close);
    },
    async close() {
      for (const stop of recorders) await stop();
      for (const close of closers.reverse()) await close();
      await client.close();
      await store.close();
    },
  };
}

async function readFigures(store: Store, queue: string): Promise<Record<string, number>> {
  const [row] = await store.query<Record<string, number>>(
    `SELECT coalesce(sum(added), 0)::int AS added, coalesce(sum(started), 0)::int AS started, coalesce(sum(completed), 0)::int AS completed,
            coalesce(sum(failed), 0)::int AS failed, coalesce(sum(failed_attempts), 0)::int AS failed_attempts,
            coalesce(sum(retried), 0)::int AS retried, coalesce(sum(unseen), 0)::int AS unseen
       FROM queuedeck.figure f JOIN queuedeck.scope s ON s.id = f.scope_id WHERE s.kind = 1 AND s.queue = $1 AND f.level = 0`,
    [queue],
  );
  return row ?? {};
}
