import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { CodedError, ERRORS } from '@/lib/contracts/errors';
import { isUnderApi, MAX_HEADER_BYTES, type Refusal } from '@/lib/http/front-door';
import { writeProblem } from '@/lib/http/problem';

/** Writes a refusal of the front door: a problem to programs, a small page to people. The body that was sent is not read. */
export function refuse({ error, allow }: Refusal, from: IncomingMessage, to: ServerResponse): void {
  const problem = writeProblem(error);
  const isForPeople = !isUnderApi(from.url ?? '') && error.code !== 'cross_site';
  to.statusCode = problem.status;
  for (const [name, value] of Object.entries(problem.headers)) to.setHeader(name, value);
  if (allow !== null) to.setHeader('allow', allow);
  if (isForPeople) to.setHeader('content-type', 'text/html; charset=utf-8');
  to.end(isForPeople ? toPage(error) : problem.body);
}

/** What Node could not read as a request at all. It is told as a problem, and its connection ends. */
export function refuseUnread(error: NodeJS.ErrnoException, socket: Duplex, security: Record<string, string>): void {
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswered(socket)) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = writeProblem(unreadError(error.code));
  const all = { ...security, ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${REASONS[status] ?? 'Error'}\r\n${lines.join('')}\r\n${body}`);
}

/** Half of an answer is out already: another one would stand in the middle of it. Node tells by a field of its own. */
const isAnswered = (socket: Duplex & { _httpMessage?: ServerResponse | null }): boolean =>
  socket._httpMessage?.headersSent ?? false;

const REASONS: Record<number, string> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

function unreadError(code: string | undefined): CodedError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new CodedError('headers_too_large', `Address and headers may have ${MAX_HEADER_BYTES} bytes at most.`);
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new CodedError('request_timeout', 'The request did not come in time.');
  return new CodedError('bad_request', 'This is no HTTP request that can be read.');
}

function toPage({ code, detail }: CodedError): string {
  const title = ERRORS[code][1];
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${title} · Queuedeck</title>
<body style="font: 16px system-ui; margin: 15vh auto; max-width: 36em; padding: 0 1em"><h1 style="font-size: 1.3em">${title}</h1><p>${escapeHtml(detail)}</p><p><a href="/">To the overview</a></p></body></html>`;
}

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
