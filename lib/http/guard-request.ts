import { CodedError } from '@/lib/contracts/errors';

const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/**
 * Until sign-in exists, being on this machine is the credential. So a page of another site must not be able to borrow
 * it: neither by DNS rebinding (a foreign Host) nor by a cross-site request (Origin, Sec-Fetch-Site).
 */
export function guardRequest(headers: Headers, changes: boolean): void {
  const host = headers.get('host') ?? '';
  guardHost(host);
  if (!changes) return;
  const origin = headers.get('origin');
  const foreign = origin !== null && (!URL.canParse(origin) || new URL(origin).host !== host);
  const site = headers.get('sec-fetch-site');
  if (foreign || (site !== null && site !== 'same-origin' && site !== 'none'))
    throw new CodedError('cross_site', 'Changes are taken from this origin only.');
}

/** The Host header's part of it, for what is answered without a route: pages, files, refusals. */
export function guardHost(host: string): void {
  if (!LOOPBACK.test(host))
    throw new CodedError('cross_site', `"${host.slice(0, 80)}" is not this machine's own name.`);
}
