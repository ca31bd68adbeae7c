import { randomUUID } from 'node:crypto';
import path from 'node:path';
import * as z from 'zod';
import { defineTask, type TaskContext } from '@/worker/define-task';
import { findMailRoute } from '@/worker/mail/routes';
import { saveToOutbox } from '@/worker/mail/save-to-outbox';
import { sendBySmtp } from '@/worker/mail/send-by-smtp';
import { composeWelcome, deriveMessageId, type Message } from '@/worker/mail/welcome-message';

const SendWelcomeEmailInput = z.strictObject({
  to: z.email().max(254).meta({ title: 'To', description: 'Address of the new customer.' }),
  name: z
    .string()
    .min(1)
    .max(120)
    .regex(/^\S(?:.*\S)?$/, 'must be one line without spaces around it')
    .meta({ title: 'Name', description: 'How the customer is addressed.' }),
  coupon: z
    .string()
    .regex(/^[A-Z0-9-]{4,20}$/, 'must be 4 to 20 capitals, digits or "-"')
    .optional()
    .meta({ title: 'Coupon', description: 'A code for the first order; left out when empty.' }),
});

export interface SentEmail {
  messageId: string;
  to: string;
  /** The server's answer, or where the file is. */
  response: string;
}

export const sendWelcomeEmail = defineTask({
  name: 'send-welcome-email',
  queue: 'emails',
  title: 'Send welcome e-mail',
  description: 'Greets a new customer by e-mail. Without SMTP_URL the message becomes a file in the outbox.',
  example: { to: 'ada@example.com', name: 'Ada Lovelace', coupon: 'HELLO-10' },
  input: SendWelcomeEmailInput,
  retry: { attempts: 6, backoff: { type: 'exponential', delayMs: 2_000, jitter: 0.5 } },
  timeoutMs: 60_000,
  concurrency: 4,
  async run(ctx, input): Promise<SentEmail> {
    const message = composeWelcome(
      ctx.env.mailFrom,
      input,
      deriveMessageId(await findSeed(ctx, input.to), ctx.env.mailFrom),
    );
    const response = await ctx.once('sent', ({ attempt }) => {
      // SMTP has no way to ask: the repeat carries the same Message-ID, by which mail servers drop doubles.
      if (attempt === 'uncertain')
        ctx.log(`An earlier try may have been delivered; repeating it as ${message.messageId}`);
      return deliver(ctx, message);
    });
    ctx.log(`${message.messageId} to ${input.to}: ${response}`);
    return { messageId: message.messageId, to: input.to, response };
  },
});

/** One key may stand for a whole batch, hence the address; a run that was asked for again is another message. Without a key: random but kept, since job ids begin again with a new broker. */
async function findSeed(ctx: TaskContext, to: string): Promise<string> {
  const key = await ctx.job.idempotencyKey();
  if (key === null) return ctx.once('message-seed', async () => randomUUID());
  return [key, to, ctx.job.run].filter(Boolean).join('\n');
}

async function deliver(ctx: TaskContext, message: Message): Promise<string> {
  const smtpUrl = findMailRoute(message.to) ?? ctx.env.smtpUrl;
  if (smtpUrl !== null) return sendBySmtp(smtpUrl, message, ctx.signal);
  const file = await saveToOutbox(path.join(ctx.env.home, 'outbox'), message, ctx.signal);
  return `SMTP_URL is not set: written to outbox/${file}`;
}
