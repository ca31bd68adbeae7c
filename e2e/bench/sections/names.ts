import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { Store } from '@/lib/store/store';
import { Connection } from '../broker/connection';
import { countWhile } from '../broker/counters';
import { startPrivateRedis } from '../broker/private-redis';
import type { BenchContext } from '../context';
import type { Monitor } from '../recorder/monitor';
import { openRecorder, PATIENCE_MS, waitForCursor } from '../recorder/recorded';
import type { BenchRow } from '../rows';

const NAMES = 20_000;
const LIVING = 10_000;
const AT_ONCE = 50;
const LOOK_MS = 10_000;
/** What is done once a minute, as the sampling of gauges, is within. */
const WHOLE_LOOK_MS = 60_000;
const AFTER_MS = 60_000;
const NEWS = 1_000;

/** What the record costs where there are, or were, very many queues: names that came and went, and as many that live. */
export async function measureNames(context: BenchContext): Promise<BenchRow[]> {
  const redis = await startPrivateRedis(path.join(context.home, 'names'), context.guard);
  const connection = await Connection.open(redis.port);
  const client = new Redis(redis.url, { maxRetriesPerRequest: null });
  try {
    const gone = await measureGone(context, { url: redis.url, connection, client });
    await connection.call('FLUSHALL');
    return [...gone, ...(await measureLiving(context, { url: redis.url, connection, client }))];
  } finally {
    client.disconnect();
    connection.close();
    await redis.stop();
  }
}

interface Broker {
  url: string;
  connection: Connection;
  client: Redis;
}

async function measureGone(context: BenchContext, { url, connection, client }: Broker): Promise<BenchRow[]> {
  const { store, monitor, close } = await openRecorder(context, url);
  try {
    await addTo(client, ['living-1', 'living-2', 'living-3']);
    await waitForCursor(store);
    await sleep(AFTER_MS / 6);
    const before = await readIdle(connection, monitor);
    const names = Array.from({ length: NAMES }, (_, n) => `pull-request-${n}`);
    const from = performance.now();
    await inParts(names, async (name) => {
      const queue = openQueue(client, name);
      await queue.add('a', {});
      await queue.obliterate({ force: true });
    });
    const seconds = (performance.now() - from) / 1000;
    await sleep(AFTER_MS);
    const after = await readIdle(connection, monitor);
    const note = `${NAMES.toLocaleString('en-GB')} queues made and obliterated in ${seconds.toFixed(0)} s; before ${tellIdle(before)}, after ${tellIdle(after)}`;
    return [
      {
        ...{ name: '20,000 names that went, a minute later: commands/s more than before', note },
        ...{ reach: 2, value: after.commands - before.commands, unit: '', peer: null },
      },
      {
        ...{ name: '20,000 names that went, a minute later: bytes/s into the broker more than before' },
        ...{ reach: 1_000, value: after.bytesIn - before.bytesIn, unit: 'B', peer: null },
      },
    ];
  } finally {
    await close();
  }
}

async function measureLiving(context: BenchContext, { url, connection, client }: Broker): Promise<BenchRow[]> {
  const names = Array.from({ length: LIVING }, (_, n) => `tenant-${n}`);
  await addTo(client, names);
  const { store, monitor, close } = await openRecorder(context, url);
  try {
    const metMs = await waitForJobs(store, LIVING);
    await sleep(AFTER_MS / 2);
    const idle = await readIdle(connection, monitor, WHOLE_LOOK_MS);
    await addTo(
      client,
      Array.from({ length: NEWS }, (_, n) => names[(n * 7) % LIVING] ?? ''),
    );
    const newsMs = await waitForJobs(store, LIVING + NEWS);
    const name = (what: string) => `10,000 living queues: ${what}`;
    return [
      { name: name('until the record has met all'), reach: 60_000, value: metMs, unit: 'ms', peer: null },
      {
        ...{ name: name('commands/s while quiet'), note: tellIdle(idle) },
        ...{ reach: 50, value: idle.commands, unit: '', peer: null },
      },
      {
        name: name('share of a core of the recorder while quiet'),
        reach: 10,
        value: idle.share,
        unit: '%',
        peer: null,
      },
      {
        name: name('1,000 jobs of as many of them are recorded within'),
        reach: 10_000,
        value: newsMs,
        unit: 'ms',
        peer: null,
      },
    ];
  } finally {
    await close();
  }
}

interface Idle {
  commands: number;
  bytesIn: number;
  /** Of one core, percent. */
  share: number;
}

/** Use in a second while nothing happens; commands as the broker counts them, those of scripts included. */
async function readIdle(connection: Connection, monitor: Monitor, forMs = LOOK_MS): Promise<Idle> {
  const before = await monitor.readUse();
  const from = performance.now();
  const spent = await countWhile(connection, [], () => sleep(forMs));
  const after = await monitor.readUse();
  const seconds = (performance.now() - from) / 1000;
  return {
    commands: spent.commandsPerSecond,
    bytesIn: spent.inputBytes / seconds,
    share: (after.cpuMs - before.cpuMs) / seconds / 10,
  };
}

const tellIdle = ({ commands, bytesIn, share }: Idle) =>
  `${commands.toFixed(1)} commands/s, ${(bytesIn / 1000).toFixed(1)} kB/s into the broker, ${share.toFixed(1)} % of a core`;

function openQueue(client: Redis, name: string): Queue {
  const queue = new Queue(name, { connection: client, skipVersionCheck: true });
  queue.on('error', () => undefined);
  return queue;
}

const addTo = (client: Redis, names: readonly string[]) =>
  inParts(names, async (name) => {
    await openQueue(client, name).add('a', {});
  });

async function inParts(names: readonly string[], run: (name: string) => Promise<void>): Promise<void> {
  for (let at = 0; at < names.length; at += AT_ONCE) await Promise.all(names.slice(at, at + AT_ONCE).map(run));
}

async function waitForJobs(store: Store, count: number): Promise<number> {
  const from = performance.now();
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(100)) {
    const [row] = await store.query<{ n: number }>('SELECT count(*)::int AS n FROM queuedeck.job');
    if ((row?.n ?? 0) >= count) return performance.now() - from;
  }
  throw new Error(`fewer than ${count} jobs were recorded`);
}
