import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { answerDirectly } from './node-adapter';
import type { Handler } from './route';

const SSE = { 'content-type': 'text/event-stream; charset=utf-8' };
let server: Server;

async function serve(handler: Handler): Promise<number> {
  server = createServer((request, response) => void answerDirectly(handler, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('answerDirectly', () => {
  it('hands over address and headers, and answers status, headers and body', async () => {
    const port = await serve(async ({ url, headers }) =>
      Response.json({ query: new URL(url).search, seen: headers.get('last-event-id') }, { status: 203 }),
    );
    const response = await fetch(`http://127.0.0.1:${port}/x?a=%C3%A9`, { headers: { 'last-event-id': '7' } });
    expect(response.status).toBe(203);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ query: '?a=%C3%A9', seen: '7' });
  });

  it('sends each chunk at once, and tells the handler when its reader is gone', async () => {
    let signal = new AbortController().signal;
    const port = await serve(async (request) => {
      signal = request.signal;
      const body = new ReadableStream({ start: (c) => c.enqueue(new TextEncoder().encode('first')) });
      return new Response(body, { headers: SSE });
    });
    const leave = new AbortController();
    const response = await fetch(`http://127.0.0.1:${port}/`, { signal: leave.signal });
    const chunk = await response.body?.getReader().read();
    expect(new TextDecoder().decode(chunk?.value)).toBe('first');
    expect(signal.aborted).toBe(false);
    leave.abort();
    await expect.poll(() => signal.aborted).toBe(true);
  });

  it('takes no more from the handler than a stalled reader has room for', async () => {
    let taken = 0;
    const cancelled = new AbortController();
    const port = await serve(async () => {
      const pull = (c: ReadableStreamDefaultController) => {
        taken += 1;
        c.enqueue(new Uint8Array(65_536));
      };
      return new Response(new ReadableStream({ pull, cancel: () => cancelled.abort() }), { headers: SSE });
    });
    const socket = connect(port, '127.0.0.1').pause();
    socket.write('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
    await expect.poll(() => taken).toBeGreaterThan(1);
    await sleep(500);
    const before = taken;
    await sleep(500);
    expect(taken).toBe(before);
    socket.destroy();
    await expect.poll(() => cancelled.signal.aborted).toBe(true);
  });
});
