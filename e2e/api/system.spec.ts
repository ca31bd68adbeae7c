import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { expect, test } from '@playwright/test';
import { API, expectProblem, newQueue, readJson } from './support/api';

interface Raw {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

interface Ready {
  status: string;
  checks: Record<string, string>;
  reasons: string[];
}

/** A request with headers that a client library would not let through. */
function send(base: string, method: string, path: string, headers: Record<string, string>): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(new URL(path, base), { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    request.on('error', reject).end();
  });
}

test('the process is up and ready', async ({ request }) => {
  expect(await readJson(await request.get(`${API}/healthz`))).toEqual({ status: 'ok' });
  const ready = async () => readJson<Ready>(await request.get(`${API}/readyz`));
  // The monitor comes a moment after the web.
  await expect
    .poll(async () => (await ready()).checks['record:default'], { timeout: 20_000 })
    .not.toMatch(/no monitor/);
  const { status, checks, reasons } = await ready();
  expect(checks).toMatchObject({ store: 'ok', 'source:default': 'ok' });
  // Other specs may have had something set aside: that is told, and no reason to be away.
  expect(reasons).toEqual(
    Object.entries(checks).flatMap(([name, text]) => (text === 'ok' ? [] : [`${name}: ${text}`])),
  );
  expect(status).toBe(reasons.length === 0 ? 'ok' : 'degraded');
});

test('HEAD answers as GET does, without a body', async ({ request }) => {
  for (const path of ['/sources', '/queues', '/healthz', '/openapi.json']) {
    const response = await request.head(API + path);
    expect(response.status()).toBe(200);
    expect(response.headers()['content-type']).toContain('application/json');
    expect((await response.body()).length).toBe(0);
  }
});

test('OPTIONS tells the methods and opens nothing to other sites', async ({ request }) => {
  const queue = await newQueue(request, 'options');
  const response = await request.fetch(`${queue}/jobs`, { method: 'OPTIONS' });
  expect(response.status()).toBeLessThan(300);
  expect(response.headers().allow).toMatch(/GET/);
  const foreign = await request.fetch(`${queue}/jobs`, {
    method: 'OPTIONS',
    headers: { origin: 'https://evil.example', 'access-control-request-method': 'GET' },
  });
  await expectProblem(foreign, 'cross_site');
  for (const answer of [response, foreign]) expect(answer.headers()['access-control-allow-origin']).toBeUndefined();
});

for (const [method, path] of [
  ['POST', '/sources'],
  ['DELETE', '/queues'],
  ['PUT', '/queues/a/b/jobs'],
  ['PATCH', '/queues/a/b/jobs/1'],
  ['GET', '/queues/a/b/jobs/1/retry'],
  ['DELETE', '/healthz'],
] as const)
  test(`${method} ${path} is 405 and tells what is taken`, async ({ request }) => {
    const response = await request.fetch(API + path, { method });
    await expectProblem(response, 'method_not_allowed');
    expect(response.headers().allow).not.toContain(method);
    expect(response.headers().allow).toMatch(/^(GET|POST|DELETE)/);
  });

test('an address that is none is a problem too', async ({ request }) => {
  for (const path of ['/nothing', '/queues/a/b/c', '/jobs/none'])
    await expectProblem(await request.get(API + path), 'not_found');
});

test('another name for this machine is refused (DNS rebinding), for reading too', async ({ baseURL }) => {
  for (const host of [
    'evil.example',
    'evil.example:80',
    '127.0.0.1.evil.example',
    'localhost.evil.example:3000',
    '[::ffff:8.8.8.8]',
  ])
    for (const path of ['/sources', '/queues', '/healthz']) {
      const { status, text } = await send(baseURL ?? '', 'GET', API + path, { host });
      expect(status, `${host} ${path}`).toBe(403);
      expect(JSON.parse(text)).toMatchObject({ code: 'cross_site' });
    }
});

test('a change that another site asks for is refused', async ({ request, baseURL }) => {
  const queue = await newQueue(request, 'csrf');
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:1' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of foreign) {
    const { status, text } = await send(baseURL ?? '', 'POST', `${queue}/pause`, headers);
    expect(status, JSON.stringify(headers)).toBe(403);
    expect(JSON.parse(text)).toMatchObject({ code: 'cross_site' });
  }
  const own = { origin: new URL(baseURL ?? '').origin, 'sec-fetch-site': 'same-origin' };
  const response = await request.post(`${queue}/jobs`, { data: { name: 'a' }, headers: own });
  expect(response.status()).toBe(201);
});

test('answers are never kept by caches nor guessed at', async ({ request }) => {
  for (const path of ['/sources', '/queues', '/queues/nowhere/x'])
    expect((await request.get(API + path)).headers()['cache-control']).toBe('no-store');
});
