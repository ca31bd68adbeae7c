import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type Store } from '@/lib/store/store';
import { createTestDatabase } from '@/lib/testing/test-database';
import { seedShop } from '@/worker/demo/seed-shop';
import { makeTaskContext } from '@/worker/testing/task-context';
import { monthEndClose } from './month-end-close';
import { type Reconciliation, reconcilePayments } from './reconcile-payments';

describe('reconcile-payments', () => {
  let store: Store;
  beforeAll(async () => {
    const url = await createTestDatabase();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await seedShop(client, { orders: 20_000, until: new Date('2026-11-22T12:00:00Z') });
    await client.end();
    store = openStore(url);
  });
  afterAll(() => store.close());
  const reconcile = async (month: string) =>
    (await reconcilePayments.run(makeTaskContext({ store, task: reconcilePayments }), { month })) as Reconciliation;

  it('finds what does not agree, and the months add up to the year', async () => {
    const months = Array.from({ length: 13 }, (_, i) => new Date(Date.UTC(2025, 10 + i, 1)).toISOString().slice(0, 7));
    const all = await Promise.all(months.map(reconcile));
    const sum = (read: (one: Reconciliation) => number) => all.reduce((total, one) => total + read(one), 0);
    const [year] = await store.query<Record<string, number>>(
      `SELECT count(*)::int AS orders, sum(total_cents)::float8 AS cents, (SELECT sum(amount_cents)::float8 FROM shop.payments) AS paid FROM shop.orders WHERE status <> 'cancelled'`,
    );
    expect([sum((r) => r.orders), sum((r) => r.ordersCents), sum((r) => r.paymentsCents)]).toEqual([
      year?.orders,
      year?.cents,
      year?.paid,
    ]);
    expect([sum((r) => r.unpaid), sum((r) => r.overpaid), sum((r) => r.underpaid)]).toEqual([20, 12, 16]);
    for (const { samples, unpaid, overpaid, underpaid } of all) {
      expect(samples).toHaveLength(Math.min(20, unpaid + overpaid + underpaid));
      expect(samples.every(({ orderedCents, paidCents }) => orderedCents !== paidCents)).toBe(true);
    }
  });

  it('is even for a month without orders', async () => {
    expect(await reconcile('2031-01')).toMatchObject({ orders: 0, differenceCents: 0, samples: [] });
  });

  it('fails for good where there is no shop', async () => {
    const bare = openStore(await createTestDatabase());
    const ctx = makeTaskContext({ store: bare, task: reconcilePayments });
    await expect(reconcilePayments.run(ctx, { month: '2026-10' })).rejects.toMatchObject({ code: 'no_shop' });
    await bare.close();
  });

  it.each([
    ['2026-02', '2026-02-28'],
    ['2028-02', '2028-02-29'],
    ['2026-12', '2026-12-31'],
  ])('closes %s with an export up to %s and a reconciliation', async (month, to) => {
    const reconciled = { unpaid: 1, overpaid: 0, underpaid: 2 };
    const children = { export: { rows: 7, file: 'x.xlsx' }, reconciliation: reconciled };
    const ctx = makeTaskContext({ store, task: monthEndClose, children });
    expect(await monthEndClose.run(ctx, { month })).toMatchObject({ month, balanced: false, openPayments: 3 });
    const [flow] = ctx.flows;
    expect(flow?.map(({ key, task, input }) => [key, task.name, input])).toEqual([
      ['export', 'export-orders', { from: `${month}-01`, to, format: 'xlsx' }],
      ['reconciliation', 'reconcile-payments', { month }],
    ]);
    for (const { task, input } of flow ?? []) expect(task.input.safeParse(input).error).toBeUndefined();
  });

  it.each(['2026-13', '26-10', '2026-1', ''])('refuses "%s" as a month', (month) => {
    expect(monthEndClose.input.safeParse({ month }).success).toBe(false);
  });
});
