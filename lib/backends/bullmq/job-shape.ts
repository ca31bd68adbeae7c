import type { JobError, Payload } from '@/lib/contracts/jobs';
import { formatBytes } from '@/lib/format';
import { parseShallow } from '@/lib/json-depth';

/** What of a job's progress goes into lists and events. */
export const PROGRESS_CAP_CHARS = 2048;
export const ERROR_LINE_CHARS = 300;

export function firstErrorLine(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  const line = text.split(/\r?\n/).find((part) => part.trim() !== '') ?? '';
  return line.slice(0, ERROR_LINE_CHARS);
}

/** `text` is JSON as the broker holds it. What is too long stays the cut text. */
export function parseProgress(text: string | null | undefined): unknown {
  if (text === null || text === undefined || text === '') return null;
  if (text.length > PROGRESS_CAP_CHARS) return `${text.slice(0, PROGRESS_CAP_CHARS)}…`;
  return parseShallow(text) ?? (text === 'null' ? null : text);
}

/** `text` may already be cut by the broker; `sizeBytes` is the true size there. Never cuts inside a character. */
export function cutPayload(text: string, sizeBytes: number, maxBytes: number): Payload {
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxBytes) return { text, sizeBytes, truncated: bytes < sizeBytes };
  return cutBytes(Buffer.from(text, 'utf8'), sizeBytes, maxBytes);
}

/** The same of bytes. */
export function cutBytes(bytes: Buffer, sizeBytes: number, maxBytes: number): Payload {
  let end = Math.min(maxBytes, bytes.length);
  if (end < bytes.length) while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return { text: bytes.toString('utf8', 0, end), sizeBytes, truncated: end < sizeBytes };
}

/** What of a job is not read because of its size, and how much would be, in a sentence; null = nothing. */
export function describeTooLarge(fields: readonly [what: string, sizeBytes: number][], limit: string): string | null {
  if (fields.length === 0) return null;
  const subjects = fields.map(([what, size]) => `its ${what} (${formatBytes(size)})`).join(' and ');
  const verb = fields.length === 1 ? 'is' : 'are';
  return `${subjects.charAt(0).toUpperCase()}${subjects.slice(1)} ${verb} too large to be read: ${limit}.`;
}

/** Sentences side by side; null where there is none. */
export const joinSentences = (...all: (string | null)[]): string | null =>
  all.filter((one) => one !== null).join(' ') || null;

/**
 * How long a job that has started waited, from when it was due (`delayMs` after it was added). Null before it starts, and from its
 * second start on, because brokers keep only the last start.
 */
export function waitedMs(addedAtMs: number, delayMs: number, startedAtMs: number | null, attemptsStarted: number) {
  if (!startedAtMs || attemptsStarted > 1) return null;
  return Math.max(0, startedAtMs - addedAtMs - delayMs);
}

export function ranMs(startedAtMs: number | null, finishedAtMs: number | null): number | null {
  return startedAtMs && finishedAtMs ? Math.max(0, finishedAtMs - startedAtMs) : null;
}

/** The last stack is the failure's own when its text begins like the failure. A message that starts with `code: ` names its code. */
export function toJobError(failedReason: string | null, stacktraces: string[]): JobError | null {
  if (failedReason === null) return null;
  const code = /^([a-z][a-z0-9_]{2,40}):/.exec(failedReason)?.[1] ?? failureCode(failedReason);
  return { code, message: failedReason, stack: stacktraces.at(-1) ?? null };
}

function failureCode(reason: string): string {
  if (/stalled more than allowable limit/.test(reason)) return 'stalled';
  return 'failed';
}
