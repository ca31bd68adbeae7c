import { createHash } from 'node:crypto';
import path from 'node:path';
import { Readable } from 'node:stream';
import * as z from 'zod';
import { defineTask, PermanentError, type TaskContext, type TaskJob } from '@/worker/define-task';
import type { Row } from '@/worker/export/column';
import { writeCsv } from '@/worker/export/csv';
import { explainMissingShop } from '@/worker/export/missing-shop';
import { writeWhole } from '@/worker/export/part-file';
import { countOrders, type DayRange, ORDER_COLUMNS, readOrders } from '@/worker/export/read-orders';
import { estimateLeft } from '@/worker/export/time-left';
import { writeXlsx } from '@/worker/export/xlsx';

const ExportOrdersInput = z.strictObject({
  from: z.iso.date().meta({ title: 'From', description: 'First day, UTC.' }),
  to: z.iso.date().meta({ title: 'To', description: 'Last day, included.' }),
  format: z
    .enum(['xlsx', 'csv'])
    .default('xlsx')
    .meta({ title: 'Format', description: 'An Excel workbook, or comma-separated values.' }),
});
type ExportOrdersInput = z.infer<typeof ExportOrdersInput>;

export interface ExportResult {
  rows: number;
  sizeBytes: number;
  file: string;
}

export const exportOrders = defineTask({
  name: 'export-orders',
  queue: 'exports',
  title: 'Export orders',
  description: 'Writes the orders of a range of days into a workbook or a CSV file, offered for download.',
  example: { from: '2026-10-01', to: '2026-10-31', format: 'xlsx' },
  input: ExportOrdersInput,
  retry: { attempts: 3, backoff: { type: 'exponential', delayMs: 2_000, jitter: 0.2 } },
  timeoutMs: 15 * 60_000,
  concurrency: 2,
  run: (ctx, input) => explainMissingShop(() => runExport(ctx, input)),
});

async function runExport(ctx: TaskContext, input: ExportOrdersInput): Promise<ExportResult> {
  if (input.from > input.to)
    throw new PermanentError('validation_failed', `from (${input.from}) is after to (${input.to})`);
  const dir = path.join(ctx.env.home, 'exports');
  const file = nameFile(ctx.job, input);
  const written = await writeOrders(ctx, input, dir, file).catch((error: unknown) => {
    // What an abort broke off in the middle reports itself in many ways; the signal knows why.
    ctx.signal.throwIfAborted();
    throw error;
  });
  await ctx.file({
    name: `orders-${input.from}-to-${input.to}.${input.format}`,
    path: file,
    sizeBytes: written.sizeBytes,
  });
  ctx.log(`Wrote ${written.rows} orders, ${written.sizeBytes} bytes, to ${file}`);
  return { ...written, file };
}

/** One transaction, so that the count and the rows agree whatever the shop does meanwhile. */
function writeOrders(ctx: TaskContext, input: ExportOrdersInput, dir: string, file: string) {
  return ctx.store.transaction(async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const total = await countOrders(client, input);
    ctx.log(`${total} orders from ${input.from} to ${input.to}, as ${input.format}`);
    const counted = { rows: 0 };
    const batches = report(ctx, readOrders(client, input), total, counted);
    const sizeBytes = await writeWhole(dir, file, encode(input, batches), ctx.signal);
    return { rows: counted.rows, sizeBytes };
  });
}

async function* report(ctx: TaskContext, batches: AsyncIterable<Row[]>, total: number, counted: { rows: number }) {
  const startedAt = performance.now();
  ctx.progress({ done: 0, total, note: 'reading' });
  for await (const batch of batches) {
    ctx.signal.throwIfAborted();
    yield batch;
    counted.rows += batch.length;
    const note = estimateLeft(counted.rows, total, performance.now() - startedAt);
    ctx.progress({ done: counted.rows, total, note });
  }
  ctx.progress({ done: counted.rows, total, note: 'done' });
}

function encode({ format }: ExportOrdersInput, batches: AsyncIterable<readonly Row[]>): Readable {
  return format === 'csv'
    ? Readable.from(writeCsv(ORDER_COLUMNS, batches))
    : writeXlsx({ title: 'Orders', columns: ORDER_COLUMNS }, batches);
}

/** The same for every run of a job, so that a repeated run replaces its own file and no other job's. */
function nameFile(job: TaskJob, { from, to, format }: DayRange & { format: string }): string {
  const readable = job.id.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 48);
  const unique = createHash('sha256').update([job.source, job.queue, job.id].join('\n')).digest('hex').slice(0, 8);
  return `orders-${from}-${to}-${readable}-${unique}.${format}`;
}
