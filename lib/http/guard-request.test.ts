import { describe, expect, it } from 'vitest';
import { guardRequest } from './guard-request';

const at = (headers: Record<string, string>) => new Headers({ host: '127.0.0.1:3000', ...headers });

describe('guardRequest', () => {
  it.each(['localhost:3000', '127.0.0.1', '[::1]:3000', '127.8.9.1:80'])('knows %s as this machine', (host) => {
    expect(() => guardRequest(at({ host }), false)).not.toThrow();
  });

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io:3000', '10.0.0.1', ''])(
    'refuses Host %s: a name that was bound again to loopback',
    (host) => {
      expect(() => guardRequest(at({ host }), false)).toThrow(/own name/);
    },
  );

  it('takes changes from its own origin and from programs', () => {
    expect(() =>
      guardRequest(at({ origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-origin' }), true),
    ).not.toThrow();
    expect(() => guardRequest(at({}), true)).not.toThrow();
  });

  it.each<Record<string, string>>([
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:4000' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('refuses a change that comes with %o', (headers) => {
    expect(() => guardRequest(at(headers), true)).toThrow(/this origin only/);
  });
});
