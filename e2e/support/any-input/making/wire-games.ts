import type { Call } from '../call';
import type { Random } from '../random';
import { oddEscape } from './forge';

const METHODS = [
  'TRACE',
  'PROPFIND',
  'HEAD',
  'OPTIONS',
  'SEARCH',
  'PURGE',
  'PATCH',
  'M-SEARCH',
  'LINK',
  'DELETE',
  'POST',
  'FOO',
  'get',
];

type Header = [name: string, value: string];

/** Headers that change what is understood, or try to. */
const HEADERS: readonly ((random: Random) => Header[])[] = [
  (random) => [
    [
      'content-type',
      random.pick([
        '',
        'text/plain',
        'application/json; charset=utf-16',
        'a/b/c',
        'application/',
        'multipart/form-data; boundary=',
        'application/x-www-form-urlencoded',
        'application/merge-patch+json',
        'x'.repeat(9_000),
      ]),
    ],
  ],
  (random) => [
    ['accept-encoding', random.pick(['gzip', 'br', 'gzip;q=0', 'identity;q=0, *;q=0', 'zz;q=abc', '*', ',,,'])],
  ],
  (random) => [['accept', random.pick(['text/html', 'application/xml', '*/*;q=2', '%%%', ''])]],
  (random) => [['origin', random.pick(['null', 'http://evil.example', 'http://127.0.0.1', '%', 'http://[::1', ''])]],
  (random) => [['sec-fetch-site', random.pick(['cross-site', 'same-origin', 'none', 'x'])]],
  (random) => [
    [
      'host',
      random.pick(['evil.example', '', '127.0.0.1:x', 'localhost.evil', '[::1', '127.0.0.1:80:80', 'LOCALHOST']),
    ],
  ],
  (random) => [
    ['x-forwarded-host', 'evil.example'],
    ['x-forwarded-proto', random.pick(['https', 'x', ''])],
    ['x-forwarded-for', 'a,b'],
  ],
  (random) => [
    ['rsc', '1'],
    ['next-router-state-tree', random.pick(['%5B%22%22%5D', '%zz', '[]', 'x'.repeat(40_000), ''])],
  ],
  (random) => [
    ['rsc', '1'],
    ['next-router-prefetch', '1'],
    ['next-router-segment-prefetch', random.pick(['/_tree', '/x', '%'])],
  ],
  (random) => [
    ['next-url', random.pick(['/%', '/queues', 'http://evil', ''])],
    ['x-nextjs-data', '1'],
  ],
  (random) => [['next-action', random.pick(['', 'x', '0'.repeat(42)])]],
  (random) => [
    ['x-matched-path', random.pick(['/%', '/queues', '/api/v1/queues'])],
    ['x-invoke-path', '/x'],
    ['x-middleware-prefetch', '1'],
  ],
  (random) => [['range', random.pick(['bytes=0-0', 'bytes=9-1', 'bytes=-1', 'x', 'bytes=0-0,2-3'])]],
  (random) => [
    ['if-none-match', random.pick(['*', '"x"', 'W/'])],
    [random.pick(['if-modified-since', 'if-unmodified-since']), random.pick(['x', 'Thu, 01 Jan 1970 00:00:00 GMT'])],
    ['if-match', random.pick(['*', '"x"'])],
  ],
  (random) => [['cookie', random.pick(['a=%zz', '__prerender_bypass=1', 'x='.repeat(2_000), '=;=;'])]],
  (random) => [['expect', random.pick(['100-continue', 'x'])]],
  (random) => [
    ['idempotency-key', random.pick(['k1', 'k'.repeat(256), ' ', 'a,b'])],
    ['idempotency-key', 'k2'],
  ],
  (random) => [['x-large', 'y'.repeat(random.pick([10_000, 100_000, 300_000]))]],
  () => Array.from({ length: 500 }, (_, i): Header => [`x-${i}`, 'y']),
  (random) => [['x-bad', random.pick(['a\u0000b', 'a\rb', '\u00ff\u00fe', '\u0001'])]],
  () => [
    ['connection', 'upgrade, close'],
    ['upgrade', 'websocket'],
    ['sec-websocket-key', 'dGhlIHNhbXBsZQ=='],
    ['sec-websocket-version', '13'],
  ],
  () => [['transfer-encoding', 'gzip, chunked']],
];

/** A request that means something, with the wire played with. */
export function playOnWire(call: Call, random: Random): Call {
  return random.weighted<() => Call>([
    [6, () => withHeaders(call, random.pick(HEADERS)(random))],
    [2, () => ({ ...call, method: random.pick(METHODS) })],
    [3, () => ({ ...call, target: oddTarget(call.target, random) })],
    [1, () => lieAboutLength(call, random)],
  ])();
}

/** An encoding of the body that is not what follows is a lie too. */
function withHeaders(call: Call, headers: Header[]): Call {
  const isLie = headers.some(([name]) => name === 'transfer-encoding');
  return { ...call, headers: [...call.headers, ...headers], isLie };
}

function oddTarget(target: string, random: Random): string {
  const [path = '', search] = target.split('?', 2);
  const tail = search === undefined ? '' : `?${search}`;
  const segments = path.split('/');
  return random.weighted<() => string>([
    [2, () => `${path}/${tail}`],
    [2, () => `/${path}${tail}`],
    [2, () => path.replace('/', random.pick(['//', '/./', '/x/../', '/\\', '/%2e/', '/%2e%2e/', '/;/'])) + tail],
    [3, () => segments.map((one, i) => (i === segments.length - 1 ? oddEscape(random, one) : one)).join('/') + tail],
    [2, () => `${path}${random.pick(['%', '%zz', '%00', '%2f', '%c0%af', '%ff', '%f0%28%8c%28', '%ed%a0%80'])}${tail}`],
    [
      1,
      () => `${path}?${random.pick(['%', '%zz=%', '=', '&&&', 'a=b&a=c', '?', '%00', 'limit=1&limit=2', '%ff=%ff'])}`,
    ],
    [0.5, () => `${path}?q=${'a'.repeat(random.pick([15_000, 60_000, 70_000]))}`],
    [
      0.5,
      () =>
        random.pick([
          '*',
          'http://evil.example/',
          'evil:80',
          '',
          '?',
          '/%',
          '//',
          '/api',
          '/api/',
          '/api/v2',
          '/api/v1',
        ]),
    ],
  ])();
}

/** More promised than sent, or less; chunks that are none. */
function lieAboutLength(call: Call, random: Random): Call {
  const body = call.body ?? Buffer.from('{}');
  const headers = call.headers.filter(([name]) => name !== 'content-length');
  const lie = random.pick<Header>([
    ['content-length', String(body.length + 10)],
    ['content-length', String(Math.max(0, body.length - 1))],
    ['content-length', '-1'],
    ['content-length', '1, 2'],
    ['content-length', '99999999999999999999'],
    ['transfer-encoding', 'chunked'],
  ]);
  return { ...call, body, headers: [...headers, lie], isLie: true };
}
