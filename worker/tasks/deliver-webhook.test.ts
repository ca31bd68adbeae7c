import { statSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '@/lib/embedded/free-port';
import { openStore, type Store } from '@/lib/store/store';
import { createTestDatabase } from '@/lib/testing/test-database';
import { type ContextOptions, makeHome, makeTaskContext } from '@/worker/testing/task-context';
import { post } from '@/worker/webhook/post';
import { verifySignature } from '@/worker/webhook/signature';
import { type Delivery, deliverWebhook } from './deliver-webhook';

interface Received {
  headers: http.IncomingHttpHeaders;
  body: string;
}

describe('deliver-webhook', () => {
  let store: Store;
  const servers: http.Server[] = [];
  beforeAll(async () => {
    store = openStore(await createTestDatabase());
  });
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });
  afterAll(() => store.close());

  const startReceiver = async (answer: (response: http.ServerResponse) => void) => {
    const received: Received[] = [];
    const server = http.createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      received.push({ headers: request.headers, body });
      answer(response);
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    return { received, url: `http://127.0.0.1:${(server.address() as { port: number }).port}/hook` };
  };
  const makeContext = (options: Partial<ContextOptions> = {}) =>
    makeTaskContext({
      store,
      task: deliverWebhook,
      ...options,
      env: { webhookAllow: ['127.0.0.0/8'], ...options.env },
    });
  const run = async (url: string, ctx = makeContext()) =>
    (await deliverWebhook.run(
      ctx,
      deliverWebhook.input.parse({ url, event: 'order.paid', payload: { order: 'SO-1', who: 'Zoë' } }),
    )) as Delivery;

  it('posts the event, signed over time and body', async () => {
    const { received, url } = await startReceiver((response) => void response.writeHead(202).end('thanks'));
    const webhookSecret = 'a secret of sixteen letters';
    const result = await run(url, makeContext({ jobId: 'd1', env: { webhookSecret } }));
    expect(result).toMatchObject({ status: 202, response: 'thanks' });
    const [one] = received;
    expect(one?.headers['queuedeck-delivery']).toBe(result.delivery);
    expect(JSON.parse(one?.body ?? '')).toEqual({
      id: result.delivery,
      event: 'order.paid',
      payload: { order: 'SO-1', who: 'Zoë' },
    });
    const signature = String(one?.headers['queuedeck-signature']);
    const now = Date.now() / 1000;
    expect(verifySignature(webhookSecret, one?.body ?? '', signature, now)).toBe(true);
    expect(verifySignature(webhookSecret, `${one?.body} `, signature, now)).toBe(false);
    expect(verifySignature('another secret altogether', one?.body ?? '', signature, now)).toBe(false);
    expect(verifySignature(webhookSecret, one?.body ?? '', signature, now + 301)).toBe(false);
  });

  it('makes a secret of its own once, for its owner alone', async () => {
    const { received, url } = await startReceiver((response) => void response.end());
    const home = makeHome();
    await Promise.all([1, 2, 3, 4].map(() => run(url, makeContext({ env: { home } }))));
    const file = path.join(home, 'webhook-secret');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { readWebhookSecret } = await import('@/worker/webhook/secret');
    const secret = await readWebhookSecret(home);
    for (const { body, headers } of received)
      expect(verifySignature(secret, body, String(headers['queuedeck-signature']), Date.now() / 1000)).toBe(true);
  });

  it('keeps its delivery id over retries and delivers once', async () => {
    const answers = [503, 200];
    const { received, url } = await startReceiver((response) => void response.writeHead(answers.shift() ?? 200).end());
    const again = () => run(url, makeContext({ jobId: 'same' }));
    await expect(again()).rejects.toMatchObject({ name: 'TaskError', code: 'http_503' });
    const done = await again();
    expect(await again()).toEqual(done);
    expect((await run(url, makeContext({ jobId: 'other' }))).delivery).not.toBe(done.delivery);
    const ids = received.map(({ headers }) => headers['queuedeck-delivery']);
    expect(ids.slice(0, 2)).toEqual([done.delivery, done.delivery]);
    expect(ids).toHaveLength(3);
  });

  it.each([500, 502, 504, 429, 408])('may try again after %d', async (status) => {
    const { url } = await startReceiver((response) => void response.writeHead(status).end('later'));
    await expect(run(url)).rejects.toMatchObject({ name: 'TaskError', code: `http_${status}` });
  });

  it.each([400, 401, 404, 410, 422, 302])('fails for good after %d and goes nowhere else', async (status) => {
    const { received, url } = await startReceiver((response) => {
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
    await expect(run(url)).rejects.toMatchObject({ name: 'PermanentError', code: `http_${status}` });
    expect(received).toHaveLength(1);
  });

  it.each([
    ['7', 7_000],
    ['999999', 3_600_000],
    ['a date ten minutes ahead', 600_000],
  ])('waits as long as Retry-After: %s says', async (given, delayMs) => {
    const retryAfter = /^\d/.test(given) ? given : new Date(Date.now() + delayMs).toUTCString();
    const { url } = await startReceiver((response) => {
      response.writeHead(429, { 'retry-after': retryAfter }).end();
    });
    const error = await run(url).catch((caught: unknown) => caught as Error & { delayMs: number });
    expect(error).toMatchObject({ name: 'RetryAfterError' });
    expect(Math.abs((error as { delayMs: number }).delayMs - delayMs)).toBeLessThan(/^\d/.test(given) ? 1 : 20_000);
  });

  it('may try again when nobody listens or the connection breaks', async () => {
    await expect(run(`http://127.0.0.1:${await findFreePort()}/`)).rejects.toMatchObject({ code: 'network' });
    const { url } = await startReceiver((response) => void response.socket?.destroy());
    await expect(run(url)).rejects.toMatchObject({ name: 'TaskError', code: 'network' });
    const cut = await startReceiver((response) => {
      response.writeHead(200, { 'content-length': 100 }).write('half');
      setTimeout(() => response.socket?.destroy(), 20);
    });
    await expect(run(cut.url)).rejects.toMatchObject({ name: 'TaskError', code: 'network' });
  });

  it('stops on a receiver that hangs, in its head or in its body, and at once on abort', async () => {
    const silent = await startReceiver(() => undefined);
    const dripping = await startReceiver((response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    for (const { url } of [silent, dripping]) {
      const exchange = post({
        url: new URL(url),
        addresses: [{ address: '127.0.0.1', family: 4 }],
        headers: {},
        body: '',
        timeoutMs: 200,
        signal: new AbortController().signal,
      });
      await expect(exchange).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    }
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(new Error('cancelled by operator')), 50);
    await expect(run(silent.url, makeContext({ signal: cancel.signal }))).rejects.toThrow('cancelled by operator');
  });

  it('reads at most 64 KB of an answer without end', async () => {
    const { url } = await startReceiver((response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    });
    const answer = await post({
      url: new URL(url),
      addresses: [{ address: '127.0.0.1', family: 4 }],
      headers: {},
      body: '',
      timeoutMs: 5_000,
      signal: new AbortController().signal,
    });
    expect(answer.text).toHaveLength(65_536);
  });

  it('refuses private targets before a byte is sent, and URLs with credentials', async () => {
    const { received, url } = await startReceiver((response) => void response.end());
    const strict = { env: { webhookAllow: [] } };
    await expect(run(url, makeContext(strict))).rejects.toMatchObject({
      name: 'PermanentError',
      code: 'target_refused',
    });
    const withPassword = url.replace('http://', 'http://user:pass@');
    await expect(run(withPassword)).rejects.toMatchObject({ code: 'target_refused' });
    expect(received).toHaveLength(0);
  });

  it('connects to the address that was checked, whatever the name says by then', async () => {
    const { received, url } = await startReceiver((response) => void response.end('here'));
    const answer = await post({
      url: new URL(url.replace('127.0.0.1', 'no-such-host.invalid')),
      addresses: [{ address: '127.0.0.1', family: 4 }],
      headers: {},
      body: '{}',
      timeoutMs: 2_000,
      signal: new AbortController().signal,
    });
    expect(answer.text).toBe('here');
    expect(received[0]?.headers.host).toMatch(/^no-such-host\.invalid:/);
  });

  it.each([
    [{ url: 'ftp://example.com/', event: 'a' }],
    [{ url: 'file:///etc/passwd', event: 'a' }],
    [{ url: 'example.com', event: 'a' }],
    [{ url: 'https://example.com', event: 'has space' }],
    [{ url: 'https://example.com', event: 'a', payload: [] }],
  ])('refuses %j', (input) => {
    expect(deliverWebhook.input.safeParse(input).success).toBe(false);
  });
});
