import type { ErrorCode } from '@/lib/contracts/errors';
import { type Call, makeCall } from './call';
import { percentEncode } from './encode';
import { fixedCursors } from './fixed-cursors';
import { RawJson, writeJson } from './json-writer';
import type { World } from './world';

/** The smallest input of a kind of fault, and what it must be answered with. */
export interface FixedCase {
  name: string;
  call: Call;
  status: number;
  code?: ErrorCode;
  /** Somewhere in the answer: the field, the bound. */
  says?: string;
}

const NUL = '\u0000';
const HALF = '\ud800';
const nested = (levels: number) => new RawJson('['.repeat(levels) + ']'.repeat(levels));

function get(target: string, status: number, more: Partial<FixedCase> & { headers?: Call['headers'] } = {}): FixedCase {
  const { headers = [], ...rest } = more;
  return { name: `GET ${target.slice(0, 80)}`, call: makeCall('fixed', 'GET', target, { headers }), status, ...rest };
}

function send(method: string, path: string, body: unknown, status: number, says?: string): FixedCase {
  const text = writeJson(body);
  const headers: Call['headers'] = [['content-type', 'application/json']];
  const call = makeCall('fixed', method, `/api/v1${path}`, { headers, body: Buffer.from(text) });
  return {
    ...{ name: `${method} ${path.slice(0, 60)} ${text.slice(0, 60)}`, call, status },
    ...(status === 422 ? { code: 'validation_failed' as const } : {}),
    ...(says === undefined ? {} : { says }),
  };
}

function upload(text: string, status: number, says: string): FixedCase {
  const headers: Call['headers'] = [['content-type', 'application/x-ndjson']];
  const target = '/api/v1/tasks/send-welcome-email/import?dryRun=1';
  return {
    name: `import of ${text.slice(0, 40)}`,
    call: makeCall('fixed', 'POST', target, { headers, body: Buffer.from(text) }),
    status,
    says,
  };
}

/** A table that goes before the random calls: each of them was a 500, a hang, a page for a stranger, or an answer without its headers. */
export function fixedCases(world: World): FixedCase[] {
  return [
    ...addresses(),
    ...strangers(),
    ...texts(),
    ...['redis', 'postgres'].flatMap(jobs),
    ...names(world),
    ...nesting(),
    ...times(),
    ...files(),
    ...fixedCursors(world).map(({ path, cursor }) =>
      get(`/api/v1${path}${path.includes('?') ? '&' : '?'}cursor=${percentEncode(cursor)}`, 422, {
        code: 'validation_failed',
        says: '"path":"cursor"',
      }),
    ),
  ];
}

function addresses(): FixedCase[] {
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
function strangers(): FixedCase[] {
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

/** Text of ours, in every place that takes one. */
function texts(): FixedCase[] {
  return [`a${NUL}b`, `a${HALF}`, `\udc00a`].flatMap((text) => {
    const filter = { source: 'redis', queue: 'any', states: ['failed'] };
    const preview = (part: object, says: string) =>
      send('POST', '/operations/preview', { filter: { ...filter, ...part }, action: { kind: 'retry' } }, 422, says);
    const timing = { everyMs: 60_000 };
    return [
      send('POST', '/views', { name: text, q: '' }, 422, '"path":"name"'),
      send('POST', '/views', { name: 'fixed', q: text }, 422, '"path":"q"'),
      send('POST', '/views', { name: 'fixed', q: '', source: 'redis', queue: text }, 422, '"path":"queue"'),
      send('POST', '/deploys', { version: text }, 422, '"path":"version"'),
      send('PUT', '/failures/1/note', { note: text }, 422, '"path":"note"'),
      send('POST', '/failures/1/mute', { failures: 1, note: text }, 422, '"path":"note"'),
      send('POST', '/failures/1/operations', { action: 'retry', reason: text }, 422, '"path":"reason"'),
      send('POST', '/operations', { filter, action: { kind: 'retry' }, reason: text }, 422, '"path":"reason"'),
      send(
        'POST',
        '/operations/preview',
        { filter, action: { kind: 'edit-and-retry', patch: { a: [text] } } },
        422,
        '"path":"action.patch"',
      ),
      preview({ names: [text] }, '"path":"filter.names[0]"'),
      preview({ error: text }, '"path":"filter.error"'),
      preview({ data: [{ path: 'a', value: text }] }, '"path":"filter.data[0].value"'),
      preview({ q: text }, '"path":"filter.q"'),
      preview({ ids: [text] }, '"path":"filter.ids[0]"'),
      send('POST', '/bin/restore', { entries: ['1'], reason: text }, 422, '"path":"reason"'),
      send('POST', '/queues/redis/any/jobs/1/cancel', { reason: text }, 422, '"path":"reason"'),
      send('POST', '/schedulers/preview', { pattern: '* * * * *', tz: text }, 422, '"path":"tz"'),
      send(
        'PUT',
        '/queues/redis/any/schedulers/fixed',
        { ...timing, template: { name: text } },
        422,
        '"path":"template.name"',
      ),
      send('POST', '/flows', { source: 'redis', flow: { queue: text, name: 'x' } }, 422, '"path":"flow.queue"'),
    ];
  });
}

/** What goes to a broker: on Redis as it is, on PostgreSQL what its JSON takes. */
function jobs(source: string): FixedCase[] {
  const at = `/queues/${source}/fixed/jobs`;
  const isRedis = source === 'redis';
  return [
    send('POST', at, { name: `a${NUL}` }, 422, '"path":"name"'),
    send('POST', at, { name: 'a', options: { id: `a${HALF}` } }, 422, '"path":"options.id"'),
    send('POST', at, { name: 'a', options: { deduplication: { id: NUL } } }, 422, '"path":"options.deduplication.id"'),
    send(
      'POST',
      at,
      { name: 'a', data: { text: `a${NUL}b` } },
      isRedis ? 201 : 422,
      isRedis ? undefined : '"path":"data"',
    ),
    send('POST', at, { name: 'a', data: HALF }, isRedis ? 201 : 422, isRedis ? undefined : '"path":"data"'),
    send('POST', at, { name: 'a', data: new RawJson('1e308') }, 201),
    send('POST', at, { name: 'a', data: new RawJson('-0') }, 201),
    send('POST', at, { name: 'a', data: new RawJson('1e400') }, 422, 'would lose digits'),
    send('POST', `/queues/${source}/${'n'.repeat(513)}/jobs`, { name: 'a' }, 422, '"path":"queue"'),
    send('POST', `/queues/${source}/new%00/jobs`, { name: 'a' }, 422, '"path":"queue"'),
    send(
      'PUT',
      `/queues/${source}/any/schedulers/${'n'.repeat(513)}`,
      { everyMs: 60_000, template: { name: 'x' } },
      422,
      '"path":"scheduler"',
    ),
    send('POST', `/queues/${source}/any/jobs/1/logs`, { lines: [HALF] }, 422, '"path":"lines[0]"'),
    ...(isRedis ? [] : [send('POST', '/queues/postgres/any/jobs/1/logs', { lines: [NUL] }, 422, '"path":"lines[0]"')]),
    send('PUT', `/queues/${source}/any/jobs/1/data`, { text: `"${'x'.repeat(10)}\\u0000"` }, isRedis ? 200 : 422),
    send('PUT', `/queues/${source}/any/jobs/1/progress`, { progress: NUL }, isRedis ? 200 : 422),
    get(`/api/v1/queues/${source}/none%00/jobs?state=waiting`, 404),
    get(`/api/v1/queues/${source}/any/jobs/a%00`, 404),
    get(`/api/v1/queues/${source}/any/jobs/a%00/history`, 404),
    get(`/queues/${source}/none%00`, 404),
    get(`/queues/${source}/any/jobs/a%00`, 404),
  ];
}

/** Whatever a list shows can be opened, and acted on. */
function names({ places }: World): FixedCase[] {
  return places.flatMap(({ source, queue, jobs: ids }) => {
    const at = `/queues/${source}/${percentEncode(queue)}`;
    const odd = queue === 'any' ? ids.filter((id) => /[^\w:-]/.test(id) || id.length > 100) : ids.slice(0, 1);
    return [
      get(`/api/v1${at}`, 200),
      get(at, 200),
      get(`/api/v1${at}/jobs?state=waiting&limit=1`, 200),
      ...odd.flatMap((id) => [
        get(`/api/v1${at}/jobs/${percentEncode(id)}`, 200),
        get(`${at}/jobs/${percentEncode(id)}`, 200),
        get(`/api/v1/live?topics=${percentEncode(`job:${source}/${percentEncode(queue)}/${percentEncode(id)}`)}`, 200),
        send('POST', `${at}/jobs/${percentEncode(id)}/logs`, { lines: ['seen'] }, 200),
      ]),
    ];
  });
}

function nesting(): FixedCase[] {
  const job = (data: unknown) => ({ name: 'deep', data });
  return [
    send('POST', '/queues/redis/fixed/jobs', job(nested(198)), 201),
    ...[201, 3_000, 200_000].flatMap((levels) => [
      send('POST', '/queues/redis/fixed/jobs', job(nested(levels)), 422, 'deeper than 200 levels'),
      send('POST', '/views', nested(levels), 422, 'deeper than 200 levels'),
      send('PUT', '/queues/redis/any/jobs/1/data', { text: nested(levels).text }, 422, '"path":"text"'),
      upload(`{"input":${nested(levels).text}}`, 200, 'deeper than 200 levels'),
    ]),
    get(`/api/v1/jobs?q=${percentEncode('('.repeat(500))}`, 422, { code: 'validation_failed', says: '"path":"q"' }),
  ];
}

function times(): FixedCase[] {
  const query = (q: string, says: string) =>
    get(`/api/v1/jobs?q=${percentEncode(q)}`, 422, { code: 'validation_failed', says });
  const from = (text: string, status: number) =>
    get(
      `/api/v1/queues/redis/any/jobs?state=failed&from=${percentEncode(text)}`,
      status,
      status === 422 ? { says: '"path":"from"' } : {},
    );
  const preview = (text: string, status: number) =>
    send('POST', '/schedulers/preview', { everyMs: 3_600_000, from: text }, status);
  return [
    query('started:<9999999999d', '36525d'),
    query('added:<1e400d', '36525d'),
    query('wait:>999999999999w', '36525d'),
    query('finished:>999999-01-01', '1970–9999'),
    query('added:0000-01-01..1969-12-31', '1970–9999'),
    ...['2026-11-22T13:44:02Z', '2026-11-22T13:44:02.5+05:30', '2026-11-22t13:44:02.123456z'].flatMap((text) => [
      from(text, 200),
      preview(text, 200),
    ]),
    ...[
      '2026-11-22',
      '2026-02-30T00:00:00Z',
      '2026-11-22T24:00:00Z',
      '0000-01-01T00:00:00Z',
      '+012026-01-01T00:00:00Z',
      '9999-12-31T23:59:59-01:00',
      'x'.repeat(90),
    ].flatMap((text) => [from(text, 422), preview(text, 422)]),
  ];
}

function files(): FixedCase[] {
  const long = 'x'.repeat(10_000_000);
  return [
    upload(`{"input":"${long}"}`, 200, '"refusedCount":1'),
    upload(`{"input":{"to":"a@b.example","name":"${'\\n'.repeat(4_000_000)}"}}`, 200, '"refusedCount":1'),
  ];
}
