import { expect, it } from 'vitest';
import { JobFilter } from '@/lib/contracts/operations';
import { describeFilter } from './describe-filter';

const say = (filter: object) => describeFilter(JobFilter.parse({ source: 's', queue: 'q', ...filter }));

it('says a filter in one sentence', () => {
  expect(say({ states: ['failed'] })).toBe('failed jobs');
  expect(say({ states: ['failed', 'completed'], names: ['mail'] })).toBe('failed or completed jobs, called mail');
  expect(say({ ids: ['1', '2'] })).toBe('jobs among 2 chosen ones');
  expect(
    say({
      states: ['failed'],
      names: ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
      timeField: 'finished',
      from: '2026-11-22T10:00:00.000Z',
      error: 'timeout',
      data: [{ path: 'user.id', value: 7 }],
    }),
  ).toBe(
    'failed jobs, called a, b, c, d or e or 2 more, finished from 2026-11-22T10:00:00.000Z, with "timeout" in the error, with user.id = 7',
  );
});
