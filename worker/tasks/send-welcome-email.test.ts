import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '@/lib/embedded/free-port';
import { openStore, type Store } from '@/lib/store/store';
import { createTestDatabase } from '@/lib/testing/test-database';
import { routeMailDomain } from '@/worker/mail/routes';
import { sendBySmtp } from '@/worker/mail/send-by-smtp';
import { composeWelcome } from '@/worker/mail/welcome-message';
import { type ContextOptions, makeHome, makeTaskContext } from '@/worker/testing/task-context';
import { type SentEmail, sendWelcomeEmail } from './send-welcome-email';

const INPUT = { to: 'ada@example.com', name: 'Ada <Lovelace>', coupon: 'HELLO-10' };
const noTls: SMTPServerOptions = { authOptional: true, disabledCommands: ['STARTTLS'], closeTimeout: 100 };

describe('send-welcome-email', () => {
  let store: Store;
  const open: { close(): unknown }[] = [];
  beforeAll(async () => {
    store = openStore(await createTestDatabase());
  });
  afterEach(() => {
    for (const each of open.splice(0)) each.close();
  });
  afterAll(() => store.close());

  /** A real SMTP server; `answers` are the codes that it gives after DATA, one per message, then 250. */
  const startSmtp = async (answers: number[] = [], options: SMTPServerOptions = {}) => {
    const messages: string[] = [];
    const server = new SMTPServer({
      ...noTls,
      ...options,
      onData(stream, _session, callback) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const code = answers.shift();
          if (code !== undefined) return callback(Object.assign(new Error(`code ${code}`), { responseCode: code }));
          messages.push(Buffer.concat(chunks).toString('utf8'));
          callback(null);
        });
      },
    });
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    open.push(server);
    const { port } = server.server.address() as { port: number };
    return { messages, smtpUrl: `smtp://127.0.0.1:${port}` };
  };
  const listen = async (onSocket: (socket: Socket) => void) => {
    const server: Server = createServer((socket) => {
      socket.on('error', () => undefined);
      onSocket(socket);
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    open.push(server);
    return `smtp://127.0.0.1:${(server.address() as { port: number }).port}`;
  };
  const makeContext = (smtpUrl: string | null, options: Partial<ContextOptions> = {}) =>
    makeTaskContext({
      store,
      task: sendWelcomeEmail,
      env: { smtpUrl, mailFrom: 'Shop <hello@shop.test>' },
      ...options,
    });
  const run = async (ctx: ReturnType<typeof makeContext>, input: object = INPUT) =>
    (await sendWelcomeEmail.run(ctx, sendWelcomeEmail.input.parse(input))) as SentEmail;

  it('sends HTML and text under a Message-ID that stands for the request', async () => {
    const { messages, smtpUrl } = await startSmtp();
    const result = await run(makeContext(smtpUrl, { idempotencyKey: 'signup-42' }));
    const again = await run(makeContext(smtpUrl, { idempotencyKey: 'signup-42' }));
    const other = await run(makeContext(smtpUrl));
    expect(result.messageId).toMatch(/^<[0-9a-f]{32}@shop\.test>$/);
    expect(again.messageId).toBe(result.messageId);
    expect(other.messageId).not.toBe(result.messageId);
    const askedAgain = await run(makeContext(smtpUrl, { idempotencyKey: 'signup-42', run: 'again' }));
    expect(askedAgain.messageId).not.toBe(result.messageId);
    const inBatch = await run(makeContext(smtpUrl, { idempotencyKey: 'signup-42' }), {
      ...INPUT,
      to: 'bob@example.com',
    });
    expect(inBatch.messageId).not.toBe(result.messageId);
    const [mail = ''] = messages;
    expect(mail).toContain(`Message-ID: ${result.messageId}`);
    expect(mail).toMatch(/Content-Type: text\/plain/);
    expect(mail).toMatch(/Content-Type: text\/html/);
    expect(mail).toContain('Hello Ada &lt;Lovelace&gt;,');
    expect(mail).toContain('HELLO-10');
    expect(mail).toMatch(/^To: ada@example\.com\r?$/m);
  });

  it('does not send again when the same job runs again', async () => {
    const { messages, smtpUrl } = await startSmtp();
    const first = await run(makeContext(smtpUrl, { jobId: 'twice' }));
    expect(await run(makeContext(smtpUrl, { jobId: 'twice' }))).toEqual(first);
    expect(messages).toHaveLength(1);
  });

  it('may try again after a 4xx answer, with the same Message-ID, and says that it is a repeat', async () => {
    const { messages, smtpUrl } = await startSmtp([451]);
    const failed = run(makeContext(smtpUrl, { jobId: 'flaky' }));
    await expect(failed).rejects.toMatchObject({ name: 'TaskError', code: 'smtp_unavailable' });
    const ctx = makeContext(smtpUrl, { jobId: 'flaky' });
    const result = await run(ctx);
    expect(messages).toHaveLength(1);
    expect(ctx.logs[0]).toContain(`repeating it as ${result.messageId}`);
  });

  it.each([550, 552])('fails for good after %d', async (code) => {
    const { smtpUrl } = await startSmtp([code]);
    await expect(run(makeContext(smtpUrl))).rejects.toMatchObject({ name: 'PermanentError', code: 'smtp_rejected' });
  });

  it('tells a refused recipient and a refused password from a server that is only busy', async () => {
    const refuse = (responseCode: number) => Object.assign(new Error('no'), { responseCode });
    const unknown = await startSmtp([], { onRcptTo: (_address, _session, callback) => callback(refuse(550)) });
    await expect(run(makeContext(unknown.smtpUrl))).rejects.toMatchObject({ code: 'smtp_rejected' });
    const grey = await startSmtp([], { onRcptTo: (_address, _session, callback) => callback(refuse(450)) });
    await expect(run(makeContext(grey.smtpUrl))).rejects.toMatchObject({ code: 'smtp_unavailable' });
    const locked = await startSmtp([], {
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, callback) => callback(refuse(535)),
    });
    const withPassword = locked.smtpUrl.replace('smtp://', 'smtp://user:wrong@');
    await expect(run(makeContext(withPassword))).rejects.toMatchObject({ code: 'smtp_rejected' });
    const shutting = await listen((socket) => void socket.end('421 4.3.2 closing\r\n'));
    await expect(run(makeContext(shutting))).rejects.toMatchObject({ code: 'smtp_unavailable' });
  });

  it('may try again when nobody listens', async () => {
    const smtpUrl = `smtp://127.0.0.1:${await findFreePort()}`;
    await expect(run(makeContext(smtpUrl))).rejects.toMatchObject({ code: 'smtp_unavailable' });
  });

  it('gives a server that hangs up on, and lets go of it at once on abort', async () => {
    let closed = 0;
    const smtpUrl = await listen((socket) => {
      socket.resume().on('close', () => {
        closed += 1;
      });
    });
    const message = composeWelcome('a@shop.test', INPUT, '<1@shop.test>');
    const never = new AbortController().signal;
    const timed = sendBySmtp(smtpUrl, message, never, { connectMs: 200, idleMs: 200 });
    await expect(timed).rejects.toMatchObject({ code: 'smtp_unavailable' });
    const cancel = new AbortController();
    const startedAt = performance.now();
    setTimeout(() => cancel.abort(new Error('cancelled by operator')), 100);
    await expect(run(makeContext(smtpUrl, { signal: cancel.signal }))).rejects.toThrow('cancelled by operator');
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    await expect.poll(() => closed).toBe(2);
  });

  it('becomes a file of the outbox without SMTP_URL, the same file for the same request', async () => {
    const home = makeHome();
    const options = { env: { smtpUrl: null, home, mailFrom: 'Shop <hello@shop.test>' }, idempotencyKey: 'signup-7' };
    const ctx = makeContext(null, options);
    const { messageId } = await run(ctx);
    await run(makeContext(null, options));
    const files = readdirSync(path.join(home, 'outbox'));
    expect(files).toEqual([`${messageId.slice(1, -1)}.eml`]);
    const eml = readFileSync(path.join(home, 'outbox', files[0] ?? ''), 'utf8');
    expect(eml).toContain(`Message-ID: ${messageId}\r\n`);
    expect(ctx.logs.join('\n')).toContain('SMTP_URL is not set: written to outbox/');
  });

  it('keeps a domain that is routed within the process away from SMTP_URL', async () => {
    const [outside, inside] = [await startSmtp(), await startSmtp()];
    const unroute = routeMailDomain('shop.example', inside.smtpUrl);
    await run(makeContext(outside.smtpUrl), { to: 'customer1@SHOP.example', name: 'One' });
    unroute();
    await run(makeContext(outside.smtpUrl), { to: 'customer1@shop.example', name: 'One' });
    expect([outside.messages.length, inside.messages.length]).toEqual([1, 1]);
  });

  it.each([
    [{ to: 'nobody', name: 'Ada' }],
    [{ to: 'ada@example.com', name: 'Ada\r\nBcc: all@example.com' }],
    [{ to: 'ada@example.com', name: '' }],
    [{ to: 'ada@example.com', name: 'Ada', coupon: 'no' }],
    [{ to: 'ada@example.com', name: 'Ada', cc: 'x@example.com' }],
  ])('refuses %j', (input) => {
    expect(sendWelcomeEmail.input.safeParse(input).success).toBe(false);
  });
});
