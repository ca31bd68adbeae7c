import { fetchPatiently } from '@/lib/client/http/patience';
import { ProblemError, toProblemError } from '@/lib/client/http/problem-error';
import { buildRequest, type UrlInput } from '@/lib/client/http/url';
import type { CallOf, OutputOf } from '@/lib/contracts/endpoints';
import type { VerbName } from '@/lib/contracts/routes';

export interface CallOptions {
  signal?: AbortSignal;
  /** The same key twice enqueues once. */
  idempotencyKey?: string;
  /** JSON text sent as it is, where parsing would round big integers. Wins over `input.body`. */
  rawBody?: string;
  /** Told the headers of an answer that says something there. */
  onHeaders?: (headers: Headers) => void;
}

/** Calls a verb over HTTP. Throws ProblemError for every answer but success. */
export async function call<N extends VerbName>(
  name: N,
  input: CallOf<N>,
  options: CallOptions = {},
): Promise<OutputOf<N>> {
  const fields = input as UrlInput;
  const { method, url } = buildRequest(name, fields);
  const body = options.rawBody ?? (fields.body === undefined ? undefined : JSON.stringify(fields.body));
  const headers = new Headers({ accept: 'application/json' });
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (options.idempotencyKey) headers.set('idempotency-key', options.idempotencyKey);
  const response = await send(url, { method, headers, body, signal: options.signal ?? null });
  if (response.ok) options.onHeaders?.(response.headers);
  if (response.status === 204) return undefined as OutputOf<N>;
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw toProblemError(response.status, answer);
  return answer as OutputOf<N>;
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetchPatiently(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ProblemError(
      0,
      'unreachable',
      'Queuedeck did not answer',
      'The web process may be restarting. Nothing was changed; try again.',
    );
  }
}
