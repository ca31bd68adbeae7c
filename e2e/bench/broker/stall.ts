import { Worker } from 'node:worker_threads';
import type { Connection } from './connection';

/** One PING after the other from a thread of its own: what the bench itself parses must not look like a stall of the broker. */
const PING_LOOP = `
const { parentPort, workerData } = require('node:worker_threads');
const socket = require('node:net').connect(workerData.port, '127.0.0.1');
socket.setNoDelay(true);
let sentAt = 0, longestMs = 0, pings = 0;
const ping = () => { sentAt = performance.now(); socket.write('PING\\r\\n'); };
socket.on('connect', ping);
socket.on('error', () => {});
socket.on('data', () => {
  longestMs = Math.max(longestMs, performance.now() - sentAt);
  pings += 1;
  setTimeout(ping, 1);
});
parentPort.on('message', () => { socket.destroy(); parentPort.postMessage({ longestMs, pings }); parentPort.close(); });
`;

export interface Stall {
  /** The longest that a PING waited: the broker's longest command, or the machine's shortage of cores. */
  longestPingMs: number;
  /** The broker's own word on the longest command in that time, scripts included. */
  longestCommandMs: number;
  longestCommand: string;
}

/** Watches the broker while `work` runs. */
export async function watchStalls(port: number, reader: Connection, work: () => Promise<void>): Promise<Stall> {
  await reader.pipeline([
    ['CONFIG', 'SET', 'slowlog-log-slower-than', 500],
    ['CONFIG', 'SET', 'slowlog-max-len', 1000],
    ['SLOWLOG', 'RESET'],
  ]);
  const loop = new Worker(PING_LOOP, { eval: true, workerData: { port } });
  try {
    await work();
  } finally {
    loop.postMessage('stop');
  }
  const { longestMs } = await new Promise<{ longestMs: number }>((resolve) => loop.once('message', resolve));
  const slowest = await readSlowest(reader);
  return { longestPingMs: longestMs, ...slowest };
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
