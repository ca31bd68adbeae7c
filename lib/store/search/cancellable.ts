import type pg from 'pg';
import { asStoreError, type Store } from '@/lib/store/store';

/** The query ran longer than it may. */
export class TooSlowError extends Error {
  constructor() {
    super('the query ran longer than it may');
    this.name = 'TooSlowError';
  }
}

export interface Reader {
  /** Throws TooSlowError after `limitMs`. */
  read<Row extends pg.QueryResultRow>(text: string, values: unknown[], limitMs: number): Promise<Row[]>;
}

/** Runs reads on one connection; when the signal aborts, what runs there is cancelled in the server too. */
export async function readCancellably<T>(
  store: Store,
  signal: AbortSignal,
  run: (reader: Reader) => Promise<T>,
): Promise<T> {
  // Migrates before the first read.
  await store.query('SELECT 1');
  const client = await store.pool.connect();
  let broken: Error | undefined;
  const noteBroken = (error: Error) => {
    broken = error;
  };
  client.on('error', noteBroken);
  const pid = (client as unknown as { processID: number | null }).processID;
  let isBusy = false;
  const cancel = () => {
    if (isBusy && pid !== null) void store.pool.query('SELECT pg_cancel_backend($1)', [pid]).catch(() => undefined);
  };
  signal.addEventListener('abort', cancel, { once: true });
  const reader: Reader = {
    async read<Row extends pg.QueryResultRow>(text: string, values: unknown[], limitMs: number) {
      signal.throwIfAborted();
      isBusy = true;
      try {
        await client.query(`SET statement_timeout = ${Math.max(1, Math.round(limitMs))}`);
        return (await client.query<Row>(text, values)).rows;
      } catch (error) {
        signal.throwIfAborted();
        if ((error as { code?: string }).code === '57014') throw new TooSlowError();
        throw asStoreError(error);
      } finally {
        isBusy = false;
      }
    },
  };
  try {
    return await run(reader);
  } finally {
    signal.removeEventListener('abort', cancel);
    await client.query('RESET statement_timeout').catch(noteBroken);
    client.off('error', noteBroken);
    client.release(broken);
  }
}
