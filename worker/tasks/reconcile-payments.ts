import * as z from 'zod';
import { defineTask, type TaskContext } from '@/worker/define-task';
import { explainMissingShop } from '@/worker/export/missing-shop';

export const Month = z
  .string()
  .regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'must be a month as 2026-10')
  .meta({ title: 'Month', description: 'As 2026-10, UTC.' });

export interface Reconciliation {
  month: string;
  orders: number;
  ordersCents: number;
  paymentsCents: number;
  /** Paid less ordered. */
  differenceCents: number;
  unpaid: number;
  overpaid: number;
  underpaid: number;
  /** The first orders that do not agree, by number. */
  samples: { order: string; orderedCents: number; paidCents: number }[];
}

export const reconcilePayments = defineTask({
  name: 'reconcile-payments',
  queue: 'reports',
  title: 'Reconcile payments',
  description: "Compares a month's orders with what was paid for them and lists what does not agree.",
  example: { month: '2026-10' },
  input: z.strictObject({ month: Month }),
  retry: { attempts: 3, backoff: { type: 'exponential', delayMs: 2_000, jitter: 0.2 } },
  timeoutMs: 5 * 60_000,
  concurrency: 2,
  run: (ctx, { month }) => explainMissingShop(() => reconcile(ctx, month)),
});

/** Per order of the month $1: what was ordered and what was paid, cancelled orders left out. */
const COMPARED = `
WITH compared AS (
  SELECT o.id, o.total_cents AS ordered, coalesce(sum(p.amount_cents), 0)::int AS paid
  FROM shop.orders o LEFT JOIN shop.payments p ON p.order_id = o.id
  WHERE o.placed_at >= $1::date::timestamp AT TIME ZONE 'UTC'
    AND o.placed_at < ($1::date + interval '1 month') AT TIME ZONE 'UTC' AND o.status <> 'cancelled'
  GROUP BY o.id
)`;

async function reconcile(ctx: TaskContext, month: string): Promise<Reconciliation> {
  const firstDay = `${month}-01`;
  ctx.progress({ done: 0, total: 2, note: 'adding up' });
  const [sums] = await ctx.store.query<Omit<Reconciliation, 'month' | 'differenceCents' | 'samples'>>(
    `${COMPARED} SELECT count(*)::int AS orders, coalesce(sum(ordered), 0)::float8 AS "ordersCents", coalesce(sum(paid), 0)::float8 AS "paymentsCents",
       count(*) FILTER (WHERE paid = 0)::int AS unpaid, count(*) FILTER (WHERE paid > ordered)::int AS overpaid,
       count(*) FILTER (WHERE paid > 0 AND paid < ordered)::int AS underpaid FROM compared`,
    [firstDay],
  );
  ctx.signal.throwIfAborted();
  ctx.progress({ done: 1, total: 2, note: 'listing differences' });
  const samples = await ctx.store.query<Reconciliation['samples'][number]>(
    `${COMPARED} SELECT 'SO-' || id AS order, ordered AS "orderedCents", paid AS "paidCents" FROM compared WHERE paid <> ordered ORDER BY id LIMIT 20`,
    [firstDay],
  );
  ctx.progress({ done: 2, total: 2 });
  const known = sums ?? { orders: 0, ordersCents: 0, paymentsCents: 0, unpaid: 0, overpaid: 0, underpaid: 0 };
  ctx.log(
    `${known.orders} orders in ${month}: ${known.unpaid} unpaid, ${known.overpaid} overpaid, ${known.underpaid} underpaid`,
  );
  return { month, ...known, differenceCents: known.paymentsCents - known.ordersCents, samples };
}
