/** The demo shop's own schema. Orders and payments do not always agree: that is what the reconciliation finds. */
export const SHOP_SCHEMA = `
CREATE SCHEMA IF NOT EXISTS shop;
-- One row: what is being seeded. finished_at null = not complete yet, goes on at the next start.
CREATE TABLE IF NOT EXISTS shop.seed (
  one         boolean PRIMARY KEY DEFAULT true CHECK (one),
  orders      integer NOT NULL,
  until       timestamptz NOT NULL,
  finished_at timestamptz
);
CREATE TABLE IF NOT EXISTS shop.customers (
  id      integer PRIMARY KEY,
  name    text NOT NULL,
  email   text NOT NULL,
  country char(2) NOT NULL
);
CREATE TABLE IF NOT EXISTS shop.orders (
  id          integer PRIMARY KEY,
  customer_id integer NOT NULL,
  placed_at   timestamptz NOT NULL,
  status      text NOT NULL,
  items       integer NOT NULL,
  currency    char(3) NOT NULL,
  total_cents integer NOT NULL
);
CREATE TABLE IF NOT EXISTS shop.payments (
  id           integer PRIMARY KEY,
  order_id     integer NOT NULL,
  paid_at      timestamptz NOT NULL,
  method       text NOT NULL,
  amount_cents integer NOT NULL
);
`;

/** Made after the rows: building them once is several times faster than growing them. */
export const SHOP_INDEXES = [
  'CREATE INDEX IF NOT EXISTS orders_placed ON shop.orders (placed_at, id)',
  'CREATE INDEX IF NOT EXISTS payments_order ON shop.payments (order_id)',
  'ANALYZE shop.customers, shop.orders, shop.payments',
] as const;

/** $1 to $2 = customer numbers. */
export const INSERT_CUSTOMERS = `
INSERT INTO shop.customers (id, name, email, country)
SELECT i,
  (ARRAY['Ada','Grace','Alan','Edsger','Barbara','Donald','Frances','John','Katherine','Linus','Margaret','Niklaus','Radia','Tim','Søren','Zoë'])[1 + i % 16]
  || ' ' || (ARRAY['Lovelace','Hopper','Turing','Dijkstra','Liskov','Knuth','Allen','McCarthy','Johnson','Berg','Hamilton','Wirth','Perlman','Lee','Møller','Müller','O''Neill'])[1 + (i / 16) % 17],
  'customer' || i || '@shop.example',
  (ARRAY['DE','FR','GB','US','NL','SE','ES','PL','IT','JP'])[1 + i % 10]
FROM generate_series($1::int, $2::int) AS i
ON CONFLICT DO NOTHING`;

/** $1 to $2 = order numbers, $3 = how many customers, $4 = the newest moment, $5 = how many orders in all: they spread over the year before it. */
export const INSERT_ORDERS = `
INSERT INTO shop.orders (id, customer_id, placed_at, status, items, currency, total_cents)
SELECT i, 1 + (r / 7) % $3::int,
  date_trunc('milliseconds', $4::timestamptz - (($5::int - i)::float8 / $5::int) * interval '365 days' - (r % 600) * interval '1 second'),
  CASE WHEN i % 29 = 0 THEN 'cancelled' WHEN i % 41 = 0 THEN 'refunded' WHEN i % 3 = 0 THEN 'paid' ELSE 'shipped' END,
  1 + r % 7,
  'EUR',
  (499 + r % 24000)
FROM generate_series($1::int, $2::int) AS i, LATERAL (SELECT ((i::bigint * 2654435761) % 4294967296 / 64)::int AS r) AS random
ON CONFLICT DO NOTHING`;

/** $1 to $2 = order numbers. Now and then one is missing (i % 977), off by some cents (i % 1,201) or doubled (i % 1,607). */
export const INSERT_PAYMENTS = `
INSERT INTO shop.payments (id, order_id, paid_at, method, amount_cents)
SELECT o.id * 2 + copy, o.id, o.placed_at + (1 + o.id % 90) * interval '1 minute',
  (ARRAY['card','transfer','wallet'])[1 + o.id % 3],
  o.total_cents - CASE WHEN o.id % 1201 = 0 THEN 100 ELSE 0 END
FROM shop.orders o CROSS JOIN generate_series(0, 1) AS copy
WHERE o.id BETWEEN $1::int AND $2::int AND o.status <> 'cancelled' AND o.id % 977 <> 0 AND (copy = 0 OR o.id % 1607 = 0)
ON CONFLICT DO NOTHING`;
