import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startWeb } from '@/e2e/support/start-web';
import { startGuard } from '@/lib/embedded/guard';
import { loadEnv } from '@/lib/env';
import { startPostgres } from '@/lib/testing/servers';
import { Connection } from './broker/connection';
import { startPrivateRedis } from './broker/private-redis';
import { watchStalls } from './broker/stall';
import { type BenchContext, type Section, SOURCE } from './context';
import { openFixture } from './fixture/open-fixture';
import { type BenchRow, failedRow, isMiss } from './rows';
import { SECTIONS } from './sections/all';
import { formatTable } from './table';

/**
 * `npm run bench [-- section …]`: measures the production build on real servers, prints one table and keeps it in
 * `<home>/bench/last.json`. Ends with 0 whatever was measured: a bench is not a test.
 */
async function main(): Promise<void> {
  const sections = chooseSections(process.argv.slice(2));
  const home = path.join(loadEnv().home, 'bench');
  mkdirSync(home, { recursive: true });
  const say = (line: string) => process.stderr.write(`bench: ${line}\n`);
  const open: (() => Promise<unknown> | unknown)[] = [];
  const rows: BenchRow[] = [];
  try {
    const context = await openContext(home, say, open);
    for (const section of sections) rows.push(...(await runSection(section, context)));
  } finally {
    for (const close of open.reverse()) await close();
  }
  const table = formatTable(rows);
  const misses = rows.filter(isMiss).length;
  process.stdout.write(`\n${table}\n\n${misses === 0 ? 'Everything within reach.' : `${misses} missed.`}\n`);
  writeFileSync(path.join(home, 'last.json'), `${JSON.stringify({ at: new Date().toISOString(), rows }, null, 2)}\n`);
}

function chooseSections(names: string[]): readonly Section[] {
  const unknown = names.filter((name) => !SECTIONS.some((section) => section.name === name));
  if (unknown.length > 0) {
    process.stderr.write(
      `There is no section ${unknown.join(', ')}. Sections: ${SECTIONS.map((s) => s.name).join(' ')}\n`,
    );
    process.exit(2);
  }
  return names.length === 0 ? SECTIONS : SECTIONS.filter((section) => names.includes(section.name));
}

async function openContext(home: string, say: (line: string) => void, open: (() => unknown)[]): Promise<BenchContext> {
  const guard = startGuard(1_000);
  open.push(() => guard.close());
  const redis = await openFixture(home, guard, say);
  open.push(() => redis.stop());
  const idleRedis = await startPrivateRedis(path.join(home, 'idle'), guard);
  open.push(() => idleRedis.stop());
  const reader = await Connection.open(redis.port);
  open.push(() => reader.close());
  say('starting PostgreSQL and the web process');
  const postgres = await startPostgres();
  open.push(() => postgres.stop());
  const sources = [{ name: SOURCE, url: redis.url }];
  const web = await startWeb({ sources, databaseUrl: postgres.url, home, guard });
  open.push(() => web.stop());
  return { redis, idleRedis, reader, web, postgresUrl: postgres.url, home, guard, say };
}

async function runSection(section: Section, context: BenchContext): Promise<BenchRow[]> {
  context.say(section.name);
  let rows: BenchRow[] = [];
  const ports = { broker: context.redis.port, idle: context.idleRedis.port };
  const stall = await watchStalls(ports, context.reader, async () => {
    rows = await section.measure(context).catch((error: unknown) => [failedRow(section.name, error)]);
  });
  const byLog = `by its own log ${stall.longestCommandMs.toFixed(1)} ms (${stall.longestCommand})`;
  const note = `an idle Redis beside it: ${stall.longestIdlePingMs.toFixed(1)} ms; ${byLog}`;
  rows.push({
    name: `broker’s longest stall during ${section.name}`,
    reach: 10,
    value: stall.longestPingMs,
    unit: 'ms',
    peer: null,
    note,
  });
  for (const row of rows)
    context.say(`  ${row.name}: ${row.value.toFixed(2)} ${row.unit}${isMiss(row) ? ' MISSED' : ''}`);
  return rows;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
