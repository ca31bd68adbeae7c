import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { CodedError } from '@/lib/contracts/errors';
import { answerDirectly } from './node-adapter';
import { readJsonBody } from './read-body';
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

  describe('of a body', () => {
    /** What a route makes of it: the JSON, or the error's code. */
    const echo: Handler = async (request) => {
      const read = await readJsonBody(request, 300).catch((error: CodedError) => error.code);
      return Response.json(read ?? null);
    };
    /** All that one connection is answered, in order; it is kept open until `bodies` of them are there. */
    async function talk(port: number, sent: string[], bodies: number): Promise<string[]> {
      const socket = connect(port, '127.0.0.1');
      let text = '';
      socket.setEncoding('utf8').on('data', (more) => {
        text += more;
      });
      for (const one of sent) socket.write(one);
      const found = () => [...text.matchAll(/\r\n\r\n([^\r]*?)(?=HTTP\/|$)/g)].map(([, body = '']) => body);
      await expect.poll(() => found().length, { timeout: 5_000 }).toBe(bodies);
      socket.destroy();
      return found();
    }
    const post = (body: string, length = body.length) =>
      `POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`;
    const chunked = (...chunks: string[]) =>
      `POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${[
        ...chunks,
        '',
      ]
        .map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`)
        .join('')}`;

    it('hands over each of a connection, of a told length or in chunks, and none where there is none', async () => {
      const port = await serve(echo);
      const none = 'POST / HTTP/1.1\r\nhost: x\r\n\r\n';
      const all = await talk(port, [post('{"a":1}'), none, chunked('{"b"', ':2}'), post('[3]')], 4);
      expect(all).toEqual(['{"a":1}', 'null', '{"b":2}', '[3]']);
    });

    it('refuses one that is too large, by what it says and by what it is, and answers the next', async () => {
      const port = await serve(echo);
      const large = `"${'x'.repeat(1_100_000)}"`;
      const all = await talk(port, [post(large), post('1'), chunked(large), post('2')], 4);
      expect(all).toEqual(['"body_too_large"', '1', '"body_too_large"', '2']);
    });

    it('gives up one that does not come, and takes the rest of it for nothing else', async () => {
      const port = await serve(echo);
      const socket = connect(port, '127.0.0.1');
      let text = '';
      socket.setEncoding('utf8').on('data', (more) => {
        text += more;
      });
      socket.write(post('{"a"', 7));
      await expect.poll(() => text, { timeout: 5_000 }).toContain('request_timeout');
      socket.write(`:1}${post('5')}`);
      await expect.poll(() => text, { timeout: 5_000 }).toMatch(/\r\n5$/);
      socket.destroy();
    });

    it('is told when it breaks off', async () => {
      let code = '';
      const port = await serve(async (request) => {
        code = await readJsonBody(request).then(
          () => 'read',
          (error: CodedError) => error.code,
        );
        return new Response(null);
      });
      const socket = connect(port, '127.0.0.1');
      socket.write(post('{"a"', 7), () => socket.destroy());
      await expect.poll(() => code).toBe('bad_request');
    });
  });
});
