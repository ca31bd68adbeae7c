import 'server-only';
import { LOCAL_ACTOR } from '@/lib/auth/permissions';
import { getContext } from '@/lib/context';
import { ENDPOINTS, methodAndPath } from '@/lib/contracts/endpoints';
import { CodedError } from '@/lib/contracts/errors';
import { parseInput } from '@/lib/contracts/parse-input';
import type { VerbName } from '@/lib/contracts/routes';
import { guardRequest } from '@/lib/http/guard-request';
import { problemResponse } from '@/lib/http/problem';
import { readJsonBody } from '@/lib/http/read-body';
import type { Body } from '@/lib/http/read-chunks';
import { currentRequest } from '@/lib/http/request-context';
import { takeUpload } from '@/lib/http/take-upload';
import { Answer, type Ask, execute, type Verb } from '@/lib/verbs';

/** What of a Request is read, so that whoever has no Request need not make one. */
export type Asked = Pick<Request, 'method' | 'url' | 'headers' | 'signal'> & { body: Body | null };
export type Handler = (request: Asked) => Promise<Response>;

/** A verb as a route handler: guard → read → execute → JSON, every error a problem. */
export function route<N extends VerbName>(verb: Verb<N>): Handler {
  const [method, pattern] = methodAndPath(verb.name);
  const endpoint = ENDPOINTS[verb.name];
  return async (request) => {
    try {
      guardRequest(request.headers, 'api');
      const url = new URL(request.url);
      const raw = { ...readQuery(url.searchParams), ...readPath(pattern, url.pathname) };
      // A wrong parameter is told before a wrong file is.
      if (endpoint.media) parseInput(endpoint.input, raw);
      const upload = endpoint.media ? takeUpload(request, endpoint.media) : null;
      const body = method === 'GET' || upload ? undefined : await readJsonBody(request);
      if (endpoint.body === null && body !== undefined && !isEmptyObject(body))
        throw new CodedError('validation_failed', 'This operation takes no body.', {
          errors: [{ path: '', message: 'must be empty' }],
        });
      return toResponse(
        await execute(verb, { ...makeAsk(request), ...(upload ? { upload } : {}) }, raw, body),
        endpoint.status,
      );
    } catch (error) {
      // What was given up with its reader is no fault to be logged, and nobody reads the answer.
      if ((currentRequest()?.signal ?? request.signal).aborted) return new Response(null, { status: 499 });
      return problemResponse(error, `${verb.name} ${request.url.slice(0, 300)}`);
    }
  };
}

/** Method handlers for a path's other methods: 405 as a problem, with Allow. */
export function notAllowed(...verbs: VerbName[]): Handler {
  const allow = verbs.map((name) => methodAndPath(name)[0]).join(', ');
  return async (request) => {
    const response = problemResponse(
      new CodedError('method_not_allowed', `${request.method} is not taken here; ${allow} is.`),
    );
    response.headers.set('allow', allow);
    return response;
  };
}

export function makeAsk(request: { signal: AbortSignal; headers: Headers }): Ask {
  const context = currentRequest();
  return {
    ...getContext(),
    actor: LOCAL_ACTOR,
    address: context?.address,
    signal: context?.signal ?? request.signal,
    headers: {
      idempotencyKey: request.headers.get('idempotency-key'),
      lastEventId: request.headers.get('last-event-id'),
    },
  };
}

function toResponse(result: unknown, status: number): Response {
  if (result instanceof Response) return result;
  const answer = result instanceof Answer ? result : new Answer(result, status);
  if (answer.status === 204 || answer.body === undefined)
    return new Response(null, { status: answer.status, headers: answer.headers });
  return new Response(JSON.stringify(answer.body), {
    status: answer.status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...answer.headers },
  });
}

function readQuery(params: URLSearchParams): Record<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of params) {
    if (query.has(name))
      throw new CodedError('validation_failed', `${name.slice(0, 200)} is given twice.`, {
        errors: [{ path: name.slice(0, 200), message: 'is given twice' }],
      });
    query.set(name, value);
  }
  return Object.fromEntries(query);
}

/** The raw path against the pattern, each segment decoded once: names hold "/", ":" and "%". */
function readPath(pattern: string, pathname: string): Record<string, string> {
  const given = pathname.replace(/^\/api\/v1/, '').split('/');
  const names = pattern.split('/');
  return Object.fromEntries(
    names.flatMap((name, i) => (name.startsWith('{') ? [[name.slice(1, -1), decodeSegment(given[i] ?? '')]] : [])),
  );
}

function decodeSegment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new CodedError('bad_request', `The path holds a broken % escape: "${text.slice(0, 80)}".`);
  }
}

const isEmptyObject = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
