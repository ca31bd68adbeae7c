import { RawJson } from '../making/json-writer';
import { type FixedCase, get, HALF, NUL, send } from './case';

/** Text of ours, in every place that takes one. */
export function texts(): FixedCase[] {
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
export function jobs(source: string): FixedCase[] {
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
