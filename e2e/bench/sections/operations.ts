import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeFailed } from '@/e2e/support/failed-jobs';
import { SourceConfig } from '@/lib/env';
import { createDatabase } from '@/lib/testing/servers';
import { type OperationsBench, openOperationsBench } from '@/worker/monitor/testing/operations-bench';
import { Connection } from '../broker/connection';
import { startPrivateRedis } from '../broker/private-redis';
import { watchStalls } from '../broker/stall';
import type { BenchContext } from '../context';
import type { BenchRow } from '../rows';

const JOBS = 100_000;
const SOURCE = 'operations';

/** Operations on 100,000 failed jobs of ~1 KB, with ledger and outcomes, on a broker of their own. */
export async function measureOperations(context: BenchContext): Promise<BenchRow[]> {
  const redis = await startPrivateRedis(path.join(context.home, 'operations'), context.guard);
  const connection = await Connection.open(redis.port);
  const source = SourceConfig.parse({ name: SOURCE, url: redis.url });
  const bench = openOperationsBench(source, await createDatabase(context.postgresUrl));
  const ports = { broker: redis.port, idle: context.idleRedis.port };
  const rows: BenchRow[] = [];
  try {
    bench.startMonitor();
    for (const [queue, label, perSecond, order] of ORDERS) {
      await writeFailed(connection, queue, JOBS);
      await sleep(1_000);
      rows.push(...(await measureOne(bench, ports, connection, queue, label, perSecond, order)));
      context.say(`  ${rows.at(-2)?.note}`);
      await connection.call('FLUSHALL');
    }
  } finally {
    await bench.close();
    connection.close();
    await redis.stop();
  }
  return rows;
}

type Order = { filter: object; action: { kind: 'retry'; resetAttempts?: boolean } | { kind: 'remove' } };

const ORDERS: [queue: string, label: string, perSecond: number, order: Order][] = [
  ['all', 'retry all 100,000 failed', 20_000, { filter: {}, action: { kind: 'retry' } }],
  [
    'filter',
    'retry 100,000 by name and error',
    5_000,
    { filter: { names: ['mail'], error: 'timeout' }, action: { kind: 'retry' } },
  ],
  ['bin', 'remove 100,000 into the recycle bin', 5_000, { filter: {}, action: { kind: 'remove' } }],
];

async function measureOne(
  bench: OperationsBench,
  ports: { broker: number; idle: number },
  connection: Connection,
  queue: string,
  label: string,
  perSecond: number,
  { filter, action }: Order,
): Promise<BenchRow[]> {
  let tookMs = 0;
  let chosenMs = 0;
  const stall = await watchStalls(ports, connection, async () => {
    const from = performance.now();
    const { id } = await bench.call('operation.create', {
      body: {
        filter: { source: SOURCE, queue, states: ['failed'], ...filter },
        action,
        reason: 'bench',
        options: { confirmCount: JOBS },
      },
    });
    chosenMs = performance.now() - from;
    const { done } = await bench.waitFor(id, 'done');
    tookMs = performance.now() - from;
    if (done !== JOBS) throw new Error(`${label}: ${done} of ${JOBS} done`);
  });
  const rate = Math.round((JOBS / tookMs) * 1000).toLocaleString('en-GB');
  return [
    {
      name: `${label}, with ledger and outcomes`,
      reach: JOBS / perSecond,
      value: tookMs / 1000,
      unit: 's',
      peer: null,
      note: `${rate} jobs/s; ${(chosenMs / 1000).toFixed(2)} s of it to fix the set`,
    },
    {
      name: 'broker’s longest stall meanwhile, beyond an idle broker’s',
      reach: 10,
      value: Math.max(0, stall.longestPingMs - stall.longestIdlePingMs),
      unit: 'ms',
      peer: null,
      note: `a PING waited ${stall.longestPingMs.toFixed(1)} ms, on an idle Redis beside it ${stall.longestIdlePingMs.toFixed(1)} ms; by its own log ${stall.longestCommandMs.toFixed(1)} ms (${stall.longestCommand.slice(0, 30)})`,
    },
  ];
}
