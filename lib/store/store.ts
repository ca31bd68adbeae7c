import pg from 'pg';
import { CodedError } from '@/lib/contracts/errors';
import { log } from '@/lib/log';
import { migrate } from './migrate';

/** Our own PostgreSQL: history, audit, operations. Schema `queuedeck`. */
export interface Store {
  readonly pool: pg.Pool;
  /** Rows of a parameterised query. Throws CodedError('store_unavailable') when the store is away. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Runs in one transaction; rolls back when `run` throws. */
  transaction<T>(run: (client: pg.PoolClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** SQLSTATE classes and system codes that mean "not reachable", as opposed to "the query is wrong". */
const AWAY = /^(08|57P0|53300|ECONN|ENOTFOUND|EPIPE|ETIMEDOUT|ENOENT|EAI_AGAIN|57014)/;

export function asStoreError(error: unknown): unknown {
  const code = (error as { code?: unknown })?.code;
  const text = error instanceof Error ? error.message : '';
  if ((typeof code === 'string' && AWAY.test(code)) || /timeout|terminated|not queryable/i.test(text))
    return new CodedError('store_unavailable', 'The store (PostgreSQL) does not answer.', {
      retryAfterSeconds: 2,
      cause: error,
    });
  // Only what a caller sent can hold one: what is recorded is cleaned before.
  if (code === '22021')
    return new CodedError('validation_failed', 'The input holds a NUL character, which the store does not take.', {
      errors: [{ path: '', message: 'must not hold a NUL character' }],
      cause: error,
    });
  return error;
}

/** Connects lazily; migrates once before the first query (and again after a failed attempt). */
export function openStore(url: string, options: { max?: number } = {}): Store {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 8,
    connectionTimeoutMillis: 2500,
    query_timeout: 10_000,
    idleTimeoutMillis: 30_000,
    application_name: 'queuedeck',
  });
  pool.on('error', (error) => log.warn({ err: error.message }, 'store connection lost'));
  let ready: Promise<void> | null = null;
  const migrated = () => {
    ready ??= migrate(pool).catch((error) => {
      ready = null;
      throw error;
    });
    return ready;
  };
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      await migrated();
      return await work();
    } catch (error) {
      throw asStoreError(error);
    }
  };
  return {
    pool,
    query: (text, values) => guard(async () => (await pool.query(text, values)).rows),
    transaction: (run) => guard(() => inTransaction(pool, run)),
    close: () => pool.end(),
  };
}

async function inTransaction<T>(pool: pg.Pool, run: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection that breaks between two queries says so here; unheard, it would end the process.
  const noteBroken = (error: Error) => {
    broken = error;
  };
  client.on('error', noteBroken);
  try {
    await client.query('BEGIN');
    const result = await run(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    client.off('error', noteBroken);
    client.release(broken);
  }
}
