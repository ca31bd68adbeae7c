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
