import { CodedError } from '@/lib/contracts/errors';

const RETRY_AFTER_SECONDS = 2;

/** Error texts of the server (first word) → what stands in the way, in one sentence. */
const REPLIES: [pattern: RegExp, sentence: string][] = [
  [/^(NOAUTH|WRONGPASS)|invalid (username-)?password/i, 'refused the credentials'],
  [/^NOPERM/, 'does not allow this user what Queuedeck needs'],
  [/^LOADING/, 'is still loading its data'],
  [/^BUSY\b/, 'is held up by a script of someone else'],
  [/^OOM/, 'is out of memory and takes no more jobs'],
  [/^(READONLY|MISCONF|NOREPLICAS)/, 'takes no writes now'],
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

/** What a driver's or server's error says of the broker, without its address or credentials; null when it is no outage. */
export function describeOutage(error: unknown): string | null {
  for (const text of textsOf(error)) {
    const found = REPLIES.find(([pattern]) => pattern.test(text));
    if (found) return `The broker ${found[1]}.`;
  }
  return null;
}

/** An outage becomes `broker_unavailable`; what is coded already and what is a fault of ours stay as they are. */
export function toBrokerError(error: unknown): unknown {
  if (error instanceof CodedError) return error;
  const sentence = describeOutage(error);
  if (sentence === null) return error;
  return brokerAway(sentence, error);
}

export function brokerAway(sentence: string, cause?: unknown): CodedError {
  return new CodedError('broker_unavailable', sentence, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
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
