import { ProblemError, toProblemError } from '@/lib/client/http/problem-error';
import { buildRequest, type UrlInput } from '@/lib/client/http/url';
import type { CallOf, OutputOf } from '@/lib/contracts/endpoints';
import type { VerbName } from '@/lib/contracts/routes';

interface UploadOptions {
  media: string;
  idempotencyKey?: string | undefined;
}

/** Calls a verb that takes a file in place of JSON. Throws ProblemError for every answer but success. */
export async function upload<N extends VerbName>(
  name: N,
  input: CallOf<N>,
  file: Blob,
  { media, idempotencyKey }: UploadOptions,
): Promise<OutputOf<N>> {
  const { method, url } = buildRequest(name, input as UrlInput);
  const headers = new Headers({ accept: 'application/json', 'content-type': media });
  if (idempotencyKey) headers.set('idempotency-key', idempotencyKey);
  const response = await fetch(url, { method, headers, body: file }).catch(() => null);
  if (!response) throw new ProblemError(0, 'unreachable', 'Queuedeck did not answer', 'The file may be sent again.');
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw toProblemError(response.status, answer);
  return answer as OutputOf<N>;
}
