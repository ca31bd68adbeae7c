import { CodedError } from '@/lib/contracts/errors';

const RETRY_AFTER_SECONDS = 2;

/** Error texts of the server (first word) → what stands in the way, in one sentence. */
const OUTAGES: [pattern: RegExp, sentence: string][] = [
  [/^(NOAUTH|WRONGPASS)|invalid (username-)?password/i, 'refused the credentials'],
  [/^LOADING/, 'is still loading its data'],
  [/^BUSY\b/, 'is held up by a script of someone else'],
  [/^OOM/, 'is out of memory and takes no more jobs'],
  [/^(MISCONF|NOREPLICAS)/, 'takes no writes now'],
  [/^(CLUSTERDOWN|MASTERDOWN|TRYAGAIN)/, 'has no working primary now'],
  [/timed out|ETIMEDOUT/i, 'does not answer'],
  [/ECONNREFUSED/, 'refuses connections'],
  [/ENOTFOUND|EAI_AGAIN/, 'has an address that cannot be resolved'],
  [/EHOSTUNREACH|ENETUNREACH/, 'cannot be reached over the network'],
  [/certificate|SSL|TLS/i, 'did not agree on TLS'],
  [
    /max retries per request|ECONNRESET|EPIPE|Connection is closed|isn't writeable|Command aborted|sentinels are unreachable|slots cache|failed to refresh/i,
    'is away',
  ],
];

/** A right that the broker's user lacks; inside a script Redis says it in other words. */
const REFUSAL =
  /^NOPERM|can't run this command or subcommand|can't access at least one of the keys|^ERR ACL failure|^ACL failure/;
const READ_ONLY = /^READONLY|^-?READONLY/;
const WRONG_TYPE = /WRONGTYPE/;
/** Raised by a script of ours that would have to read too much. */
const TOO_BIG = /UNREADABLE (.*?)(?: script:|$)/;

/** What a driver's or server's error says of the broker, without its address or credentials; null when it is no outage. */
export function describeOutage(error: unknown): string | null {
  const sentence = firstFitting(error, (text) => OUTAGES.find(([pattern]) => pattern.test(text))?.[1] ?? null);
  return sentence === null ? null : `The broker ${sentence}.`;
}

/** The server answered that this user may not do that. */
export const isRefusal = (error: unknown): boolean => fits(error, REFUSAL);

/** A key holds something else than the command is for: not BullMQ's doing. */
export const isWrongType = (error: unknown): boolean => fits(error, WRONG_TYPE);

/**
 * An outage becomes `broker_unavailable`; a right that is missing, and a replica that takes no changes, `broker_refused`; a key of another
 * type `unreadable`. What is coded already and what is a fault of ours stay as they are. `explain`: which right it is, where that is known.
 */
export function toBrokerError(error: unknown, explain: () => string | null = () => null): unknown {
  if (error instanceof CodedError) return error;
  if (isRefusal(error))
    return new CodedError('broker_refused', explain() ?? "The broker does not allow this to Queuedeck's user.", {
      cause: error,
    });
  if (fits(error, READ_ONLY))
    return new CodedError('broker_refused', 'The broker is a read-only replica: nothing can be changed on it.', {
      cause: error,
    });
  if (isWrongType(error))
    return new CodedError('unreadable', 'A key of this queue holds something else than BullMQ keeps there.', {
      cause: error,
    });
  const tooBig = firstFitting(error, (text) => TOO_BIG.exec(text)?.[1] ?? null);
  if (tooBig !== null) return new CodedError('unreadable', `It is not read: ${tooBig}.`, { cause: error });
  const sentence = describeOutage(error);
  if (sentence === null) return error;
  return brokerAway(sentence, error);
}

export function brokerAway(sentence: string, cause?: unknown): CodedError {
  return new CodedError('broker_unavailable', sentence, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
}

const fits = (error: unknown, pattern: RegExp): boolean =>
  firstFitting(error, (text) => (pattern.test(text) ? true : null)) !== null;

function firstFitting<T>(error: unknown, read: (text: string) => T | null): T | null {
  for (const text of textsOf(error)) {
    const found = read(text);
    if (found !== null) return found;
  }
  return null;
}

/** The messages of an error and of those inside it, the innermost cause first. */
function textsOf(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > 4) return typeof error === 'string' ? [error] : [];
  const inner = error as Error & {
    code?: string;
    lastNodeError?: unknown;
    errors?: unknown[];
    previousErrors?: unknown[];
  };
  const nested = [inner.lastNodeError, error.cause, ...(inner.errors ?? []), ...(inner.previousErrors ?? [])];
  return [...nested.flatMap((one) => textsOf(one, depth + 1)), error.message, inner.code ?? '', error.name];
}
