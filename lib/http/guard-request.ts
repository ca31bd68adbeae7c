import { CodedError } from '@/lib/contracts/errors';

const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/**
 * Until sign-in exists, being on this machine is the credential. So a page of another site must not be able to borrow
 * it: neither by DNS rebinding (a foreign Host) nor by a cross-site request (Origin, Sec-Fetch-Site), reads included: a
 * read costs, too. Only a link may lead here from another site, and only to a page.
 */
export function guardRequest(headers: Pick<Headers, 'get'>, door: 'api' | 'page'): void {
  const host = headers.get('host') ?? '';
  if (!LOOPBACK.test(host))
    throw new CodedError('cross_site', `"${host.slice(0, 80)}" is not this machine's own name.`);
  const origin = headers.get('origin');
  const foreign = origin !== null && (!URL.canParse(origin) || new URL(origin).host !== host);
  const site = headers.get('sec-fetch-site');
  const crosses = site !== null && site !== 'same-origin' && site !== 'none';
  if (foreign || (crosses && !(door === 'page' && isLink(headers))))
    throw new CodedError('cross_site', 'Requests are taken from this origin only.');
}

/** Opened in a tab of its own, not in a frame, an image or a script. */
const isLink = (headers: Pick<Headers, 'get'>) =>
  headers.get('sec-fetch-mode') === 'navigate' && headers.get('sec-fetch-dest') === 'document';
