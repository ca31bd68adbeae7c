import { expect, it } from 'vitest';
import { nextPageParams, previousPageParams, readListParams } from '@/lib/client/list-params';

const params = (query: string) => new URLSearchParams(query);

it('opens on what failed, then on what runs, then on what waits', () => {
  expect(readListParams(params(''), { failed: 2, active: 1 }).state).toBe('failed');
  expect(readListParams(params(''), { failed: 0, active: 1, completed: 9 }).state).toBe('active');
  expect(readListParams(params(''), { failed: null }).state).toBe('waiting');
  expect(readListParams(params('state=delayed'), { failed: 2 }).state).toBe('delayed');
  expect(readListParams(params('state=nonsense'), undefined).state).toBe('waiting');
});

it('walks forward and back by the cursors in the address', () => {
  const first = readListParams(params('state=failed'), undefined);
  expect(first).toMatchObject({ cursor: null, page: 1, steps: [] });
  expect(nextPageParams(first, 'a')).toEqual({ at: ['a'], page: '2' });
  const third = readListParams(params('state=failed&at=a&at=b&page=3'), undefined);
  expect(third).toMatchObject({ cursor: 'b', page: 3 });
  expect(previousPageParams(third)).toEqual({ at: ['a'], page: '2' });
  expect(previousPageParams(readListParams(params('at=a&page=2'), undefined))).toEqual({ at: null, page: null });
});

it('keeps the address short in the depth', () => {
  const deep = {
    state: 'failed' as const,
    cursor: 'c',
    page: 90,
    steps: Array.from({ length: 20 }, (_, i) => `c${i}`),
  };
  const next = nextPageParams(deep, 'new');
  expect(next.at).toHaveLength(20);
  expect(next.at?.at(-1)).toBe('new');
  expect(next.page).toBe('91');
});
