import { describe, expect, it } from 'vitest';
import { isUnderApi, MAX_TARGET_CHARS, refuseAtDoor } from './front-door';

const ask = (url: string, method = 'GET', host: string | null = '127.0.0.1:3000') =>
  refuseAtDoor({ method, url, headers: host === null ? {} : { host } });
const codeOf = (url: string, method?: string) => ask(url, method)?.error.code ?? null;

describe('refuseAtDoor', () => {
  it.each(['/', '/queues/default/a%2Fb%00', '/api/v1/queues', '/api/v1/queues/default/%E6%BC%A2?q=%zz', '/_next/x.js'])(
    'lets %s through',
    (url) => expect(ask(url)).toBeNull(),
  );

  it.each(['/%', '/a/%z', '/%zz', '/%c0%af', '/%ed%a0%80', '/api/v1/queues/%', '/_next/static/%e0%a4', '/%f8%88'])(
    'refuses the broken escape of %s',
    (url) => expect(codeOf(url)).toBe('bad_request'),
  );

  it.each(['', '*', 'http://127.0.0.1:3000/', 'evil:80'])('refuses %j, which is no path', (url) =>
    expect(codeOf(url)).toBe('bad_request'),
  );

  it.each(['/api', '/api/', '/api/v1', '/api/v1/', '/api/v2/queues', '/api/v1/../v2', '/x/../api', '//api', '/\\api'])(
    'knows that nothing of the API is at %s',
    (url) => {
      expect(codeOf(url)).toBe('not_found');
      expect(isUnderApi(url)).toBe(true);
    },
  );

  it('takes methods where they can mean something', () => {
    expect(codeOf('/api/v1/queues', 'PATCH')).toBeNull();
    expect(codeOf('/queues', 'HEAD')).toBeNull();
    for (const method of ['TRACE', 'PROPFIND', 'get', ''])
      expect(ask('/api/v1/queues', method)).toMatchObject({
        error: { code: 'method_not_allowed' },
        allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
      });
    for (const method of ['POST', 'OPTIONS', 'DELETE']) expect(ask('/queues', method)?.allow).toBe('GET, HEAD');
  });

  it('takes /metrics for a program’s, whatever it is asked', () => {
    for (const url of ['/metrics', '/metrics?x', '//metrics', '/x/../metrics']) expect(isUnderApi(url)).toBe(true);
    for (const url of ['/metrics/x', '/metricsx']) expect(isUnderApi(url)).toBe(false);
    // Its own route says what it takes.
    expect(codeOf('/metrics', 'POST')).toBeNull();
    expect(codeOf('/metrics', 'TRACE')).toBe('method_not_allowed');
  });

  it('refuses a foreign Host, or none, before anything else', () => {
    for (const host of ['evil.example', '', null])
      for (const url of ['/', '/icon.svg', '/api/v1/queues', '/%'])
        expect(ask(url, 'GET', host)?.error.code).toBe('cross_site');
  });

  it('refuses an address beyond its bound', () => {
    expect(codeOf(`/${'a'.repeat(MAX_TARGET_CHARS - 1)}`)).toBeNull();
    expect(codeOf(`/${'a'.repeat(MAX_TARGET_CHARS)}`)).toBe('uri_too_long');
  });
});
