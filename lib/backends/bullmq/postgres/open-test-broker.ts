import { createPostgresBackend, runMigrations, withBackend } from 'bullmq';
import pg from 'pg';
import type { TestJob } from '@/lib/backends/conformance/broker';
import { SourceConfig } from '@/lib/env';
import { openPostgresBackend } from '../postgres';

const { FlowProducer, Queue, Worker } = withBackend(createPostgresBackend);

export type TestBroker = Awaited<ReturnType<typeof openTestBroker>>;

/** A migrated database with BullMQ's own clients on it, and our backend. `close` ends all that it handed out. */
export async function openTestBroker(url: string) {
  const pool = new pg.Pool({ connectionString: url, max: 4, options: '-c search_path=bullmq' });
  pool.on('error', () => {});
  const client = await pool.connect();
  await runMigrations(client, 'bullmq');
  client.release();
  const config = SourceConfig.parse({ name: 'test', url });
  const backend = openPostgresBackend(config);
  const opened: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(one: T): T => {
    opened.push(one);
    return one;
  };
  return {
    config,
    backend,
    pool,
    sql: async (text: string, values?: unknown[]): Promise<Record<string, unknown>[]> =>
      (await pool.query(text, values)).rows,
    queue: (name: string) => keep(new Queue(name, { connection: url }).on('error', () => {})),
    flows: () => keep(new FlowProducer({ connection: url })),
    worker: (
      name: string,
      run: (job: TestJob) => Promise<unknown>,
      options: { name?: string; concurrency?: number; metrics?: { maxDataPoints: number } } = {},
    ) => keep(new Worker(name, run, { ...options, connection: url }).on('error', () => {})),
    loseMeta: (queue: string) => pool.query('DELETE FROM meta WHERE queue = $1', [queue]),
    close: async () => {
      await Promise.all(opened.map((one) => one.close()));
      await backend.close();
      await pool.end();
    },
  };
}
