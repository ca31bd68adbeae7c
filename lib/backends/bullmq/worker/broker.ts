import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ConnectionOptions,
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  type Job,
  type JobProgress,
  type PostgresConnectionOptions,
  type PostgresQueueBackend,
  Queue,
  type RedisQueueBackend,
  runMigrations,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import pg from 'pg';
import type { SourceConfig } from '@/lib/env';
import { log } from '@/lib/log';
import type { ControlTarget } from '../control';
import { connectRedis } from '../redis/connect';
import { OUR_MARK } from './our-mark';
import type { TakeGuard } from './take-known/guard';
import { takeKnownOnPostgres } from './take-known/postgres';
import { takeKnownOnRedis } from './take-known/redis';

export type BullWorker = Worker<unknown, unknown>;
export type BullQueue = Queue<unknown>;
export type BullJob = Job<unknown, unknown>;
export type Process = (job: BullJob, token: string | undefined, signal: AbortSignal | undefined) => Promise<unknown>;
export type WorkerSettings = Omit<WorkerOptions, 'connection' | 'prefix'>;
export type CarefulSettings = WorkerSettings & { name: string; lockDuration: number };

/** One broker as a worker process sees it: calls wait for a broker that is away instead of failing. */
export interface WorkerBroker {
  readonly controlTarget: ControlTarget;
  /** Calls go over one connection and arrive in the order in which they were made. */
  readonly keepsOrder: boolean;
  openWorker(queue: string, process: Process, settings: WorkerSettings): BullWorker;
  /** The same for a broker that is somebody else's. */
  openCarefulWorker(queue: string, process: Process, settings: CarefulSettings, guard: TakeGuard): BullWorker;
  openQueue(queue: string): BullQueue;
  close(): Promise<void>;
}

/** On PostgreSQL resolves once the server answers (migrating an embedded one); on Redis at once. */
export async function openWorkerBroker(source: SourceConfig, signal?: AbortSignal): Promise<WorkerBroker> {
  return /^postgres/.test(source.url) ? openPostgres(source, signal) : openRedis(source);
}

/** The end of a job brings no next one along: every job is taken by the step that looks first. */
class CarefulWorker<B extends IQueueBackend, C = ConnectionOptions> extends Worker<
  unknown,
  unknown,
  string,
  B,
  JobProgress,
  C
> {
  override processJob(job: BullJob, token: string) {
    return super.processJob(job, token, () => false);
  }
}

/** For the connection alone: jobs keep the worker's plain name. */
const marked = <T extends object>(options: T, name: string) => ({ ...options, name: OUR_MARK + name });

function openRedis(source: SourceConfig): WorkerBroker {
  // BullMQ duplicates it for each worker's blocking call; everything else shares this one.
  const connection = connectRedis(source, 'worker');
  const { prefix } = source;
  return {
    controlTarget: connection,
    keepsOrder: true,
    openWorker: (queue, process, settings) => new Worker(queue, process, { ...settings, connection, prefix }),
    openCarefulWorker: (queue, process, settings, guard) =>
      new CarefulWorker<RedisQueueBackend>(queue, process, { ...settings, connection, prefix }, (name, options, more) =>
        takeKnownOnRedis(createRedisBackend(name, marked(options, settings.name), more), connection, guard),
      ),
    openQueue: (queue) => new Queue(queue, { connection, prefix, skipMetasUpdate: true }),
    close: async () => connection.disconnect(),
  };
}

const POOL_SIZE = 4;

async function openPostgres(source: SourceConfig, signal?: AbortSignal): Promise<WorkerBroker> {
  const connection = {
    ...source.options,
    connectionString: source.url,
    schema: source.schema,
    max: POOL_SIZE,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  };
  await waitForPostgres(source, signal);
  return {
    controlTarget: connection,
    keepsOrder: false,
    openWorker: (queue, process, settings) =>
      new Worker(queue, process, { ...settings, connection }, createPostgresBackend) as unknown as BullWorker,
    openCarefulWorker: (queue, process, settings, guard) =>
      new CarefulWorker<PostgresQueueBackend, PostgresConnectionOptions>(
        queue,
        process,
        { ...settings, connection },
        (name, options, more) =>
          takeKnownOnPostgres(
            createPostgresBackend(name, marked(options, settings.name), more),
            queue,
            settings.lockDuration,
            guard,
          ),
      ) as unknown as BullWorker,
    openQueue: (queue) =>
      new Queue(queue, { connection, skipMetasUpdate: true }, createPostgresBackend) as unknown as BullQueue,
    close: async () => undefined,
  };
}

/** BullMQ remembers a first connect that failed for good, so it is only begun with once the server answers. */
async function waitForPostgres(source: SourceConfig, signal?: AbortSignal): Promise<void> {
  for (let delayMs = 250; ; delayMs = Math.min(delayMs * 2, 5_000)) {
    const client = new pg.Client({ connectionString: source.url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      if (source.embedded) await runMigrations(client, source.schema);
      return;
    } catch (error) {
      if (signal?.aborted) throw error;
      log.warn({ source: source.name, err: (error as Error).message }, 'broker is away, trying again');
    } finally {
      await client.end().catch(() => undefined);
    }
    await sleep(delayMs, undefined, { signal });
  }
}
