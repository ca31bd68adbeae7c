import { connect, type Socket } from 'node:net';
import { percentile } from './stats';

/**
 * Many open live streams in a process of its own, so that holding them is not charged to what is measured. Over IPC:
 *
 *   in   { port, paths }   opens one stream per path            out  { opened, refused }
 *   in   { begin: true }   forgets what was counted so far
 *   in   { report: true }                                       out  LoadReport
 *
 * A progress value that carries `sentAt` (epoch ms) gives one sample of latency in each stream that it reaches.
 */
export interface LoadReport {
  open: number;
  frames: number;
  megabytes: number;
  samples: number;
  p50: number;
  p95: number;
  p99: number;
}

const IN_FLIGHT = 100;
/** One caller may have 2,000 streams. Linux has the whole of 127.0.0.0/8, and so a caller at each address. */
const ADDRESSES = process.platform === 'linux' ? ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'] : ['127.0.0.1'];
const sockets = new Set<Socket>();
let callers = 0;
let frames = 0;
let bytes = 0;
let latencies: number[] = [];

process.on('message', (message: { port?: number; paths?: string[]; begin?: boolean; report?: boolean }) => {
  if (message.port !== undefined && message.paths) void openAll(message.port, message.paths);
  if (message.begin) {
    frames = 0;
    bytes = 0;
    latencies = [];
  }
  if (message.report) process.send?.(makeReport());
});
process.once('disconnect', () => process.exit(0));

async function openAll(port: number, paths: string[]): Promise<void> {
  let next = 0;
  let refused = 0;
  const openNext = async (): Promise<void> => {
    for (let path = paths[next++]; path !== undefined; path = paths[next++])
      if (!(await openOne(port, path))) refused += 1;
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, openNext));
  process.send?.({ opened: sockets.size, refused });
}

function openOne(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    callers += 1;
    const socket = connect({ port, host: '127.0.0.1', localAddress: ADDRESSES[callers % ADDRESSES.length] });
    let hasBegun = false;
    socket.once('connect', () =>
      socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\naccept: text/event-stream\r\n\r\n`),
    );
    socket.on('data', (chunk: Buffer) => {
      if (!hasBegun) {
        hasBegun = true;
        const isOk = chunk.toString('latin1', 9, 12) === '200';
        if (isOk) sockets.add(socket);
        else socket.destroy();
        resolve(isOk);
      }
      take(chunk);
    });
    socket.on('error', () => resolve(false));
    socket.on('close', () => {
      sockets.delete(socket);
      resolve(false);
    });
  });
}

/** Only looks for what it counts: parsing 5,000 streams would keep a core busy. A sample cut by a chunk's edge is left out. */
function take(chunk: Buffer): void {
  bytes += chunk.length;
  const text = chunk.toString('latin1');
  for (let at = text.indexOf('event: '); at >= 0; at = text.indexOf('event: ', at + 7)) frames += 1;
  const nowMs = Date.now();
  for (let at = text.indexOf('"sentAt":'); at >= 0; at = text.indexOf('"sentAt":', at + 9)) {
    const digits = text.slice(at + 9, at + 22);
    if (/^\d{13}$/.test(digits)) latencies.push(nowMs - Number(digits));
  }
}

function makeReport(): LoadReport {
  return {
    open: sockets.size,
    frames,
    megabytes: bytes / 1e6,
    samples: latencies.length,
    p50: percentile(latencies, 0.5),
    p95: percentile(latencies, 0.95),
    p99: percentile(latencies, 0.99),
  };
}
