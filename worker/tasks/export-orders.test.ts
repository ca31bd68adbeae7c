import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type Store } from '@/lib/store/store';
import { createTestDatabase } from '@/lib/testing/test-database';
import { seedShop } from '@/worker/demo/seed-shop';
import { readWorkbook } from '@/worker/testing/read-workbook';
import { makeHome, makeTaskContext } from '@/worker/testing/task-context';
import { type ExportResult, exportOrders } from './export-orders';

const WHOLE = { from: '2025-11-01', to: '2026-11-30' };
const DAY_OF_EXCEL = 86_400_000;

describe('export-orders', () => {
  let store: Store;
  beforeAll(async () => {
    const url = await createTestDatabase();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await seedShop(client, { orders: 12_345, until: new Date('2026-11-22T12:00:00Z') });
    await client.query(
      `UPDATE shop.customers SET name = '=HYPERLINK("http://evil","x")' WHERE id = 1 + (SELECT min(customer_id) - 1 FROM shop.orders)`,
    );
    await client.end();
    store = openStore(url);
  });
  afterAll(() => store.close());

  const run = async (input: object, options: { home?: string; signal?: AbortSignal; onProgress?: () => void } = {}) => {
    const { home = makeHome(), ...rest } = options;
    const ctx = makeTaskContext({ store, task: exportOrders, env: { home }, ...rest });
    const dir = path.join(home, 'exports');
    const result = (await exportOrders.run(ctx, exportOrders.input.parse(input))) as ExportResult;
    return { ctx, dir, result, bytes: readFileSync(path.join(dir, result.file)) };
  };

  it('writes every order into a workbook with real dates and numbers under a frozen header', async () => {
    const { ctx, result, bytes, dir } = await run(WHOLE);
    expect(result).toMatchObject({ rows: 12_345, sizeBytes: bytes.length });
    expect(readdirSync(dir)).toEqual([result.file]);
    const book = readWorkbook(bytes);
    expect(book.sheets.map(({ name, rows }) => [name, rows.length])).toEqual([['Orders', 12_346]]);
    expect(book.sheets[0]?.frozenRows).toBe(1);
    const rows = await store.query<{ id: string; placed_at: Date; total_cents: number; email: string }>(
      `SELECT o.id, o.placed_at, o.total_cents, c.email FROM shop.orders o JOIN shop.customers c ON c.id = customer_id ORDER BY placed_at, o.id`,
    );
    for (const at of [0, 777, 12_344]) {
      const cells = book.sheets[0]?.rows[at + 1] ?? [];
      const row = rows[at] as (typeof rows)[number];
      expect(cells[0]).toBe(`SO-${row.id}`);
      expect(cells[8]).toBe(row.total_cents / 100);
      expect(Math.round((Number(cells[1]) - 25_569) * DAY_OF_EXCEL)).toBeCloseTo(row.placed_at.getTime(), -1);
      expect(cells[3]).toBe(row.email);
    }
    expect(ctx.files).toEqual([
      { name: 'orders-2025-11-01-to-2026-11-30.xlsx', path: result.file, sizeBytes: result.sizeBytes },
    ]);
    expect(ctx.progresses.at(-1)).toEqual({ done: 12_345, total: 12_345, note: 'done' });
    expect(ctx.progresses.every((p, i, all) => p.done >= (all[i - 1]?.done ?? 0))).toBe(true);
  });

  it('writes CSV whose cells no spreadsheet runs', async () => {
    const { bytes, result } = await run({ ...WHOLE, format: 'csv' });
    const lines = bytes.toString('utf8').split('\r\n');
    expect(lines[0]).toBe('\ufeffOrder,Placed at (UTC),Customer,E-mail,Country,Status,Items,Currency,Total');
    expect(lines).toHaveLength(12_347);
    expect(result.file).toMatch(/\.csv$/);
    const evil = lines.filter((line) => line.includes('HYPERLINK'));
    expect(evil.length).toBeGreaterThan(0);
    expect(evil.every((line) => line.includes(`"'=HYPERLINK(""http://evil"",""x"")"`))).toBe(true);
    expect(lines[1]).toMatch(/^SO-\d+,2025-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z,/);
  });

  it('counts both days of the range, in UTC', async () => {
    const day = await run({ from: '2026-03-01', to: '2026-03-01', format: 'csv' });
    const [counted] = await store.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM shop.orders WHERE (placed_at AT TIME ZONE 'UTC')::date = '2026-03-01'`,
    );
    expect(day.result.rows).toBe(counted?.n);
    expect(day.result.rows).toBeGreaterThan(10);
  });

  it('makes a file with a header alone when there are no orders', async () => {
    const { result, bytes } = await run({ from: '2001-01-01', to: '2001-01-31' });
    expect(result.rows).toBe(0);
    expect(readWorkbook(bytes).sheets[0]?.rows).toHaveLength(1);
  });

  it.each(['xlsx', 'csv'])('leaves nothing behind when it is cancelled in the middle (%s)', async (format) => {
    const cancel = new AbortController();
    const home = makeHome();
    let seen = 0;
    const onProgress = () => {
      seen += 1;
      if (seen === 3) cancel.abort(new Error('cancelled by operator'));
    };
    const running = run({ ...WHOLE, format }, { home, signal: cancel.signal, onProgress });
    await expect(running).rejects.toThrow('cancelled by operator');
    expect(readdirSync(path.join(home, 'exports'))).toEqual([]);
    expect((await run({ ...WHOLE, format }, { home })).result.rows).toBe(12_345);
  });

  it('leaves nothing behind when the database goes away in the middle', async () => {
    const home = makeHome();
    let seen = 0;
    const onProgress = () => {
      seen += 1;
      if (seen === 2)
        void store.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
        );
    };
    await expect(run(WHOLE, { home, onProgress })).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(readdirSync(path.join(home, 'exports'))).toEqual([]);
  });

  it('replaces its own file when the job runs again, and no other job’s', async () => {
    const home = makeHome();
    const ctx = makeTaskContext({ store, task: exportOrders, jobId: 'again', env: { home } });
    const input = { from: '2026-03-01', to: '2026-03-02', format: 'csv' };
    const first = await exportOrders.run(ctx, input);
    expect(await exportOrders.run(ctx, input)).toEqual(first);
    await run(input, { home });
    expect(readdirSync(path.join(home, 'exports'))).toHaveLength(2);
  });

  it('fails for good on a range that ends before it begins, and where there is no shop', async () => {
    await expect(run({ from: '2026-03-02', to: '2026-03-01' })).rejects.toMatchObject({ code: 'validation_failed' });
    const bare = openStore(await createTestDatabase());
    const ctx = makeTaskContext({ store: bare, task: exportOrders });
    await expect(exportOrders.run(ctx, { ...WHOLE, format: 'csv' })).rejects.toMatchObject({ code: 'no_shop' });
    await bare.close();
  });

  it('cannot be led out of the exports folder by a job id', async () => {
    const home = makeHome();
    const ctx = makeTaskContext({ store, task: exportOrders, jobId: '../../etc/passwd', env: { home } });
    mkdirSync(path.join(home, 'exports'));
    writeFileSync(path.join(home, 'exports', 'other'), '');
    const { file } = (await exportOrders.run(ctx, {
      from: '2026-03-01',
      to: '2026-03-01',
      format: 'csv',
    })) as ExportResult;
    expect(readdirSync(path.join(home, 'exports')).sort()).toEqual([file, 'other'].sort());
  });
});
