import { expect, it } from 'vitest';
import { buildRequest, jobHref, queueHref } from '@/lib/client/http/url';

it('puts path parameters into the path, encoded, and the rest into the query', () => {
  expect(
    buildRequest('job.list', { source: 'a', queue: 'x/y:%', state: 'failed', limit: 20, cursor: undefined }),
  ).toEqual({
    method: 'GET',
    url: '/api/v1/queues/a/x%2Fy%3A%25/jobs?state=failed&limit=20',
  });
});

it('leaves the body out of the address', () => {
  expect(buildRequest('task.run', { task: 'send', body: { input: {} } })).toEqual({
    method: 'POST',
    url: '/api/v1/tasks/send',
  });
});

it('makes addresses of pages that survive hostile names', () => {
  expect(queueHref('a', '<script>')).toBe('/queues/a/%3Cscript%3E');
  expect(queueHref('a', 'b', 'failed')).toBe('/queues/a/b?state=failed');
  expect(jobHref('a', 'b', 'repeat:x:1')).toBe('/queues/a/b/jobs/repeat%3Ax%3A1');
});
