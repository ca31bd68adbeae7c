import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { CodedError } from '@/lib/contracts/errors';
import { log } from '@/lib/log';
import { asStoreError } from './as-store-error';
import { cleanValues } from './clean-text';
import { type HeavyLane, LANES, type Lane } from './lanes/lanes';
import { Line, NoPlaceError } from './lanes/line';
import { type Reader, readOn } from './lanes/reader';
import { migrate } from './migrate';
import type { Queries } from './queries';

/** Our own PostgreSQL: history, audit, operations. Schema `queuedeck`. Asked through one of its lanes: the ordinary one, unless it is named. */
export interface Store extends Queries {
  /** Rows of a parameterised query. Throws store_unavailable when the store is away, busy when this process asks for too much at once. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Runs in one transaction; rolls back when `run` throws. */
  transaction<T>(run: (client: pg.PoolClient) => Promise<T>): Promise<T>;
  /** Runs on one connection, which is closed instead of given back when `run` throws. */
  session<T>(run: (client: pg.PoolClient) => Promise<T>): Promise<T>;
  /** The same store through the vital lane. */
  readonly vital: Store;
  /** What may be slow, in its turn: see lanes/lanes.ts. Throws too_many_requests when the turn does not come in time, TooSlowError, and the signal's reason. */
  turn<T>(lane: HeavyLane, by: TurnOf, run: (reader: Reader) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface TurnOf {
  caller: string;
  signal: AbortSignal;
  /** How long it may wait, in place of the lane's own time. */
  patienceMs?: number;
}

interface StoreOptions {
  /** Connections of the ordinary lane. */
  max?: number;
  /** After so long the server itself ends a statement: else one that was given up would go on there. */
  statementMs?: number;
  /** How long a query may wait for a place, in place of its lane's own time. */
  waitMs?: number;
  /** How long a query may wait while the tables are brought up to date, in place of MIGRATING_MS. */
  migratingMs?: number;
}

/** Connects lazily; migrates once before the first query (and again after a failed attempt). */
export function openStore(url: string, options: StoreOptions = {}): Store {
  const open = (lane: Lane, max?: number) => new OpenLane(url, lane, { ...options, max });
  const lanes = {
    vital: open('vital'),
    ordinary: open('ordinary', options.max),
    search: open('search'),
    figures: open('figures'),
  };
  let migrating: Promise<void> | null = null;
  let isMigrated = false;
  const migrated = () => {
    migrating ??= migrate(lanes.ordinary.pool).then(
      () => {
        isMigrated = true;
      },
      (error) => {
        migrating = null;
        throw error;
      },
    );
    return migrating;
  };
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      if (!isMigrated) await within(options.migratingMs ?? MIGRATING_MS, migrated());
      return await work();
    } catch (error) {
      throw asStoreError(error);
    }
  };
  const close = async () => {
    await Promise.all(Object.values(lanes).map(({ pool }) => pool.end()));
  };
  const turn: Store['turn'] = (lane, by, run) =>
    guard(() =>
      lanes[lane].hold(by, async () => {
        const client = await lanes[lane].pool.connect();
        const cancel = (pid: number) => vital.query('SELECT pg_cancel_backend($1)', [pid]);
        return readOn(client, { lane: lanes[lane], signal: by.signal, cancel }, run);
      }),
    );
  const through = ({ pool, hold }: OpenLane) => ({
    query: <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) =>
      guard(() => hold(SHARED, async () => (await pool.query<Row>(text, values && cleanValues(values))).rows)),
    transaction: <T>(run: (client: pg.PoolClient) => Promise<T>) =>
      guard(() => hold(SHARED, () => inTransaction(pool, run))),
    session: <T>(run: (client: pg.PoolClient) => Promise<T>) => guard(() => hold(SHARED, () => inSession(pool, run))),
    turn,
    close,
  });
  const vital: Store = {
    ...through(lanes.vital),
    get vital() {
      return vital;
    },
  };
  return { ...through(lanes.ordinary), vital };
}

/** A connection that nobody uses says so often that it lives: routers drop what is silent for minutes. */
const KEEP_ALIVE_MS = 10_000;
/** How long a question waits while the tables are brought up to date, which goes on for as long as it takes. */
const MIGRATING_MS = 10_000;

async function within(ms: number, migrated: Promise<void>): Promise<void> {
  const over = new AbortController();
  const late = sleep(ms, 'late' as const, { signal: over.signal, ref: false }).catch(() => undefined);
  try {
    if ((await Promise.race([migrated, late])) === 'late')
      throw new CodedError('store_unavailable', 'The store (PostgreSQL) is being brought up to date.', {
        retryAfterSeconds: 5,
      });
  } finally {
    over.abort();
  }
}

/** Of lanes in which nobody is counted. */
const SHARED = { caller: '' };

class OpenLane {
  readonly pool: pg.Pool;
  readonly #line: Line;

  constructor(
    url: string,
    private readonly lane: Lane,
    { max, statementMs, waitMs = LANES[lane].waitMs }: Omit<StoreOptions, 'max'> & { max?: number | undefined },
  ) {
    const places = max ?? LANES[lane].places;
    this.#line = new Line({ ...LANES[lane], places, waitMs });
    this.pool = new pg.Pool({
      connectionString: url,
      max: places,
      // Once open they stay: a process that is late needs seconds to open one. What lies idle between must not be forgotten on the way.
      min: places,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      connectionTimeoutMillis: 10_000,
      query_timeout: 10_000,
      ...(statementMs === undefined ? {} : { statement_timeout: statementMs }),
      idleTimeoutMillis: 30_000,
      application_name: 'queuedeck',
    });
    this.pool.on('error', (error) => log.warn({ err: error.message }, 'store connection lost'));
  }

  /** Runs in one of the lane's places. */
  hold = async <T>(by: Pick<TurnOf, 'caller'> & Partial<TurnOf>, run: () => Promise<T>): Promise<T> => {
    const leave = await this.#line.take(by.caller, by).catch((error: unknown) => {
      throw error instanceof NoPlaceError ? refusal(this.lane, error) : error;
    });
    try {
      return await run();
    } finally {
      leave();
    }
  };
}

function refusal(lane: Lane, error: NoPlaceError): CodedError {
  if (lane === 'search' || lane === 'figures')
    return new CodedError('too_many_requests', 'Too many slow questions were asked at once: ask again in a moment.', {
      retryAfterSeconds: 1,
    });
  // Nothing at all has ended: it is the store that does not answer.
  if (error.isStuck)
    return new CodedError('store_unavailable', 'The store (PostgreSQL) does not answer.', {
      retryAfterSeconds: 2,
      cause: error,
    });
  return new CodedError('busy', 'This process asks its store for more at once than it may: ask again in a moment.', {
    retryAfterSeconds: 1,
  });
}

function inTransaction<T>(pool: pg.Pool, run: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return onConnection(pool, async (client, spoil) => {
    try {
      await client.query('BEGIN');
      const result = await run(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(spoil);
      throw error;
    }
  });
}

function inSession<T>(pool: pg.Pool, run: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return onConnection(pool, async (client, spoil) => {
    try {
      return await run(client);
    } catch (error) {
      spoil(error as Error);
      throw error;
    }
  });
}

async function onConnection<T>(
  pool: pg.Pool,
  run: (client: pg.PoolClient, spoil: (error: Error) => void) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection that breaks between two queries says so here; unheard, it would end the process.
  const noteBroken = (error: Error) => {
    broken = error;
  };
  client.on('error', noteBroken);
  try {
    return await run(client, noteBroken);
  } finally {
    client.off('error', noteBroken);
    client.release(broken);
  }
}
