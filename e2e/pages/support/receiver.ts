import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook's far end, that answers as it is told. */
export interface Receiver {
  url: string;
  answerWith(status: number): void;
  close(): Promise<void>;
}

export async function startReceiver(status: number): Promise<Receiver> {
  let now = status;
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(now).end('as told'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    answerWith(next) {
      now = next;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
