import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { CodedError } from '@/lib/contracts/errors';
import { guardRequest } from '@/lib/http/guard-request';

/** Of a request's address: ids of 8 KB, and cursors that hold two of them, with every byte as %xx. */
export const MAX_TARGET_CHARS = 65_536;
/** Of all headers, the address with them: a browser that walks from page to page sends the address three times. */
export const MAX_HEADER_BYTES = 262_144;

const API_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const PAGE_METHODS = ['GET', 'HEAD'];

type Head = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

export interface Refusal {
  error: CodedError;
  /** Of the methods that may be asked, with 405. */
  allow: string | null;
}

/**
 * What is refused before a page, a route or a file is looked for: what Next answers with 500, with a page, or not at all as the rest of
 * the API does. Null = it may go on.
 */
export function refuseAtDoor({ method = '', url = '', headers }: Head): Refusal | null {
  const pathname = toPathname(url);
  const isApi = isApiPath(pathname);
  try {
    guardRequest({ get: (name) => firstOf(headers[name]) }, isApi ? 'api' : 'page');
    checkTarget(url);
  } catch (error) {
    if (error instanceof CodedError) return { error, allow: null };
    throw error;
  }
  if (isApi && pathname !== '/metrics' && !/^\/api\/v1\/./.test(pathname))
    return { error: nothingAt(pathname), allow: null };
  const taken = isApi ? API_METHODS : PAGE_METHODS;
  if (taken.includes(method)) return null;
  const allow = taken.join(', ');
  return { error: new CodedError('method_not_allowed', `${method} is not taken here; ${allow} may be.`), allow };
}

/** Of files Next answers 500 to a part that there is not, and to a condition that does not hold. Nothing here is served in parts or on those. */
const UNSERVED = ['range', 'if-range', 'if-match', 'if-unmodified-since'];

/** What a request asks for beside its answer and never gets is as if it had not been asked. */
export function forgetUnserved(headers: IncomingHttpHeaders): void {
  for (const name of UNSERVED) delete headers[name];
}

/** Whether errors there are problems (RFC 9457), and not for people. */
export const isUnderApi = (url: string): boolean => isApiPath(toPathname(url));

const isApiPath = (pathname: string): boolean => /^\/(api(\/|$)|metrics$)/.test(pathname);

const firstOf = (header: string | string[] | undefined): string | null =>
  (Array.isArray(header) ? header[0] : header) ?? null;

function checkTarget(url: string): void {
  if (url.length > MAX_TARGET_CHARS)
    throw new CodedError('uri_too_long', `An address may have ${MAX_TARGET_CHARS} characters at most.`);
  if (!url.startsWith('/')) throw new CodedError('bad_request', 'Ask for a path that begins with "/".');
  const path = url.split('?', 1)[0] ?? '';
  if (!path.includes('%')) return;
  const broken = path.split('/').find((segment) => !canDecode(segment));
  if (broken !== undefined)
    throw new CodedError('bad_request', `The path holds a broken % escape: "${broken.slice(0, 80)}".`);
}

function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** A path of which nothing can be taken in, which nearly all are: to read it as an address costs as much as all else here. */
const PLAIN = /^((?:\/[\w-]+)+)(?:\?[^#]*)?$/;

/** As Next finds it: "." and ".." taken in, "\" and doubled slashes as one. */
function toPathname(url: string): string {
  const plain = PLAIN.exec(url)?.[1];
  if (plain !== undefined) return plain;
  const whole = `http://localhost${url.startsWith('/') ? '' : '/'}${url}`;
  return URL.canParse(whole) ? new URL(whole).pathname.replace(/\/{2,}/g, '/') : url;
}

const nothingAt = (pathname: string) =>
  new CodedError('not_found', `Nothing answers at ${pathname.slice(0, 200)}; the API is under /api/v1.`);
