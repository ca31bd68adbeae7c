import {
  assertSchemaCompatibility,
  runMigrations,
  SchemaMigrationRequiredError,
  SchemaVersionMismatchError,
  UnsupportedPostgresVersionError,
} from 'bullmq';
import pg from 'pg';
import type { SourceConfig } from '@/lib/env';
import { log } from '@/lib/log';
import { asAwayError, IncompatibleBrokerError } from './away';
import { countBytes } from './client-stream';

/** Every answer comes within this, also from a server that takes connections and then says nothing. */
const DEADLINE_MS = 2800;
const COMMIT_WITHIN_MS = 2500;
const CONNECT_TIMEOUT_MS = 1500;
const STATEMENT_TIMEOUT_MS = 2400;
/** Tables and functions that we use came with schema version 2. */
const OLDEST_SCHEMA = 2;

/**
 * Settings of our own sessions. Our lists and counts walk an index up to a limit; a bitmap or sequential scan, which a planner
 * without fresh statistics may choose, reads a whole queue for that.
 */
const SESSION_SETTINGS = {
  statement_timeout: String(STATEMENT_TIMEOUT_MS),
  enable_bitmapscan: 'off',
  enable_seqscan: 'off',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
};

export type Row = pg.QueryResultRow;
export type Query = <R extends Row>(text: string, values?: unknown[]) => Promise<R[]>;

export interface PostgresConnection {
  /** Rows of one statement. Rejects with CodedError('broker_unavailable') when the broker is away or its schema does not fit. */
  query: Query;
  /** Runs in one transaction; rolls back when `run` throws. Same errors. */
  transaction<T>(run: (query: Query) => Promise<T>): Promise<T>;
  /** The same as `query`, with the cause in place of the CodedError. */
  probe: Query;
  /** Bare statements, for code that looks at PostgreSQL's own errors: inside `run`, for the deadline and the errors. */
  bare: Query;
  run<T>(work: () => Promise<T>): Promise<T>;
  /** A connection of its own, connected; the caller ends it. */
  connectDedicated(): Promise<pg.Client>;
  /** What was asked over the pool since it was opened. `brokerMs`: how long statements took, so at most that long the server was busy. */
  readCost(): { commands: number; bytes: number; brokerMs: number };
  close(): Promise<void>;
}

export function openPostgresConnection(config: SourceConfig, maxConnections: number): PostgresConnection {
  const common = clientConfig(config);
  const pool = new pg.Pool({
    ...common,
    application_name: 'queuedeck:read',
    max: maxConnections,
    idleTimeoutMillis: 30_000,
  });
  pool.on('error', (error) => log.debug({ source: config.name, err: error.message }, 'idle broker connection lost'));
  // One that breaks while it is taken says so on itself; unheard, it would end the process. Whoever has it sees its query fail.
  pool.on('connect', (client) => client.on('error', () => undefined));

  let ready: Promise<void> | null = null;
  let ending: Promise<void> | null = null;
  const prepared = () => {
    ready ??= prepareSchema(pool, config).catch((error) => {
      ready = null;
      throw error;
    });
    return ready;
  };
  const bounded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await withDeadline(prepared().then(work));
    } catch (error) {
      // The schema went away under us: look again before the next statement.
      if ((error as { code?: unknown }).code === '42P01') ready = null;
      throw error;
    }
  };
  const readBytes = countBytes(pool);
  const cost = { commands: 0, brokerMs: 0 };
  const bare: Query = async (text, values) => {
    const from = performance.now();
    try {
      return await runStatement(pool, text, values);
    } finally {
      cost.commands += 1;
      cost.brokerMs += performance.now() - from;
    }
  };
  const probe: Query = (text, values) => bounded(() => bare(text, values));
  return {
    bare,
    probe,
    run: (work) => bounded(work).catch(rethrowAsAway),
    query: <R extends Row>(text: string, values?: unknown[]) => probe<R>(text, values).catch(rethrowAsAway),
    transaction: (work) => {
      const commitBefore = Date.now() + COMMIT_WITHIN_MS;
      return bounded(() => inTransaction(pool, commitBefore, work)).catch(rethrowAsAway);
    },
    connectDedicated: () => connectDedicated(common, prepared),
    readCost: () => ({ ...cost, bytes: readBytes() }),
    close: () => {
      ending ??= pool.end();
      return ending;
    },
  };
}

function clientConfig(config: SourceConfig): pg.ClientConfig {
  // What a URL says wins over the fields beside it, so its own `options` are taken out of it and kept in front of ours.
  const url = new URL(config.url);
  const given = url.searchParams.get('options');
  url.searchParams.delete('options');
  const settings = Object.entries({ search_path: config.schema, ...SESSION_SETTINGS }).map(([k, v]) => `-c ${k}=${v}`);
  return {
    ...config.options,
    connectionString: url.href,
    options: [...(given ? [given] : []), ...settings].join(' '),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + 100,
    keepAlive: true,
  };
}

async function prepareSchema(pool: pg.Pool, config: SourceConfig): Promise<void> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    if (config.embedded) await runMigrations(client, config.schema);
    const version = await assertSchemaCompatibility(client, config.schema);
    if (version < OLDEST_SCHEMA) throw new SchemaMigrationRequiredError(config.schema);
  } catch (error) {
    broken = error as Error;
    throw asIncompatible(error, config.schema) ?? error;
  } finally {
    client.release(broken);
  }
}

function asIncompatible(error: unknown, schema: string): IncompatibleBrokerError | null {
  if (error instanceof SchemaMigrationRequiredError || (error as { code?: unknown }).code === '3F000')
    return new IncompatibleBrokerError(
      `The schema "${schema}" of this database holds no BullMQ tables: start a BullMQ application with \`migrate: true\` on it, or name the right schema.`,
    );
  if (error instanceof SchemaVersionMismatchError)
    return new IncompatibleBrokerError(
      `The schema "${schema}" was made by BullMQ ${error.minimumClientVersion}, which this Queuedeck does not know (it knows ${error.clientVersion}): update Queuedeck.`,
    );
  if (error instanceof UnsupportedPostgresVersionError)
    return new IncompatibleBrokerError(`BullMQ needs PostgreSQL 13 or newer; this server is ${error.serverVersion}.`);
  return null;
}

async function connectDedicated(common: pg.ClientConfig, prepared: () => Promise<void>): Promise<pg.Client> {
  await withDeadline(prepared());
  const client = new pg.Client({ ...common, application_name: 'queuedeck:tail' });
  await client.connect();
  return client;
}

/** `pool.query` ends the session on every error; a statement that was only refused leaves it usable. */
async function runStatement<R extends Row>(pool: pg.Pool, text: string, values?: unknown[]): Promise<R[]> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    return (await client.query<R>(text, values)).rows;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.severity !== 'ERROR') broken = error as Error;
    throw error;
  } finally {
    client.release(broken);
  }
}

async function inTransaction<T>(pool: pg.Pool, commitBefore: number, run: (query: Query) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await run(async (text, values) => (await client.query(text, values)).rows);
    // Its caller is about to be told that it was not done.
    if (Date.now() > commitBefore) throw new Error('timeout: the server is too slow');
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // A session that may still be busy is not worth a ROLLBACK: ending it rolls back as well.
    broken = error as Error;
    throw error;
  } finally {
    client.release(broken);
  }
}

async function withDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('timeout: the server does not answer')), DEADLINE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}

function rethrowAsAway(error: unknown): never {
  throw asAwayError(error);
}
