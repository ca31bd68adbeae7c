import { Worker } from 'node:worker_threads';
import type { Connection } from './connection';

/**
 * One PING after the other to the broker, and to an idle one beside it that shows what the machine itself stalls (two cores, all busy).
 * From a thread of its own: what the bench parses must not look like a stall of the broker.
 */
const PING_LOOP = `
const { parentPort, workerData } = require('node:worker_threads');
const { connect } = require('node:net');
const longestMs = workerData.ports.map(() => 0);
const sockets = workerData.ports.map((port, i) => {
  const socket = connect(port, '127.0.0.1');
  let sentAt = 0;
  const ping = () => { sentAt = performance.now(); socket.write('PING\\r\\n'); };
  socket.setNoDelay(true);
  socket.on('connect', ping);
  socket.on('error', () => {});
  socket.on('data', () => {
    longestMs[i] = Math.max(longestMs[i], performance.now() - sentAt);
    setTimeout(ping, 2);
  });
  return socket;
});
parentPort.on('message', () => { for (const s of sockets) s.destroy(); parentPort.postMessage(longestMs); parentPort.close(); });
`;

export interface Stall {
  /** The longest that a PING waited: the broker's longest command, or the machine's shortage of cores. */
  longestPingMs: number;
  /** The same on a Redis that has nothing to do. */
  longestIdlePingMs: number;
  /** The broker's own word on the longest command in that time, scripts included. */
  longestCommandMs: number;
  longestCommand: string;
}

/** Watches the broker while `work` runs. */
export async function watchStalls(
  ports: { broker: number; idle: number },
  reader: Connection,
  work: () => Promise<void>,
): Promise<Stall> {
  await reader.pipeline([
    ['CONFIG', 'SET', 'slowlog-log-slower-than', 500],
    ['CONFIG', 'SET', 'slowlog-max-len', 1000],
    ['SLOWLOG', 'RESET'],
  ]);
  const loop = new Worker(PING_LOOP, { eval: true, workerData: { ports: [ports.broker, ports.idle] } });
  try {
    await work();
  } finally {
    loop.postMessage('stop');
  }
  const [longestPingMs = Number.NaN, longestIdlePingMs = Number.NaN] = await new Promise<number[]>((resolve) =>
    loop.once('message', resolve),
  );
  return { longestPingMs, longestIdlePingMs, ...(await readSlowest(reader)) };
}

async function readSlowest(reader: Connection): Promise<Pick<Stall, 'longestCommandMs' | 'longestCommand'>> {
  const entries = await reader.call('SLOWLOG', 'GET', 1000);
  let slowest = { longestCommandMs: 0, longestCommand: 'none over 0.5 ms' };
  for (const entry of Array.isArray(entries) ? entries : []) {
    if (!Array.isArray(entry)) continue;
    const [, , micros, words] = entry;
    const name = Array.isArray(words) ? words.slice(0, 3).join(' ').slice(0, 60) : '';
    // Our own INFO and SLOWLOG are no work of the product.
    if (/^(INFO|SLOWLOG|CONFIG)/i.test(name) || Number(micros) / 1000 <= slowest.longestCommandMs) continue;
    slowest = { longestCommandMs: Number(micros) / 1000, longestCommand: name };
  }
  return slowest;
}
