import { createHash } from 'node:crypto';

const NUL = String.fromCharCode(0);
const REPLACEMENT = '\ufffd';

/** PostgreSQL's text holds no NUL; what others may have written does. */
export function cleanText<T extends string | null>(text: T): T {
  return (text?.includes(NUL) ? text.replaceAll(NUL, REPLACEMENT) : text) as T;
}

/** Texts of a query's parameters so: a name with a NUL is looked up in the form in which it is recorded. */
export function cleanValues(values: unknown[]): unknown[] {
  return values.map((value) => {
    if (typeof value === 'string') return cleanText(value);
    return Array.isArray(value) && value.some((one) => typeof one === 'string' && one.includes(NUL))
      ? cleanValues(value)
      : value;
  });
}

/**
 * A value as JSON text for a `jsonb` parameter. What callers sent is refused before it comes here, with its field named; names and ids of
 * a broker may still hold a NUL or half of a surrogate pair, which JSON can write and jsonb does not take.
 */
export function toJsonb(value: unknown): string {
  const text = JSON.stringify(value ?? null);
  // JSON.stringify escapes halves only where they stand alone.
  return text.includes('\\u')
    ? text.replaceAll(ESCAPE, (found) => (UNHOLDABLE.test(found) ? REPLACEMENT : found))
    : text;
}

const ESCAPE = /\\(?:u[0-9a-f]{4}|.)/g;
const UNHOLDABLE = /^\\u(?:0000|d[89a-f])/;

/** Three in a row, a source and more fit into the 2.7 KB that an entry of a B-tree can have. */
const KEY_BYTES = 600;
const SHOWN_CHARS = 100;

/** A broker's name or id as a key of ours: what is too long for an index, or holds a NUL, is its beginning and a digest. */
export function toKeyText(text: string): string {
  if (Buffer.byteLength(text) <= KEY_BYTES && !text.includes(NUL)) return text;
  return `${cleanText(text).slice(0, SHOWN_CHARS)}…sha256:${createHash('sha256').update(text).digest('hex')}`;
}
