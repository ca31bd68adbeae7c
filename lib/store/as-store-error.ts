import { CodedError } from '@/lib/contracts/errors';

/** SQLSTATE classes and system codes that mean "not reachable", as opposed to "the query is wrong". */
const AWAY = /^(08|57P0|53300|ECONN|ENOTFOUND|EPIPE|ETIMEDOUT|ENOENT|EAI_AGAIN|57014)/;

export function asStoreError(error: unknown): unknown {
  // Whoever has put it in words knows better, and a reader who has left is no fault of the store.
  if (error instanceof CodedError || error instanceof DOMException) return error;
  const code = (error as { code?: unknown })?.code;
  const text = error instanceof Error ? error.message : '';
  if ((typeof code === 'string' && AWAY.test(code)) || /timeout|terminated|not queryable/i.test(text))
    return new CodedError('store_unavailable', 'The store (PostgreSQL) does not answer.', {
      retryAfterSeconds: 2,
      cause: error,
    });
  // Only what a caller sent can hold one: what is recorded is cleaned before, and what is ours to keep is refused before.
  if (code === '22021' || code === '22P05' || (code === '22P02' && /json/.test(text))) {
    const message = 'must not hold a NUL character or a half of a surrogate pair';
    return new CodedError('validation_failed', `The input ${message}.`, {
      errors: [{ path: '', message }],
      cause: error,
    });
  }
  return error;
}

/** The store could not be asked, for now: it is away, or this process asks it for too much at once. What is repeatable may be repeated. */
export const isStoreAway = (error: unknown): boolean =>
  error instanceof CodedError && (error.code === 'store_unavailable' || error.code === 'busy');
