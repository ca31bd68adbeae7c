import { CodedError, ERRORS, type Problem } from '@/lib/contracts/errors';
import { log } from '@/lib/log';

/** An error as it leaves the server, whoever writes it. */
export interface WrittenProblem {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export function problemResponse(error: unknown, instance?: string): Response {
  const { status, headers, body } = writeProblem(error, instance);
  return new Response(body, { status, headers });
}

/** RFC 9457. An unknown error says nothing to the client and everything to the log. */
export function writeProblem(error: unknown, instance?: string): WrittenProblem {
  const coded = error instanceof CodedError ? error : null;
  if (coded === null || coded.code === 'internal') log.error({ err: error, instance }, 'request failed');
  const code = coded?.code ?? 'internal';
  const [status, title] = ERRORS[code];
  const body: Problem = {
    type: `/docs/api#${code}`,
    title,
    status,
    code,
    detail: coded && coded.code !== 'internal' ? coded.detail : 'An unexpected error; the server log has the cause.',
    ...(coded?.extra.errors ? { errors: coded.extra.errors } : {}),
    ...(coded?.extra.state ? { state: coded.extra.state } : {}),
    ...(coded?.extra.count === undefined ? {} : { count: coded.extra.count }),
  };
  const headers: Record<string, string> = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' };
  const retryAfter = coded?.extra.retryAfterSeconds ?? (status === 503 ? 2 : undefined);
  if (retryAfter !== undefined) headers['retry-after'] = String(Math.ceil(retryAfter));
  // What is left of the body is not waited for.
  if (status === 408) headers.connection = 'close';
  return { status, headers, body: JSON.stringify(body) };
}
