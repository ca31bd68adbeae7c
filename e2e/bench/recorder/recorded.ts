import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openStore, type Store } from '@/lib/store/store';
import { createDatabase } from '@/lib/testing/servers';
import { type BenchContext, SOURCE } from '../context';
import { startMonitor } from './monitor';
import type { WorkloadConfig, WorkloadResult } from './workload';

/** Nothing of the bench takes longer. */
export const PATIENCE_MS = 600_000;

/** A recorder of the broker at `url`, with a store of its own unless one is `known`. */
export async function openRecorder(context: BenchContext, url: string, known?: string) {
  const databaseUrl = known ?? (await createDatabase(context.postgresUrl));
  const store = openStore(databaseUrl);
  await store.query('SELECT 1');
  const monitor = await startMonitor({ source: { name: SOURCE, url }, databaseUrl }, context.guard);
  const close = async () => {
    await monitor.stop();
    // Who was killed holds the lease until it is over; the next one of the bench need not wait for that.
    await store.query('UPDATE queuedeck.recorder SET lease_until = now()').catch(() => undefined);
    await store.close();
  };
  return { store, monitor, close };
}

export async function runWorkload(config: WorkloadConfig): Promise<WorkloadResult> {
  const words = ['--import', 'tsx', 'e2e/bench/recorder/workload.ts', JSON.stringify(config)];
  const { stdout } = await promisify(execFile)(process.execPath, words, { timeout: PATIENCE_MS });
  return JSON.parse(stdout) as WorkloadResult;
}

export async function readEnded(store: Store, queue: string): Promise<number> {
  const [row] = await store.query<{ n: number }>(
    `SELECT coalesce(sum(completed), 0)::int AS n FROM queuedeck.figure f JOIN queuedeck.scope s ON s.id = f.scope_id
      WHERE s.kind = 1 AND s.queue = $1 AND f.level = 0`,
    [queue],
  );
  return row?.n ?? 0;
}

export async function waitForEnded(store: Store, queue: string, count: number): Promise<void> {
  for (const until = Date.now() + PATIENCE_MS; (await readEnded(store, queue)) < count; await sleep(20))
    if (Date.now() > until)
      throw new Error(`${await readEnded(store, queue)} of ${count} jobs of ${queue} were recorded`);
}

/** Until each of `count` jobs has been recorded or was told as not seen; how many were told. */
export async function waitForTold(store: Store, queue: string, count: number): Promise<number> {
  for (const until = Date.now() + PATIENCE_MS; ; await sleep(20)) {
    const [recorded, unseen] = [await readEnded(store, queue), await readUnseen(store, queue)];
    if (recorded + unseen >= count) return unseen;
    if (Date.now() > until)
      throw new Error(`${recorded} of ${count} jobs of ${queue} were recorded, ${unseen} told as not seen`);
  }
}

async function readUnseen(store: Store, queue: string): Promise<number> {
  const [row] = await store.query<{ n: number }>(
    'SELECT coalesce(sum(unseen), 0)::int AS n FROM queuedeck.recording_gap WHERE queue = $1',
    [queue],
  );
  return row?.n ?? 0;
}

export async function waitForCursor(store: Store): Promise<void> {
  for (const until = Date.now() + 30_000; Date.now() < until; await sleep(50)) {
    const rows = await store.query('SELECT 1 FROM queuedeck.recorder WHERE cursor IS NOT NULL AND lease_until > now()');
    if (rows.length > 0) return;
  }
  throw new Error('the recorder did not begin');
}

export async function readLag(store: Store): Promise<number> {
  const [row] = await store.query<{ lag: number | null }>('SELECT max(lag_ms)::float8 AS lag FROM queuedeck.recorder');
  return row?.lag ?? 0;
}

export async function readBytesPerJob(store: Store): Promise<number> {
  const [row] = await store.query<{ bytes: number; jobs: number }>(
    `SELECT (SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'queuedeck.job'::regclass)::float8 AS bytes,
            (SELECT count(*) FROM queuedeck.job)::float8 AS jobs`,
  );
  return (row?.bytes ?? Number.NaN) / (row?.jobs ?? 1);
}
