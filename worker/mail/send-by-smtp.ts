import { createTransport } from 'nodemailer';
import { PermanentError, TaskError } from '@/worker/define-task';
import type { Message } from './welcome-message';

export interface SmtpTimeouts {
  connectMs: number;
  /** Between two answers of the server. */
  idleMs: number;
}

const TIMEOUTS: SmtpTimeouts = { connectMs: 10_000, idleMs: 20_000 };

/** What no later try can mend, although no server said so: a message or settings that cannot be sent at all. */
const HOPELESS = new Set(['EENVELOPE', 'EMESSAGE', 'ECONFIG', 'ENOAUTH']);

/**
 * Sends on a connection of its own; the abort closes it. Returns the server's answer. Throws PermanentError for a 5xx answer or a message that
 * cannot be sent, TaskError('smtp_unavailable') for a 4xx answer and for network trouble, and the signal's reason after an abort.
 */
export async function sendBySmtp(
  smtpUrl: string,
  message: Message,
  signal: AbortSignal,
  { connectMs, idleMs }: SmtpTimeouts = TIMEOUTS,
): Promise<string> {
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: idleMs,
    dnsTimeout: connectMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const info = await transport.sendMail({ ...message, signal });
    return info.response;
  } catch (error) {
    signal.throwIfAborted();
    throw classify(error as Error & { code?: string; responseCode?: number });
  } finally {
    transport.close();
  }
}

function classify(error: Error & { code?: string; responseCode?: number }): Error {
  const answer = error.responseCode ?? 0;
  if (answer >= 500) return new PermanentError('smtp_rejected', error.message);
  if (answer === 0 && HOPELESS.has(error.code ?? '')) return new PermanentError('mail_invalid', error.message);
  return new TaskError('smtp_unavailable', error.message);
}
