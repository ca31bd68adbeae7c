import { percentEncode } from '../making/encode';
import type { World } from '../world/world';
import { type FixedCase, get, nested, send, upload } from './case';

/** Whatever a list shows can be opened, and acted on. */
export function names({ places }: World): FixedCase[] {
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

export function nesting(): FixedCase[] {
  const job = (data: unknown) => ({ name: 'deep', data });
  return [
    send('POST', '/queues/redis/fixed/jobs', job(nested(198)), 201),
    ...[201, 3_000, 200_000].flatMap((levels) => [
      send('POST', '/queues/redis/fixed/jobs', job(nested(levels)), 422, 'deeper than 200 levels'),
      send('POST', '/views', nested(levels), 422, 'deeper than 200 levels'),
      send('PUT', '/queues/redis/any/jobs/1/data', { text: nested(levels).text }, 422, '"path":"text"'),
    ]),
    ...[201, 3_000].map((levels) => upload(`{"input":${nested(levels).text}}`, 200, 'deeper than 200 levels')),
    upload(`{"input":${nested(200_000).text}}`, 200, 'more than 262,144 characters'),
    get(`/api/v1/jobs?q=${percentEncode('('.repeat(500))}`, 422, { code: 'validation_failed', says: '"path":"q"' }),
  ];
}

export function times(): FixedCase[] {
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

export function files(): FixedCase[] {
  const long = 'x'.repeat(10_000_000);
  return [
    upload(`{"input":"${long}"}`, 200, '"refusedCount":1'),
    upload(`{"input":{"to":"a@b.example","name":"${'\\n'.repeat(4_000_000)}"}}`, 200, '"refusedCount":1'),
  ];
}
