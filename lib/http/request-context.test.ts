import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { currentRequest, type RequestContext, withRequest } from './request-context';

let server: Server;

/** Notes the context as it is known deep within, some turns later; answers only requests for `/now`. */
async function serve(): Promise<{ port: number; seen: (RequestContext | null)[] }> {
  const seen: (RequestContext | null)[] = [];
  server = createServer((request, response) =>
    withRequest(request, response, async () => {
      await sleep(5);
      seen.push(currentRequest());
      if (request.url === '/now') response.end('done');
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, seen };
}

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

it('knows the sender’s address, and when its reader is gone', async () => {
  const { port, seen } = await serve();
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('GET /later HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
  await expect.poll(() => seen.length).toBe(1);
  expect(seen[0]).toMatchObject({ address: '127.0.0.1' });
  expect(seen[0]?.signal.aborted).toBe(false);
  socket.destroy();
  await expect.poll(() => seen[0]?.signal.aborted).toBe(true);
});

it('is over with the answer, and of no other request', async () => {
  const { port, seen } = await serve();
  const answers = [1, 2].map(async () => (await fetch(`http://127.0.0.1:${port}/now`)).text());
  expect(await Promise.all(answers)).toEqual(['done', 'done']);
  await expect.poll(() => seen.every((one) => one?.signal.aborted)).toBe(true);
  expect(seen[0]?.signal).not.toBe(seen[1]?.signal);
  expect(currentRequest()).toBeNull();
});
