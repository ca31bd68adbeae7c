import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { computeWaitMs, fetchPatiently } from './patience';

let server: Server | null = null;

/** Refuses so many requests with 429, then answers with how many there were. */
async function serve(refusals: number): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  const own = createServer((_, response) => {
    asked += 1;
    response.writeHead(asked <= refusals ? 429 : 200, { 'retry-after': '0' }).end(String(asked));
  });
  server = own;
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(own.address() as AddressInfo).port}/`, asked: () => asked };
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

describe('fetchPatiently', () => {
  it('asks again until it has its turn', async () => {
    const { url } = await serve(2);
    const response = await fetchPatiently(url, {});
    expect([response.status, await response.text()]).toEqual([200, '3']);
  });

  it('gives up in the end, with the refusal', async () => {
    const { url, asked } = await serve(Number.POSITIVE_INFINITY);
    expect((await fetchPatiently(url, {})).status).toBe(429);
    expect(asked()).toBe(8);
  });

  it('ends with its signal while it waits', async () => {
    const { url, asked } = await serve(Number.POSITIVE_INFINITY);
    const leave = new AbortController();
    const answer = fetchPatiently(url, { signal: leave.signal });
    await expect.poll(asked).toBe(1);
    leave.abort(new Error('left'));
    await expect(answer).rejects.toThrow('left');
  });
});

it('waits as long as it is told, within bounds', () => {
  expect([null, '0', '2', '3600', 'Wed, 21 Oct 2026 07:28:00 GMT'].map((text) => computeWaitMs(text, 0))).toEqual([
    500, 500, 2_000, 10_000, 500,
  ]);
  expect(computeWaitMs('2', 1)).toBe(3_000);
});
