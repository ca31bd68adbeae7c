import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { countWhile } from '../broker/counters';
import { encodeCommand } from '../broker/resp';
import { type BenchContext, SOURCE } from '../context';
import { QUEUES } from '../fixture/queues';
import type { BenchRow } from '../rows';
import { median, summary } from '../stats';
import { HttpConnection } from '../web/http-connection';

const CLIENTS = 2_000;
const ROUNDS = 15;
/** Longer than the worker list is kept, so that every round pays for it. */
const PAUSE_MS = 2_300;

interface Overview {
  items: { name: string; workers: number | null }[];
}

/** The overview with its workers while 2,000 other clients, half of them workers by their names, are connected to the broker. */
export async function measureClients({ web, redis, reader }: BenchContext): Promise<BenchRow[]> {
  const sockets = await connectClients(redis.port);
  const viewer = await HttpConnection.open(web.port);
  try {
    await viewer.get('/api/v1/queues?limit=200');
    await sleep(PAUSE_MS);
    const overviewMs: number[] = [];
    const bytes: number[] = [];
    const workersMs: number[] = [];
    let shown = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const spent = await countWhile(reader, [], async () => {
        const answer = await viewer.get('/api/v1/queues?limit=200');
        overviewMs.push(answer.ms);
        const { items } = JSON.parse(answer.body.toString('utf8')) as Overview;
        shown = items.reduce((sum, queue) => sum + (queue.workers ?? 0), 0);
        // What the answer left to the background belongs to its price.
        await sleep(300);
      });
      bytes.push(spent.outputBytes);
      workersMs.push((await viewer.get(`/api/v1/workers?source=${SOURCE}&limit=200`)).ms);
      await sleep(PAUSE_MS);
    }
    return [
      {
        name: 'overview while the broker has 2,000 other clients, workers shown',
        reach: 30,
        ...summary(overviewMs),
        unit: 'ms',
        peer: 505,
        note: `${shown} of ${CLIENTS / 2} workers shown`,
      },
      {
        name: 'the same: bytes from the broker',
        reach: 0.6,
        ...summary(bytes.map((value) => value / 1_048_576)),
        unit: 'MB',
        peer: 10.6,
        note: 'the bench’s own INFO (about 0.01 MB) and PINGs are within',
      },
      { name: 'the same: list of workers, first 200', reach: null, value: median(workersMs), unit: 'ms', peer: null },
    ];
  } finally {
    viewer.close();
    for (const socket of sockets) socket.destroy();
  }
}

/** Every other one bears the name that a BullMQ 6 worker gives its connection: `<prefix>:<base64 of the queue>`. */
async function connectClients(port: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let i = 0; i < CLIENTS; i += 1) {
    const queue = QUEUES[(i >> 1) % QUEUES.length]?.name ?? '';
    const name = i % 2 === 0 ? `bull:${Buffer.from(queue).toString('base64')}` : `api-${i}`;
    sockets.push(await connectAs(port, name));
  }
  return sockets;
}

function connectAs(port: number, name: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', reject);
    socket.once('connect', () => socket.write(encodeCommand(['CLIENT', 'SETNAME', name])));
    socket.once('data', () => resolve(socket));
  });
}
