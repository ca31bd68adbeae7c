import { get, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, test } from '@playwright/test';
import pg from 'pg';
import { HttpConnection } from '@/e2e/bench/web/http-connection';
import { OWN_SOURCE, type OwnStack, startOwnStack } from '@/e2e/support/own-stack';
import { SLOW_SEARCH, writeHeavyRows } from '@/e2e/support/recorded-rows';
import { openStore } from '@/lib/store/store';
import { API } from './support/api';

const ROWS = 12_000;

let stack: OwnStack;
let watcher: pg.Client;

interface Seen {
  status: number;
  retryAfter: string | null;
  code: string | null;
  ms: number;
}

async function ask(path: string, init: RequestInit = {}): Promise<Seen> {
  const from = performance.now();
  const response = await fetch(stack.url + path, init);
  const answer = (await response.json()) as { code?: string };
  const ms = performance.now() - from;
  return { status: response.status, retryAfter: response.headers.get('retry-after'), code: answer.code ?? null, ms };
}

/** Searches that run in the store. */
async function runningSearches(): Promise<number> {
  const { rows } = await watcher.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE state = 'active' AND query ILIKE '%j.data%ILIKE%' AND pid <> pg_backend_pid()`,
  );
  return rows[0]?.n ?? 0;
}

/** A request whose reader can leave at any time. */
function open(path: string): Socket {
  const socket = connect(Number(new URL(stack.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(`GET ${path} HTTP/1.1\r\nhost: ${new URL(stack.url).host}\r\n\r\n`);
  return socket.resume();
}

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  stack = await startOwnStack();
  const store = openStore(stack.postgres.url);
  await writeHeavyRows(store, OWN_SOURCE, ROWS);
  await store.close();
  watcher = new pg.Client(stack.postgres.url);
  await watcher.connect();
});
test.afterAll(async () => {
  await watcher?.end();
  await stack?.stop();
});

test('ten loops of a slow search leave enqueuing, readiness and failures alone', async () => {
  let isOver = false;
  const searches: Seen[] = [];
  const loops = Array.from({ length: 10 }, async () => {
    while (!isOver) searches.push(await ask(`${API}/jobs?${SLOW_SEARCH}`));
  });
  await expect.poll(runningSearches).toBe(2);
  const others: Seen[] = [];
  for (let i = 0; i < 20; i += 1) {
    const body = JSON.stringify({ name: 'mail', data: { i } });
    const headers = { 'content-type': 'application/json', 'idempotency-key': `lanes-${i}` };
    others.push(
      ...(await Promise.all([
        ask(`${API}/queues/${OWN_SOURCE}/lanes/jobs`, { method: 'POST', body, headers }),
        ask(`${API}/readyz`),
        ask(`${API}/failures`),
        ask(`${API}/operations`),
      ])),
    );
  }
  expect(await runningSearches()).toBe(2);
  isOver = true;
  await Promise.all(loops);
  expect(others.filter(({ status }) => status >= 300)).toEqual([]);
  expect(Math.max(...others.map(({ ms }) => ms))).toBeLessThan(2_000);
  expect(searches.filter(({ code }) => code !== null && code !== 'too_many_requests')).toEqual([]);
});

test('a thousand cheap searches at once are answered or told when to ask again', async () => {
  const connections: HttpConnection[] = [];
  const { port } = new URL(stack.url);
  // Connected before, so that it is the searches that come at once: more than 511 would wait to be let in.
  while (connections.length < 1_000)
    connections.push(...(await Promise.all(Array.from({ length: 100 }, () => HttpConnection.open(Number(port))))));
  const service = await Promise.all(Array.from({ length: 20 }, () => HttpConnection.open(Number(port))));
  const searches = connections.map((one) => one.get(`${API}/jobs?q=id:nobody`));
  const jobs = service.map((one, i) => one.post(`${API}/queues/${OWN_SOURCE}/lanes/jobs`, `{"name":"mail-${i}"}`));
  const added = await Promise.all(jobs);
  expect(added.filter(({ status }) => status !== 201).map(({ body }) => body.toString())).toEqual([]);
  const all = await Promise.all(searches);
  const refused = all.filter(({ status }) => status !== 200);
  expect(refused.filter(({ status }) => status !== 429).map(({ body }) => body.toString())).toEqual([]);
  expect(refused.length).toBeLessThan(1_000);
  for (const { headers, body } of refused) {
    expect(headers).toMatch(/\r\nretry-after: 1\r\n/i);
    expect(JSON.parse(body.toString())).toMatchObject({ code: 'too_many_requests' });
  }
  for (const one of [...connections, ...service]) one.close();
  expect((await ask(`${API}/jobs?q=id:nobody`)).status).toBe(200);
});

for (const [name, path] of [
  ['search', `${API}/jobs?${SLOW_SEARCH}`],
  ['export', `${API}/jobs/export?${SLOW_SEARCH}`],
  ['page', `/jobs?${SLOW_SEARCH}`],
] as const)
  test(`a ${name} whose reader has left is gone from the store within a second`, async () => {
    const reader = open(path);
    await expect.poll(runningSearches, { intervals: [20] }).toBe(1);
    const stays = ask(`${API}/jobs?${SLOW_SEARCH}`);
    await expect.poll(runningSearches, { intervals: [20] }).toBe(2);
    const from = performance.now();
    reader.destroy();
    await expect.poll(runningSearches, { intervals: [20] }).toBe(1);
    expect(performance.now() - from).toBeLessThan(1_000);
    // Nobody else's was cancelled.
    expect((await stays).status).toBe(200);
  });

const LINK = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

/** By node:http, which lets these headers through. */
function sendFrom(headers: Record<string, string>, path: string, method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(new URL(path, stack.url), { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', reject).end();
  });
}

test('another site can start nothing, whatever the method, but lead to a page', async () => {
  const foreign: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    { origin: 'https://evil.example' },
  ];
  const paths = [`${API}/queues`, `${API}/jobs`, `${API}/live?topics=overview`, `${API}/nothing`, '/metrics'];
  for (const headers of foreign) {
    for (const path of [...paths, '/', '/jobs', '/screenshot.png'])
      expect(await sendFrom(headers, path), `${path} ${JSON.stringify(headers)}`).toBe(403);
    for (const method of ['HEAD', 'OPTIONS', 'POST', 'DELETE'])
      expect(await sendFrom(headers, `${API}/queues`, method), method).toBe(403);
  }
  for (const path of paths) expect(await sendFrom(LINK, path), path).toBe(403);
  for (const path of ['/', '/jobs']) expect(await sendFrom(LINK, path), path).toBe(200);
  for (const path of [`${API}/queues`, '/metrics', '/', '/screenshot.png']) {
    expect(await sendFrom({}, path), path).toBe(200);
    expect(await sendFrom({ 'sec-fetch-site': 'same-origin' }, path), path).toBe(200);
    expect(await sendFrom({ ...LINK, 'sec-fetch-site': 'none' }, path), path).toBe(200);
  }
  const refused = await fetch(`${stack.url}/`, { headers: { origin: 'https://evil.example' } });
  expect(refused.headers.get('content-type')).toBe('application/problem+json');
  expect(refused.headers.get('content-security-policy')).toContain("default-src 'self'");
  expect(await refused.json()).toMatchObject({ code: 'cross_site' });
});

test('one caller has its share of the live streams, and gets another when it lets one go', async () => {
  const sockets: Socket[] = [];
  const openStream = () =>
    new Promise<{ status: number; retryAfter: string | undefined; close(): void }>((resolve, reject) => {
      const request = get(
        new URL(`${API}/live?topics=overview`, stack.url),
        { agent: false, headers: { accept: 'text/event-stream' } },
        (response) => {
          response.resume();
          sockets.push(response.socket);
          resolve({
            status: response.statusCode ?? 0,
            retryAfter: response.headers['retry-after'],
            close: () => response.destroy(),
          });
        },
      );
      request.on('error', reject);
    });
  try {
    let first: Awaited<ReturnType<typeof openStream>> | null = null;
    for (let opened = 0; opened < 2_000; opened += 100) {
      const some = await Promise.all(Array.from({ length: 100 }, openStream));
      expect(some.every(({ status }) => status === 200)).toBe(true);
      first ??= some[0] ?? null;
    }
    expect(await openStream()).toMatchObject({ status: 429, retryAfter: '10' });
    expect((await ask(`${API}/readyz`)).status).toBe(200);
    first?.close();
    await expect.poll(async () => (await openStream()).status, { intervals: [100] }).toBe(200);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});
