import type pg from 'pg';
import { MIGRATIONS } from './migrations/all';

/** What a large table takes to be indexed or rewritten: not to be cut off as a request's query is, and begun anew for ever. */
const STEP_MS = 86_400_000;

/** Any constant: one migration at a time across replicas. */
const LOCK_KEY = 7_213_501;

/** Brings schema `queuedeck` up to date; forward only, each step in its own transaction. */
export async function migrate(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection that breaks between two statements says so here; unheard, it would end the process.
  const noteBroken = (error: Error) => {
    broken = error;
  };
  client.on('error', noteBroken);
  const run = (text: string, values: unknown[] = []) => {
    // Not among the types of pg: without it the pool's own limit holds.
    const query = { text, values, query_timeout: STEP_MS };
    return client.query<{ name: string }>(query);
  };
  try {
    await client.query('SET statement_timeout = 0');
    await run('SELECT pg_advisory_lock($1)', [LOCK_KEY]);
    await client.query('CREATE SCHEMA IF NOT EXISTS queuedeck');
    await client.query(
      'CREATE TABLE IF NOT EXISTS queuedeck.migration (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const { rows } = await client.query<{ name: string }>('SELECT name FROM queuedeck.migration');
    const applied = new Set(rows.map((row) => row.name));
    for (const { name, sql } of MIGRATIONS) {
      if (applied.has(name)) continue;
      await client.query('BEGIN');
      // Several statements: they take no values.
      await run(sql);
      await client.query('INSERT INTO queuedeck.migration (name) VALUES ($1)', [name]);
      await client.query('COMMIT');
    }
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    await client.query('RESET statement_timeout').catch(() => undefined);
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK_KEY]).catch(() => undefined);
    client.off('error', noteBroken);
    client.release(broken);
  }
}
