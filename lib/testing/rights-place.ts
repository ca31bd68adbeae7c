import { Redis } from 'ioredis';
import type { KeptJob } from '@/lib/backends/bulk';
import { controlWorker } from '@/lib/backends/bullmq/control';
import type { JobOptions } from '@/lib/contracts/jobs';
import { until } from '@/lib/testing/until';
import type { TestBroker } from './brokers';

/** The queue with a job for every call; each of the others is there for one. */
export const SHOP = 'shop';
export const FAILED = ['retry', 'bulk-retry', 'bulk-edit'] as const;
const DELAYED = ['promote', 'reschedule', 'bulk-promote'] as const;
const WAITING = [
  ...['remove', 'duplicate', 'edit', 'prioritize', 'progress', 'add-log', 'clear-log', 'cancel'],
  ...['bulk-remove', 'bulk-cancel', 'bulk-duplicate', 'bulk-move', 'bulk-restore'],
];
const HOUR_MS = 3_600_000;

/** A broker in which every change has something to change, and every read something to read. */
export interface RightsPlace {
  /** The worker process that takes orders. */
  workerId: string;
  /** A job that was kept and is gone, to be put back. */
  kept: KeptJob;
  /** What its operations on many jobs would be called with. */
  prints: Record<'bulk-remove' | 'bulk-cancel' | 'bulk-edit', string>;
}

export async function makeRightsPlace(broker: TestBroker): Promise<RightsPlace> {
  const { backend } = broker;
  await failJobs(broker);
  await backend.addJobs(SHOP, [
    ...WAITING.map((id) => toJob(id)),
    ...DELAYED.map((id) => toJob(id, { delayMs: HOUR_MS })),
    toJob('undeduplicate', { deduplication: { id: 'once', ttlMs: HOUR_MS } }),
    toJob('ranked', { priority: 5 }),
  ]);
  await backend.addLogs?.(SHOP, 'clear-log', ['one', 'two']);
  await broker.flows().add({
    ...{ name: 'mother', queueName: SHOP, data: {}, opts: { jobId: 'mother' } },
    children: [{ name: 'child', queueName: 'children', data: {}, opts: { jobId: 'child' } }],
  });
  for (const queue of ['drained', 'cleaned', 'swept', 'orphaned'])
    await backend.addJobs(queue, [toJob('one'), toJob('two')]);
  await backend.pause?.('swept');
  await backend.schedulers?.put(SHOP, 'nightly', NIGHTLY, false);
  if (backend.kind === 'bullmq-redis') await loseListEntry(broker.config.url);
  const kept = await keepOne(broker, 'bulk-restore');
  await backend.remove?.(SHOP, 'bulk-restore');
  const prints = {
    'bulk-remove': (await keepOne(broker, 'bulk-remove')).print,
    'bulk-cancel': (await keepOne(broker, 'bulk-cancel')).print,
    'bulk-edit': (await backend.bulk?.readData(SHOP, ['bulk-edit']))?.jobs[0]?.print ?? '',
  };
  return { workerId: await holdOne(broker), kept, prints };
}

export const NIGHTLY = {
  ...{ name: 'nightly', pattern: '0 3 * * *', everyMs: null, tz: 'UTC', startMs: null, endMs: null },
  ...{ limit: null, iterations: null, offsetMs: null, data: '{}', opts: '{}' },
};

const toJob = (id: string, options: JobOptions = {}) => ({ name: 'work', data: { id }, options: { id, ...options } });

async function failJobs(broker: TestBroker): Promise<void> {
  await broker.backend.addJobs(
    SHOP,
    FAILED.map((id) => toJob(id)),
  );
  const worker = broker.worker(SHOP, () => Promise.reject(new Error('declined')), { metrics: { maxDataPoints: 60 } });
  await until(async () => (await broker.backend.listJobs(SHOP, 'failed', null, 10)).items.length === FAILED.length);
  await worker.close();
}

async function keepOne({ backend }: TestBroker, id: string): Promise<KeptJob> {
  const [kept] = (await backend.bulk?.keepJobs(SHOP, [id]))?.jobs ?? [];
  if (!kept) throw new Error(`${id} was not kept`);
  return kept;
}

/** A job that runs, of a worker that takes orders. */
async function holdOne(broker: TestBroker): Promise<string> {
  const worker = broker.worker(
    'busy',
    (_job, _token, signal) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('aborted')));
      }),
  );
  controlWorker(worker, { connection: broker.config.url, beatEveryMs: 250 });
  await broker.backend.addJobs('busy', [toJob('running')]);
  return until(async () => {
    const beating = (await broker.backend.listWorkers()).find(({ beats, busy }) => beats && busy === 1);
    return beating?.id ?? null;
  });
}

/** Of a job there is its hash alone. */
async function loseListEntry(url: string): Promise<void> {
  const redis = new Redis(url);
  await redis.lrem('bull:orphaned:wait', 0, 'one');
  redis.disconnect();
}
