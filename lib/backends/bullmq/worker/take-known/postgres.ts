import type { PostgresQueueBackend } from 'bullmq';
import pg from 'pg';
import type { NextJob, TakeGuard } from './guard';

const DUE = `SELECT id, name FROM job
  WHERE queue = $1 AND state = 'delayed' AND process_at_ms <= $2 AND name <> ALL ($3::text[]) LIMIT 1`;
const TAKE = 'SELECT id, name FROM move_to_active($1, $2, $3, $4, $5, NULL, NULL)';
const SIGNAL = 'SELECT rate_limit_ttl, next_delay FROM next_signal($1, NULL, $2)';

interface Taking {
  queue: string;
  token: string;
  lockMs: number;
  worker: string | null;
}

type Taken = { kind: 'none' } | { kind: 'known'; id: string } | { kind: 'unknown'; job: NextJob };

/** About the server or the session, not about our statement: BullMQ tries again. */
const AWAY = /^(08|53|57)/;

/**
 * BullMQ's function takes whichever job is next, so it runs in a transaction that is rolled back when that one is unknown: its row is
 * then as it was, to the last column, and nobody is told that anything happened.
 */
export function takeKnownOnPostgres(
  backend: PostgresQueueBackend,
  queue: string,
  lockMs: number,
  guard: TakeGuard,
): PostgresQueueBackend {
  const { connection } = backend;
  // BullMQ declares the part of pg's Pool that it uses itself.
  const pool = connection.pool as unknown as pg.Pool;
  backend.moveToActive = async (token, name) => {
    await connection.waitUntilReady();
    const now = Date.now();
    const taken = await inTransaction(await pool.connect(), (client) =>
      take(client, { queue, token, lockMs, worker: name ?? null }, now, guard.names),
    ).catch(refusalAsUnknown);
    if (taken.kind === 'known') return [await backend.getJobData(taken.id), taken.id, 0, 0];
    if (taken.kind === 'unknown') {
      guard.onUnknown(taken.job);
      return [null, '', 0, 0];
    }
    const { rows } = await pool.query<{ rate_limit_ttl: string | null; next_delay: string | null }>(SIGNAL, [
      queue,
      now,
    ]);
    const limitedMs = Number(rows[0]?.rate_limit_ttl ?? 0);
    return [null, '', limitedMs, limitedMs > 0 ? 0 : Number(rows[0]?.next_delay ?? 0)];
  };
  return backend;
}

/** What the server refuses, as for want of a right, BullMQ would ask again at once, and for ever. */
function refusalAsUnknown(error: unknown): Taken {
  const { code, message } = error as pg.DatabaseError;
  if (!(error instanceof pg.DatabaseError) || code === undefined || AWAY.test(code)) throw error;
  return { kind: 'unknown', job: { id: '', name: '', unreadable: message } };
}

async function take(
  client: pg.PoolClient,
  { queue, token, lockMs, worker }: Taking,
  now: number,
  names: readonly string[],
): Promise<Taken> {
  const due = await client.query<{ id: string; name: string }>(DUE, [queue, now, names]);
  if (due.rows[0]) return { kind: 'unknown', job: { ...due.rows[0], unreadable: null } };
  const { rows } = await client.query<{ id: string; name: string }>(TAKE, [queue, token, lockMs, now, worker]);
  const [job] = rows;
  if (!job) return { kind: 'none' };
  if (names.includes(job.name)) return { kind: 'known', id: job.id };
  return { kind: 'unknown', job: { ...job, unreadable: null } };
}

async function inTransaction(client: pg.PoolClient, run: (client: pg.PoolClient) => Promise<Taken>): Promise<Taken> {
  let broken = true;
  // One that breaks between two statements says so on itself; unheard, it would end the process.
  const unheard = () => undefined;
  client.on('error', unheard);
  try {
    await client.query('BEGIN');
    const taken = await run(client);
    await client.query(taken.kind === 'unknown' ? 'ROLLBACK' : 'COMMIT');
    broken = false;
    return taken;
  } finally {
    // A session that failed half-way is ended, which rolls back as well.
    if (!broken) client.off('error', unheard);
    client.release(broken);
  }
}
