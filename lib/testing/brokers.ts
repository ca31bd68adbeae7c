import {
  createPostgresBackend,
  FlowProducer,
  Queue,
  runMigrations,
  Worker,
  type WorkerOptions,
  withBackend,
} from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { QueueBackend } from '@/lib/backends/backend';
import { openBackend } from '@/lib/backends/registry';
import { SourceConfig } from '@/lib/env';
import { startPostgres, startRedis, type TestServer } from './servers';

export type TestJob = { id?: string | undefined; name: string; data: unknown };
export type TestProcess = (job: TestJob, token?: string, signal?: AbortSignal) => Promise<unknown>;
export type TestWorkerOptions = Omit<WorkerOptions, 'connection'>;

/** What tests above the adapters use of BullMQ's Queue; those of both backends fit. */
export interface TestQueue {
  add(name: string, data: unknown, options?: object): Promise<{ id?: string | undefined }>;
  addBulk(jobs: { name: string; data: unknown; opts?: object }[]): Promise<unknown>;
  pause(): Promise<unknown>;
  setGlobalConcurrency(concurrency: number): Promise<unknown>;
  setGlobalRateLimit(max: number, duration: number): Promise<unknown>;
}

/** A server of its own, our backend on it, and users' own BullMQ classes. `close` ends all that it handed out. */
export interface TestBroker {
  config: SourceConfig;
  server: TestServer;
  backend: QueueBackend;
  queue(name: string): TestQueue;
  worker(queue: string, run: TestProcess, options?: TestWorkerOptions): Worker;
  flows(): FlowProducer;
  close(): Promise<void>;
}

export async function openRedisBroker(): Promise<TestBroker> {
  const server = await startRedis();
  const connection = new Redis(server.url, { maxRetriesPerRequest: null });
  connection.on('error', () => undefined);
  const { keep, closeAll } = keeper();
  const config = SourceConfig.parse({ name: 'test', url: server.url });
  const backend = openBackend(config, { role: 'web' });
  return {
    ...{ config, server, backend },
    queue: (name) => keep(new Queue(name, { connection })),
    worker: (name, run, options) => keep(new Worker(name, run, { ...options, connection })),
    flows: () => keep(new FlowProducer({ connection })),
    close: async () => {
      await backend.close();
      await closeAll();
      connection.disconnect();
      await server.stop();
    },
  };
}

/** A PostgreSQL server with BullMQ's schema in it. */
export async function startPostgresBroker(): Promise<TestServer> {
  const server = await startPostgres();
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await runMigrations(client, 'bullmq');
  await client.end();
  return server;
}

export async function openPostgresBroker(): Promise<TestBroker> {
  const server = await startPostgresBroker();
  const on = withBackend(createPostgresBackend);
  const connection = server.url;
  const { keep, closeAll } = keeper();
  const config = SourceConfig.parse({ name: 'test', url: server.url });
  const backend = openBackend(config, { role: 'web' });
  return {
    ...{ config, server, backend },
    queue: (name) => keep(new on.Queue(name, { connection })),
    worker: (name, run, options) => keep(new on.Worker(name, run, { ...options, connection }) as unknown as Worker),
    flows: () => keep(new on.FlowProducer({ connection }) as unknown as FlowProducer),
    close: async () => {
      await backend.close();
      await closeAll();
      await server.stop();
    },
  };
}

interface Closable {
  /** `true`: what runs is not waited for. */
  close(force?: boolean): Promise<void>;
  on(event: 'error', listener: () => void): unknown;
}

function keeper() {
  const opened: Closable[] = [];
  const keep = <T extends Closable>(one: T): T => {
    opened.push(one);
    one.on('error', () => undefined);
    return one;
  };
  return { keep, closeAll: () => Promise.all(opened.map((one) => one.close(true))) };
}
