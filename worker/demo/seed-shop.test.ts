import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '@/lib/testing/test-database';
import { seedShop } from './seed-shop';

const UNTIL = new Date('2026-11-22T12:00:00Z');
const DIGEST = `SELECT (SELECT md5(string_agg(o::text, ',' ORDER BY id)) FROM shop.orders o) AS orders,
  (SELECT md5(string_agg(p::text, ',' ORDER BY id)) FROM shop.payments p) AS payments, (SELECT count(*)::int FROM shop.customers) AS customers`;

describe('seedShop', () => {
  const clients: pg.Client[] = [];
  const connect = async (url: string) => {
    const client = new pg.Client({ connectionString: url, options: '-c timezone=UTC' });
    await client.connect();
    clients.push(client);
    return client;
  };
  let one: pg.Client;

  beforeAll(async () => {
    one = await connect(await createTestDatabase());
    await seedShop(one, { orders: 25_000, until: UNTIL });
  });
  afterAll(() => Promise.all(clients.map((client) => client.end())));

  it('makes the asked number of orders, spread over the year before, all with a customer', async () => {
    const { rows } = await one.query(
      `SELECT count(*)::int AS n, min(placed_at) > '2025-11-20' AS after, max(placed_at) <= $1 AS before,
         count(DISTINCT date_trunc('month', placed_at))::int AS months, count(*) FILTER (WHERE c.id IS NULL)::int AS strangers
       FROM shop.orders o LEFT JOIN shop.customers c ON c.id = o.customer_id`,
      [UNTIL],
    );
    expect(rows[0]).toEqual({ n: 25_000, after: true, before: true, months: 13, strangers: 0 });
  });

  it('leaves payments to be found: missing, doubled and short ones', async () => {
    const { rows } = await one.query(
      `SELECT count(*) FILTER (WHERE paid IS NULL)::int AS missing, count(*) FILTER (WHERE paid > total_cents)::int AS doubled,
         count(*) FILTER (WHERE paid < total_cents)::int AS short, count(*) FILTER (WHERE paid = total_cents)::int AS right
       FROM (SELECT o.*, (SELECT sum(amount_cents) FROM shop.payments p WHERE p.order_id = o.id) AS paid FROM shop.orders o WHERE status <> 'cancelled') AS o`,
    );
    expect(rows[0]).toMatchObject({ missing: 25, doubled: 15, short: 20 });
    expect(rows[0].right).toBeGreaterThan(24_000);
  });

  it('changes nothing the second time, whatever is asked', async () => {
    const before = (await one.query(DIGEST)).rows[0];
    expect(await seedShop(one, { orders: 99 })).toBe(25_000);
    expect((await one.query(DIGEST)).rows[0]).toEqual(before);
  });

  it('goes on after it was broken off, to the same shop, and two at once do not meet', async () => {
    const url = await createTestDatabase();
    const [first, second, third] = [await connect(url), await connect(url), await connect(url)];
    const breaker = new AbortController();
    const query = first.query.bind(first) as (...args: unknown[]) => unknown;
    let commits = 0;
    Object.assign(first, {
      query: (...args: unknown[]) => {
        if (args[0] === 'COMMIT') commits += 1;
        if (commits === 1) breaker.abort();
        return query(...args);
      },
    });
    const options = { orders: 25_000, until: UNTIL };
    await expect(seedShop(first, { ...options, signal: breaker.signal })).rejects.toThrow();
    const { rows } = await second.query('SELECT count(*)::int AS n FROM shop.orders');
    expect(rows[0].n).toBe(10_000);
    await Promise.all([seedShop(second, { orders: 5 }), seedShop(third, { orders: 7 })]);
    expect((await second.query(DIGEST)).rows[0]).toEqual((await one.query(DIGEST)).rows[0]);
  });
});
