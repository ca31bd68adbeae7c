import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { defineTask, PermanentError, RetryAfterError, type TaskContext, TaskError } from '@/worker/define-task';
import { type Answer, post } from '@/worker/webhook/post';
import { readRetryAfter } from '@/worker/webhook/retry-after';
import { readWebhookSecret } from '@/worker/webhook/secret';
import { signBody } from '@/worker/webhook/signature';
import { resolveTarget } from '@/worker/webhook/targets';

const DeliverWebhookInput = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .regex(/^https?:\/\//, 'must begin with http:// or https://')
    .meta({ title: 'URL', description: 'Where the event is posted to. Private addresses are refused unless allowed.' }),
  event: z
    .string()
    .regex(/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/, 'lower-case words joined by ".", "_" or "-"')
    .max(100)
    .meta({ title: 'Event', description: 'Its name, as order.paid.' }),
  payload: z
    .record(z.string(), z.unknown())
    .default({})
    .meta({ title: 'Payload', description: 'The data of the event, a JSON object.' }),
});
type DeliverWebhookInput = z.infer<typeof DeliverWebhookInput>;

export interface Delivery {
  delivery: string;
  status: number;
  durationMs: number;
  /** The first 1,000 characters of the answer. */
  response: string;
}

const TIMEOUT_MS = 10_000;

export const deliverWebhook = defineTask({
  name: 'deliver-webhook',
  queue: 'webhooks',
  title: 'Deliver webhook',
  description: 'Posts a signed event to a URL and tries again while the receiver is down, busy or slow.',
  example: {
    url: 'https://example.com/hooks/orders',
    event: 'order.paid',
    payload: { order: 'SO-1042', totalCents: 4990 },
  },
  input: DeliverWebhookInput,
  retry: { attempts: 8, backoff: { type: 'exponential', delayMs: 1_000, jitter: 0.5 } },
  timeoutMs: 30_000,
  concurrency: 4,
  async run(ctx, input) {
    // Kept over retries, so that the receiver can tell a repeat; not the job's id, which a new broker gives again.
    const delivery = await ctx.once('delivery', async () => randomUUID());
    return ctx.once('delivered', () => deliver(ctx, input, delivery));
  },
});

async function deliver(ctx: TaskContext, input: DeliverWebhookInput, delivery: string): Promise<Delivery> {
  const url = new URL(input.url);
  if (url.username || url.password)
    throw new PermanentError('target_refused', 'a URL with credentials is not posted to');
  const addresses = await resolveTarget(url, ctx.env.webhookAllow);
  const secret = ctx.env.webhookSecret ?? (await readWebhookSecret(ctx.env.home));
  const body = JSON.stringify({ id: delivery, event: input.event, payload: input.payload });
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Queuedeck-Webhook/1',
    'queuedeck-delivery': delivery,
    'queuedeck-event': input.event,
    'queuedeck-signature': signBody(secret, body, Math.floor(Date.now() / 1000)),
  };
  const startedAt = performance.now();
  const answer = await post({ url, addresses, headers, body, timeoutMs: TIMEOUT_MS, signal: ctx.signal }).catch(
    (error: Error) => {
      ctx.signal.throwIfAborted();
      throw new TaskError('network', `${url.host}: ${error.message}`);
    },
  );
  const durationMs = Math.round(performance.now() - startedAt);
  ctx.log(`${url.host} answered ${answer.status} in ${durationMs} ms`);
  accept(url, answer);
  return { delivery, status: answer.status, durationMs, response: answer.text.slice(0, 1000) };
}

/** 2xx passes. 5xx, 408, 425 and 429 may pass later, when the receiver says so or by the policy; all else, redirects included, never will. */
function accept(url: URL, { status, retryAfter, text }: Answer): void {
  if (status >= 200 && status < 300) return;
  const said = `${url.host} answered ${status}${text === '' ? '' : `: ${text.slice(0, 200)}`}`;
  if (status < 500 && ![408, 425, 429].includes(status)) {
    const redirected = status >= 300 && status < 400;
    throw new PermanentError(`http_${status}`, redirected ? `${said} (redirects are not followed)` : said);
  }
  const delayMs = readRetryAfter(retryAfter, Date.now());
  if (delayMs !== null) throw new RetryAfterError(delayMs, said);
  throw new TaskError(`http_${status}`, said);
}
