import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startWeb, type Web } from '@/e2e/support/start-web';
import { keepBusy } from '../broker/busy-queues';
import { Connection } from '../broker/connection';
import { countWhile, type Spent } from '../broker/counters';
import { startPrivateRedis } from '../broker/private-redis';
import { type BenchContext, SOURCE } from '../context';
import { QUEUES } from '../fixture/queues';
import { writeQueue } from '../fixture/write-queue';
import type { BenchRow } from '../rows';
import { HttpConnection } from '../web/http-connection';
import { openLive } from '../web/live-stream';

const VIEWERS = 50;
const SECONDS = 8;

/** Commands per second that the broker executes (those in Lua too) while fifty people watch the overview of busy queues. */
export async function measureCommands(context: BenchContext): Promise<BenchRow[]> {
  const names = QUEUES.map((queue) => queue.name);
  const small = await measureOn(context.web, context.redis.port, context.reader, names);
  const large = await withManyQueues(context, 200);
  return [...toRows('20 queues', 200, 3_199, small), ...toRows('200 queues', 1_700, 31_998, large)];
}

interface Measured {
  busy: Spent;
  idle: Spent;
}

async function measureOn(web: Web, port: number, reader: Connection, queues: readonly string[]): Promise<Measured> {
  const streams = await Promise.all(Array.from({ length: VIEWERS }, () => openLive(web.port, 'overview')));
  const writer = await Connection.open(port);
  const pollers = await Promise.all(Array.from({ length: VIEWERS }, () => HttpConnection.open(web.port)));
  try {
    await sleep(3_000);
    const idle = await countWhile(reader, [writer], () => poll(pollers));
    const traffic = keepBusy(writer, queues);
    await sleep(1_500);
    const busy = await countWhile(reader, [writer], () => poll(pollers));
    await traffic.stop();
    return { busy, idle };
  } finally {
    for (const stream of streams) stream.close();
    for (const poller of pollers) poller.close();
    writer.close();
  }
}

/** Every viewer also asks once for the overview, spread over the time: what a page load or a tab without a stream costs. */
async function poll(pollers: readonly HttpConnection[]): Promise<void> {
  const from = Date.now();
  for (const [index, poller] of pollers.entries()) {
    await sleep(Math.max(0, from + (index * SECONDS * 1000) / pollers.length - Date.now()));
    await poller.get('/api/v1/queues?limit=200');
  }
  await sleep(Math.max(0, from + SECONDS * 1000 - Date.now()));
}

async function withManyQueues(context: BenchContext, count: number): Promise<Measured> {
  const redis = await startPrivateRedis(path.join(context.home, 'many-queues'), context.guard);
  const reader = await Connection.open(redis.port);
  const names = Array.from({ length: count }, (_, i) => `queue-${String(i).padStart(3, '0')}`);
  try {
    for (const [index, name] of names.entries()) await writeQueue(reader, name, 50, Date.now(), index);
    const { postgresUrl: databaseUrl, home, guard } = context;
    const web = await startWeb({ sources: [{ name: SOURCE, url: redis.url }], databaseUrl, home, guard });
    try {
      return await measureOn(web, redis.port, reader, names);
    } finally {
      await web.stop();
    }
  } finally {
    reader.close();
    await redis.stop();
  }
}

function toRows(label: string, reach: number, peer: number, { busy, idle }: Measured): BenchRow[] {
  const top = busy.byName.slice(0, 5).map(([name, calls]) => `${name} ${(calls / busy.seconds).toFixed(1)}`);
  return [
    {
      name: `broker commands, 50 viewers, ${label}, all of them busy`,
      reach,
      value: busy.commandsPerSecond,
      unit: '/s',
      peer,
      note: `most: ${top.join(', ')}; ${(busy.outputBytes / busy.seconds / 1024).toFixed(1)} KB/s`,
    },
    { name: `broker commands, 50 viewers, ${label}, quiet`, reach, value: idle.commandsPerSecond, unit: '/s', peer },
  ];
}
