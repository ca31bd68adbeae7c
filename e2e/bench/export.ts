import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { createDatabase } from '@/lib/testing/servers';
import { seedShop } from '@/worker/demo/seed-shop';
import type { BenchContext } from './context';
import type { BenchRow } from './rows';

const ORDERS = 1_000_000;
const UNTIL = new Date('2026-11-22T12:00:00Z');
const RANGE = ['2025-11-01', '2026-11-30'];

interface Exported {
  result: { rows: number; sizeBytes: number };
  seconds: number;
  peakMb: number;
}

/** Exports a million orders in a process of its own, as a workbook and as CSV; its peak of resident memory is what counts. */
export async function measureExport(context: Pick<BenchContext, 'postgresUrl' | 'home' | 'say'>): Promise<BenchRow[]> {
  const databaseUrl = await createDatabase(context.postgresUrl);
  await seed(databaseUrl, context.say);
  const rows: BenchRow[] = [];
  for (const format of ['xlsx', 'csv']) {
    const { result, seconds, peakMb } = await exportOnce(databaseUrl, context.home, format);
    if (result.rows !== ORDERS) throw new Error(`${result.rows} orders in the ${format}, ${ORDERS} in the shop`);
    const note = `${seconds.toFixed(1)} s, ${Math.round(result.sizeBytes / 1e6)} MB`;
    rows.push({
      name: `export of 1,000,000 rows, ${format}: peak memory`,
      reach: 400,
      value: peakMb,
      unit: 'MB',
      peer: null,
      note,
    });
  }
  return rows;
}

async function seed(databaseUrl: string, say: (line: string) => void): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const startedAt = performance.now();
  try {
    await seedShop(client, { orders: ORDERS, until: UNTIL });
  } finally {
    await client.end();
  }
  say(`seeded ${ORDERS} orders in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

async function exportOnce(databaseUrl: string, home: string, format: string): Promise<Exported> {
  const folder = mkdtempSync(path.join(home, 'export-'));
  try {
    const words = ['--import', 'tsx', 'e2e/bench/export-process.ts', databaseUrl, folder, ...RANGE, format];
    const { stdout } = await promisify(execFile)(process.execPath, words, { timeout: 300_000 });
    return JSON.parse(stdout) as Exported;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
