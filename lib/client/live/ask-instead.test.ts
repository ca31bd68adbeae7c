import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeSubstitute } from './ask-instead';

let server: Server;
let isUp = true;
const reach = globalThis.fetch;

beforeEach(async () => {
  isUp = true;
  server = createServer((_, response) => response.writeHead(isUp ? 200 : 502).end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A browser knows whom a path is asked of.
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubGlobal('fetch', (path: string) => reach(origin + path));
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  server.closeAllConnections();
  server.close();
});

it('asks for what is seen every fifteen seconds while no stream can be had', async () => {
  let refreshed = 0;
  const instead = makeSubstitute(async () => {
    refreshed += 1;
  });
  const from = Date.now();
  expect(await instead()).toBe(from);
  vi.setSystemTime(from + 14_000);
  expect(await instead()).toBeNull();
  vi.setSystemTime(from + 15_000);
  expect(await instead()).toBe(from + 15_000);
  expect(refreshed).toBe(2);
});

it('asks for nothing where the server itself does not answer', async () => {
  const refresh = vi.fn(async () => undefined);
  isUp = false;
  expect(await makeSubstitute(refresh)()).toBeNull();
  server.closeAllConnections();
  server.close();
  expect(await makeSubstitute(refresh)()).toBeNull();
  expect(refresh).not.toHaveBeenCalled();
});
