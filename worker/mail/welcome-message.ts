import { createHash } from 'node:crypto';

export interface Message {
  messageId: string;
  from: string;
  to: string;
  subject: string;
  text: string;
  html: string;
}

export interface Welcome {
  to: string;
  name: string;
  coupon?: string | undefined;
}

export function composeWelcome(from: string, welcome: Welcome, messageId: string): Message {
  const { to, name, coupon } = welcome;
  const gift = coupon === undefined ? null : `Your code ${coupon} takes 10 % off your first order.`;
  const body = [
    'your account is ready. We are glad that you are here.',
    gift,
    'If you did not sign up, ignore this message.',
  ];
  const paragraphs = body.filter((text) => text !== null);
  return {
    messageId,
    from,
    to,
    subject: `Welcome, ${name}`,
    text: [`Hello ${name},`, ...paragraphs, 'Your shop'].join('\n\n'),
    html: `<!doctype html><html><body><p>Hello ${escapeHtml(name)},</p>${paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join('')}<p>Your shop</p></body></html>`,
  };
}

/** The same for every try of the same request, so that a mail server or a reader can tell a repeat; domain as in `from`. */
export function deriveMessageId(key: string, from: string): string {
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 32);
  const domain = /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
  return `<${digest}@${domain}>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
