import type { ClientBase } from 'pg';
import type { Column, Row } from './column';

export const ORDER_COLUMNS: readonly Column[] = [
  { title: 'Order', kind: 'text', width: 14 },
  { title: 'Placed at (UTC)', kind: 'time', width: 20 },
  { title: 'Customer', kind: 'text', width: 24 },
  { title: 'E-mail', kind: 'text', width: 32 },
  { title: 'Country', kind: 'text', width: 9 },
  { title: 'Status', kind: 'text', width: 11 },
  { title: 'Items', kind: 'integer', width: 7 },
  { title: 'Currency', kind: 'text', width: 9 },
  { title: 'Total', kind: 'money', width: 12 },
];

/** Days as `2026-11-22`, both included, UTC. */
export interface DayRange {
  from: string;
  to: string;
}

/** Half-open on the day after, so that the last day counts whole; the index (placed_at, id) serves both. */
const IN_RANGE = `o.placed_at >= $1::date::timestamp AT TIME ZONE 'UTC' AND o.placed_at < ($2::date + 1)::timestamp AT TIME ZONE 'UTC'`;

const BATCH_ROWS = 2_000;

export async function countOrders(client: ClientBase, range: DayRange): Promise<number> {
  const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM shop.orders o WHERE ${IN_RANGE}`, [
    range.from,
    range.to,
  ]);
  return rows[0]?.n ?? 0;
}

/** The orders of a range by a server-side cursor, oldest first, in batches. Must run inside a transaction, which is what ends the cursor. */
export async function* readOrders(client: ClientBase, range: DayRange): AsyncGenerator<Row[]> {
  await client.query(
    `DECLARE orders_to_export NO SCROLL CURSOR FOR
     SELECT 'SO-' || o.id, (extract(epoch FROM o.placed_at) * 1000)::float8, c.name, c.email, c.country, o.status, o.items, o.currency, o.total_cents
     FROM shop.orders o JOIN shop.customers c ON c.id = o.customer_id
     WHERE ${IN_RANGE} ORDER BY o.placed_at, o.id`,
    [range.from, range.to],
  );
  for (;;) {
    const { rows } = await client.query<(string | number | null)[]>({
      text: `FETCH ${BATCH_ROWS} FROM orders_to_export`,
      rowMode: 'array',
    });
    if (rows.length > 0) yield rows;
    if (rows.length < BATCH_ROWS) return;
  }
}
