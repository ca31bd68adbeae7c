import { createServer, type Server, type ServerResponse } from 'node:http';
import type { DemoServer } from './demo-server';

/**
 * Receives webhooks: `/orders` is well, `/stock` slow, `/billing` fails at times (and says when to come back, at times), `/old-shop` is
 * gone for good. `port` is taken if it is free, so that jobs that were enqueued before a restart still find their receiver.
 */
export async function startWebhookReceiver(port: number | null, random: () => number): Promise<DemoServer> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => receive(request.url ?? '', response, random));
  });
  server.keepAliveTimeout = 1_000;
  await listen(server, port ?? 0).catch(() => listen(server, 0));
  server.unref();
  return {
    port: (server.address() as { port: number }).port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function receive(path: string, response: ServerResponse, random: () => number): void {
  const answer = (status: number, delayMs: number, headers: Record<string, string> = {}) => {
    const timer = setTimeout(() => response.writeHead(status, headers).end(), delayMs);
    response.once('close', () => clearTimeout(timer));
  };
  const luck = random();
  if (path === '/stock') answer(200, 800 + 2_500 * luck);
  else if (path === '/old-shop') answer(410, 40);
  else if (path !== '/billing') answer(202, 20 + 120 * luck);
  else if (luck < 0.15) answer(429, 30, { 'retry-after': '8' });
  else if (luck < 0.4) answer(503, 60);
  else answer(200, 100 + 400 * luck);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
