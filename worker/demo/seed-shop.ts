import type { ClientBase } from 'pg';
import { INSERT_CUSTOMERS, INSERT_ORDERS, INSERT_PAYMENTS, SHOP_INDEXES, SHOP_SCHEMA } from './shop-schema';

export interface SeedOptions {
  orders?: number;
  /** The newest order's moment; now by default. The same moment and number give the same shop. */
  until?: Date;
  signal?: AbortSignal;
}

/** The database has a schema `shop` that is not the demo's: it is left alone. */
export class NotOurShopError extends Error {
  constructor() {
    super('The store has a schema "shop" that is not the demo shop; it is left as it is.');
    this.name = 'NotOurShopError';
  }
}

export const DEMO_ORDERS = 200_000;
const BATCH_ORDERS = 10_000;
/** Any constant: one seeding at a time. */
const LOCK_KEY = 7_213_502;

/**
 * Fills schema `shop`; does nothing when it is filled already, and goes on where an earlier try stopped. A batch is one transaction, so
 * an order is never seen without its payment. `client` must be a connection of its own: it holds a lock for as long as this takes.
 * Returns how many orders there are. Throws NotOurShopError.
 */
export async function seedShop(client: ClientBase, options: SeedOptions = {}): Promise<number> {
  await client.query('SELECT pg_advisory_lock($1)', [LOCK_KEY]);
  try {
    await refuseForeignShop(client);
    await client.query(SHOP_SCHEMA);
    const plan = await readPlan(client, options);
    if (plan.finished_at !== null) return plan.orders;
    const customers = Math.max(1, Math.ceil(plan.orders / 10));
    await client.query(INSERT_CUSTOMERS, [1, customers]);
    for (let first = (await readLastOrder(client)) + 1; first <= plan.orders; first += BATCH_ORDERS) {
      options.signal?.throwIfAborted();
      const last = Math.min(first + BATCH_ORDERS - 1, plan.orders);
      await insertBatch(client, first, last, [customers, plan.until, plan.orders]);
    }
    for (const statement of SHOP_INDEXES) await client.query(statement);
    await client.query('UPDATE shop.seed SET finished_at = now()');
    return plan.orders;
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK_KEY]).catch(() => undefined);
  }
}

async function refuseForeignShop(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ foreign: boolean }>(
    `SELECT to_regnamespace('shop') IS NOT NULL AND to_regclass('shop.seed') IS NULL AS foreign`,
  );
  if (rows[0]?.foreign) throw new NotOurShopError();
}

async function readPlan(client: ClientBase, { orders = DEMO_ORDERS, until = new Date() }: SeedOptions) {
  await client.query('INSERT INTO shop.seed (orders, until) VALUES ($1, $2) ON CONFLICT DO NOTHING', [orders, until]);
  const { rows } = await client.query<{ orders: number; until: Date; finished_at: Date | null }>(
    'SELECT orders, until, finished_at FROM shop.seed',
  );
  return rows[0] ?? { orders, until, finished_at: null };
}

async function readLastOrder(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ last: number }>('SELECT coalesce(max(id), 0)::int AS last FROM shop.orders');
  return rows[0]?.last ?? 0;
}

async function insertBatch(client: ClientBase, first: number, last: number, rest: unknown[]): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(INSERT_ORDERS, [first, last, ...rest]);
    await client.query(INSERT_PAYMENTS, [first, last]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
