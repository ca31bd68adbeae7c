export const RETRY_AFTER_MAX_MS = 3_600_000;

/** The wait that a `Retry-After` header asks for, in seconds or as a date, at most one hour; null when it asks for none. */
export function readRetryAfter(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  const delayMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return delayMs > 0 ? Math.min(delayMs, RETRY_AFTER_MAX_MS) : null;
}
