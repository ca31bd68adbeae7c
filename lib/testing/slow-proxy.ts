import { connect, createServer, type Socket } from 'node:net';

export interface SlowProxy {
  /** The same URL, by way of the proxy. */
  url: string;
  /** Each direction takes this much longer from now on. */
  setDelay(ms: number): void;
  close(): Promise<void>;
}

/** A server that is far away: everything passes in order, late. */
export async function startSlowProxy(url: string): Promise<SlowProxy> {
  const { hostname, port } = new URL(url);
  let delayMs = 0;
  const sockets = new Set<Socket>();
  const pass = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.on('data', (chunk) => setTimeout(() => to.writable && to.write(chunk), delayMs));
    from.on('close', () => to.destroy());
    from.on('error', () => undefined);
  };
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    pass(near, far);
    pass(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const near = new URL(url);
  near.hostname = '127.0.0.1';
  near.port = String(address.port);
  return {
    url: near.href,
    setDelay: (ms) => {
      delayMs = ms;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
