import { describe, expect, it } from 'vitest';
import { guardRequest } from './guard-request';

const at = (headers: Record<string, string>) => new Headers({ host: '127.0.0.1:3000', ...headers });

describe('guardRequest', () => {
  it.each(['localhost:3000', '127.0.0.1', '[::1]:3000', '127.8.9.1:80'])('knows %s as this machine', (host) => {
    expect(() => guardRequest(at({ host }), 'api')).not.toThrow();
  });

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io:3000', '10.0.0.1', ''])(
    'refuses Host %s: a name that was bound again to loopback',
    (host) => {
      expect(() => guardRequest(at({ host }), 'page')).toThrow(/own name/);
    },
  );

  const LINK = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

  it.each(['api', 'page'] as const)(
    'takes what comes to the %s from its own origin, from the address bar and from programs',
    (door) => {
      for (const headers of [
        { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-origin' },
        { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
        {},
      ])
        expect(() => guardRequest(at(headers as Record<string, string>), door)).not.toThrow();
    },
  );

  it.each<Record<string, string>>([
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:4000' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    LINK,
  ])('refuses a call, a read too, that comes with %o', (headers) => {
    expect(() => guardRequest(at(headers), 'api')).toThrow(/this origin only/);
  });

  it('lets a link of another site lead to a page', () => {
    expect(() => guardRequest(at(LINK), 'page')).not.toThrow();
    expect(() => guardRequest(at({ ...LINK, 'sec-fetch-site': 'same-site' }), 'page')).not.toThrow();
  });

  it.each<Record<string, string>>([
    { ...LINK, 'sec-fetch-dest': 'iframe' },
    { ...LINK, 'sec-fetch-dest': 'object' },
    { ...LINK, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    { ...LINK, 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
    { 'sec-fetch-site': 'cross-site' },
    // A form that is sent from elsewhere.
    { ...LINK, origin: 'https://evil.example' },
  ])('refuses a page to another site with %o', (headers) => {
    expect(() => guardRequest(at(headers), 'page')).toThrow(/this origin only/);
  });
});
