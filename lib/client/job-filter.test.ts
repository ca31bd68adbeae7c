import { expect, it } from 'vitest';
import { filterKey, hasFilter, NO_FILTER, readListFilter, toFilter, toListQuery } from './job-filter';

const NOW = Date.parse('2026-11-22T14:00:00.000Z');
const OF = { source: 'default', queue: 'emails', state: 'failed' } as const;

it('an address without conditions has no filter', () => {
  const filter = readListFilter(new URLSearchParams('state=failed&page=2'));
  expect(filter).toEqual(NO_FILTER);
  expect(hasFilter(filter)).toBe(false);
  expect(filterKey(filter)).toBe('');
  expect(toFilter(OF, filter, NOW)).toEqual({ source: 'default', queue: 'emails', states: ['failed'] });
});

it('names are split by commas, a span counts back from now, and the time is that of the state', () => {
  const filter = readListFilter(new URLSearchParams('name=a,%20b,,a&error=%20SMTP%20&since=1h'));
  expect(toFilter(OF, filter, NOW)).toEqual({
    source: 'default',
    queue: 'emails',
    states: ['failed'],
    names: ['a', 'b'],
    error: 'SMTP',
    timeField: 'finished',
    from: '2026-11-22T13:00:00.000Z',
  });
  expect(toListQuery(filter, NOW)).toEqual({
    name: 'a,b',
    error: 'SMTP',
    from: '2026-11-22T13:00:00.000Z',
    to: undefined,
  });
  expect(toFilter({ ...OF, state: 'waiting' }, filter, NOW)).toMatchObject({ timeField: 'added' });
});

it('a time that is none is no condition', () => {
  const filter = readListFilter(new URLSearchParams('since=nonsense&until=2026-11-22T13:30:00Z'));
  expect(toFilter(OF, filter, NOW)).toMatchObject({ to: '2026-11-22T13:30:00.000Z' });
  expect(toFilter(OF, filter, NOW)).not.toHaveProperty('from');
});
