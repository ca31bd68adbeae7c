import * as z from 'zod';
import { defineTask } from '@/worker/define-task';
import { type ExportResult, exportOrders } from './export-orders';
import { Month, type Reconciliation, reconcilePayments } from './reconcile-payments';

export const monthEndClose = defineTask({
  name: 'month-end-close',
  queue: 'reports',
  title: 'Close the month',
  description: "Exports a month's orders and reconciles its payments, then sums both up.",
  example: { month: '2026-10' },
  input: z.strictObject({ month: Month }),
  retry: { attempts: 2, backoff: { type: 'fixed', delayMs: 5_000 } },
  timeoutMs: 60_000,
  concurrency: 2,
  async run(ctx, { month }) {
    const done = await ctx.addFlow([
      { key: 'export', task: exportOrders, input: { from: `${month}-01`, to: lastDay(month), format: 'xlsx' } },
      { key: 'reconciliation', task: reconcilePayments, input: { month } },
    ]);
    // Both are what these very tasks returned.
    const exported = done.export as ExportResult;
    const reconciled = done.reconciliation as Reconciliation;
    const open = reconciled.unpaid + reconciled.overpaid + reconciled.underpaid;
    ctx.log(`${month}: ${exported.rows} orders in ${exported.file}, ${open} payments to look at`);
    return { month, balanced: open === 0, openPayments: open, export: exported, reconciliation: reconciled };
  },
});

function lastDay(month: string): string {
  const [year, number] = month.split('-').map(Number);
  return new Date(Date.UTC(year ?? 0, number ?? 0, 0)).toISOString().slice(0, 10);
}
