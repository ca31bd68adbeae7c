import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openWorkerBroker } from '@/lib/backends/bullmq/worker/broker';
import { SourceConfig } from '@/lib/env';
import { openStore, type Store } from '@/lib/store/store';
import { startPostgresBroker } from '@/lib/testing/brokers';
import { startPostgres, startRedis } from '@/lib/testing/servers';
import { bundleEntry } from '../support/bundle';
import type { RecordingMonitorConfig } from '../support/recording-monitor';

const QUEUE = 'storm';
const JOBS = 4_000;

/** Counts of the queue's figures; null while the store is away. */
async function readFigures(store: Store): Promise<{ added: number; completed: number; failed: number } | null> {
  return store
    .query<{ added: number; completed: number; failed: number }>(
      `SELECT coalesce(sum(added), 0)::int AS added, coalesce(sum(completed), 0)::int AS completed, coalesce(sum(failed), 0)::int AS failed
         FROM queuedeck.figure f JOIN queuedeck.scope s ON s.id = f.scope_id WHERE s.kind = 1 AND s.queue = $1 AND f.level = 0`,
      [QUEUE],
    )
    .then(([row]) => row ?? null)
    .catch(() => null);
}

it.each([
  ['Redis', startRedis],
  ['PostgreSQL', startPostgresBroker],
])(
  'counts each job of BullMQ on %s once while the recorder is killed, and broker and store are killed and come back',
  {
    timeout: 300_000,
  },
  async (_name, startBroker) => {
    const [broker, postgres] = await Promise.all([startBroker(), startPostgres()]);
    const source = SourceConfig.parse({ name: 'storm', url: broker.url });
    const config: RecordingMonitorConfig = {
      source: { name: source.name, url: source.url },
      databaseUrl: postgres.url,
    };
    const file = await bundleEntry('e2e/support/recording-monitor.ts');
    const start = (): ChildProcess =>
      spawn(process.execPath, [file, JSON.stringify(config)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const store = openStore(postgres.url);
    const client = await openWorkerBroker(source);
    let recorder = start();
    const queue = client.openQueue(QUEUE);
    queue.on('error', () => undefined);
    const worker = client.openWorker(
      QUEUE,
      async (job) => {
        await sleep(5);
        if ((job.data as { n: number }).n % 10 === 0) throw new Error('no luck');
      },
      { concurrency: 50, metrics: { maxDataPoints: 100 }, runRetryDelay: 200 },
    );
    worker.on('error', () => undefined);
    const until = async (what: () => Promise<boolean>, limitMs = 90_000) => {
      for (const end = Date.now() + limitMs; Date.now() < end; await sleep(200))
        if (await what().catch(() => false)) return;
      throw new Error(
        `it never came: ${JSON.stringify([await readFigures(store), await queue.getJobCounts(), await store.query('SELECT owner, epoch, lag_ms, lease_until, now(), cursor, progress FROM queuedeck.recorder')])}`,
      );
    };
    const seen = (count: number) => until(async () => ((await readFigures(store))?.added ?? 0) >= count);
    try {
      await until(
        async () => (await store.query('SELECT 1 FROM queuedeck.recorder WHERE cursor IS NOT NULL')).length > 0,
      );
      const adding = (async () => {
        for (let at = 0; at < JOBS; at += 50) {
          const jobs = Array.from({ length: 50 }, (_, i) => ({
            name: 'a',
            data: { n: at + i },
            opts: { jobId: `job-${at + i}` },
          }));
          // Ids of their own: a batch that a lost broker may have taken is given again without doubling.
          for (let done = false; !done; )
            done = await queue.addBulk(jobs).then(
              () => true,
              () => sleep(200, false),
            );
          await sleep(100);
        }
      })();
      await seen(JOBS * 0.2);
      recorder.kill('SIGKILL');
      await sleep(500);
      recorder = start();
      await seen(JOBS * 0.4);
      await postgres.kill();
      await sleep(700);
      await postgres.restart();
      await seen(JOBS * 0.6);
      await broker.kill();
      await sleep(300);
      await broker.restart();
      await seen(JOBS * 0.75);
      recorder.kill('SIGKILL');
      recorder = start();
      await adding;
      // What was running while the broker was killed is BullMQ's to find: its lock lasts 30 s, and it looks every 30 s.
      await until(async () => (await queue.getJobCountByTypes('completed', 'failed')) === JOBS, 120_000);
      const truth = { added: JOBS, completed: await queue.getCompletedCount(), failed: await queue.getFailedCount() };
      await until(async () => {
        const now = await readFigures(store);
        return (now?.completed ?? 0) + (now?.failed ?? 0) >= JOBS;
      });
      await sleep(3_000);
      expect(await readFigures(store)).toEqual(truth);
      const states = await store.query<{ state: number; n: number }>(
        'SELECT state, count(*)::int AS n FROM queuedeck.job GROUP BY state ORDER BY state',
      );
      expect(states).toEqual([
        { state: 5, n: truth.completed },
        { state: 6, n: truth.failed },
      ]);
    } finally {
      recorder.kill('SIGKILL');
      await worker.close(true).catch(() => undefined);
      await queue.close().catch(() => undefined);
      await client.close();
      await store.close();
      await Promise.allSettled([broker.stop(), postgres.stop()]);
      rmSync(file, { force: true });
    }
  },
);
