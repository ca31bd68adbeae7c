import pg from 'pg';
import { CodedError } from '@/lib/contracts/errors';
import { log } from '@/lib/log';
import { cleanText } from './clean-text';
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
  // Only what a caller sent can hold one: what is recorded is cleaned before, and what is ours to keep is refused before.
  if (code === '22021' || code === '22P05' || (code === '22P02' && /json/.test(text))) {
    const message = 'must not hold a NUL character or a half of a surrogate pair';
    return new CodedError('validation_failed', `The input ${message}.`, {
      errors: [{ path: '', message }],
      cause: error,
    });
  }
  return error;
}

/** A name with a NUL is looked up in the form in which it is recorded. */
function cleanValue(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (!Array.isArray(value) || !value.some((one) => typeof one === 'string' && cleanText(one) !== one)) return value;
  return value.map(cleanValue);
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
    query: (text, values) => guard(async () => (await pool.query(text, values?.map(cleanValue))).rows),
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
