import { type Call, makeCall } from '../call';
import type { World } from '../world/world';
import { type FixedCase, get, NUL } from './case';

/** Parts that there are and are not, conditions that do not hold. */
const UNSERVED: Call['headers'] = [
  ['range', 'bytes=9-1'],
  ['range', 'bytes=99999999-'],
  ['range', 'bytes=0-0'],
  ['range', 'x'],
  ['if-range', 'x'],
  ['if-match', '"x"'],
  ['if-unmodified-since', 'Thu, 01 Jan 1970 00:00:00 GMT'],
];

/** Headers that are read: keys that are none, event ids of nowhere, lengths that are lies. */
export function headers({ files }: World): FixedCase[] {
  const job = Buffer.from('{"name":"a"}');
  const add = (name: string, more: Call['headers'], status: number, part: Partial<FixedCase> = {}): FixedCase => {
    const all: Call['headers'] = [['content-type', 'application/json'], ...more];
    const call = makeCall('fixed', 'POST', '/api/v1/queues/redis/fixed/jobs', { headers: all, body: job });
    return { name, call, status, ...part };
  };
  return [
    ...['k'.repeat(256), 'a b', '\u00fc'].map((key) =>
      add(`key ${key.slice(0, 9)}`, [['idempotency-key', key]], 422, { says: '"path":"Idempotency-Key"' }),
    ),
    ...['-1', '9'.repeat(40), 'x'.repeat(128), 'a-1', '%'].map((id) =>
      get('/api/v1/live?topics=overview', 200, { headers: [['last-event-id', id]] }),
    ),
    add('a length that is none', [['content-length', '-1']], 400, { code: 'bad_request' }),
    add(
      'two lengths',
      [
        ['content-length', '12'],
        ['content-length', '13'],
      ],
      400,
      { code: 'bad_request' },
    ),
    add('a length too short', [['content-length', '11']], 400, { code: 'bad_request' }),
    add('chunks that are none', [['transfer-encoding', 'chunked']], 400, { code: 'bad_request' }),
    get('/queues', 200, {
      headers: [
        ['expect', 'something'],
        ['accept-encoding', 'zz;q=abc'],
        ['range', 'bytes=9-1'],
      ],
    }),
    get('/api/v1/live?topics=overview', 200, { headers: [['expect', '100-continue']] }),
    ...[files[0] ?? 'no file', '/grafana.json', '/queues', '/api/v1/queues'].flatMap((target) =>
      UNSERVED.map((one) => ({ ...get(target, 200, { headers: [one] }), name: `GET ${target} ${one.join(': ')}` })),
    ),
    get('/queues', 307, {
      headers: [
        ['rsc', '1'],
        ['next-router-state-tree', '%5B%22%22%5D'],
      ],
    }),
  ];
}

export function addresses(): FixedCase[] {
  const broken = ['%', '%zz', '%c0%af', '%ed%a0%80', '%f4%90%80%80'];
  const method = (name: string, target: string, status: number): FixedCase => ({
    ...get(target, status),
    name: `${name} ${target}`,
    call: makeCall('fixed', name, target),
  });
  return [
    ...broken.flatMap((odd) => [
      get(`/${odd}`, 400),
      get(`/queues/redis/${odd}/jobs/1`, 400),
      get(`/_next/static/${odd}`, 400),
      get(`/api/v1/queues/redis/${odd}/jobs?state=waiting`, 400, { code: 'bad_request' }),
    ]),
    get('/api/v1/live?topics=job:redis/%25/1', 422, { code: 'validation_failed' }),
    get('/jobs?q=%zz&%=%', 200),
    ...['*', 'http://127.0.0.1/queues', 'evil.example:80'].map((target) => get(target, 400)),
    ...['/api', '/api/', '/api/v2/queues', '/api/v1', '/x/../api/v2'].map((target) =>
      get(target, 404, { code: 'not_found' }),
    ),
    ...['/api/v1/queues/', '/api//v1/queues', '//evil.example/x', '/\\evil.example', '/queues/'].map((target) =>
      get(target, 308),
    ),
    ...['TRACE', 'PROPFIND', 'PURGE'].flatMap((name) => [
      method(name, '/api/v1/queues', 405),
      method(name, '/queues', 405),
    ]),
    ...['OPTIONS', 'POST', 'PUT'].map((name) => method(name, '/queues', 405)),
    get('/api/v1/queues?limit=1&limit=2', 422, { code: 'validation_failed', says: 'given twice' }),
    get('/api/v1/queues?constructor=1&__proto__=2', 422, {
      code: 'validation_failed',
      says: 'constructor: is not a known field',
    }),
    get(`/api/v1/jobs?q=${'a'.repeat(66_000)}`, 414, { code: 'uri_too_long' }),
    get('/queues', 431, { code: 'headers_too_large', headers: [['x-large', 'y'.repeat(300_000)]] }),
    get('/queues', 400, { code: 'bad_request', headers: [['x-bad', `a${NUL}b`]] }),
  ];
}

/** Whoever names another host gets no page, no file, no answer. */
export function strangers(): FixedCase[] {
  const targets = [
    '/',
    '/queues',
    '/icon.svg',
    '/_next/static/x.js',
    '/metrics',
    '/api/v1/queues',
    '/api/v1/healthz',
    '/%',
  ];
  return targets.flatMap((target) =>
    ['evil.example', '127.0.0.1.evil.example', ''].map((host) =>
      get(target, 403, { code: 'cross_site', headers: [['host', host]] }),
    ),
  );
}
