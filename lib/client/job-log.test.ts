import { expect, it } from 'vitest';
import { addLogPage, appendLog, hasMoreLog, startLog } from '@/lib/client/job-log';

it('reads on page by page, and knows when there is more', () => {
  const log = startLog({ items: ['a', 'b'], nextCursor: 'c', total: 5 });
  expect(hasMoreLog(log)).toBe(true);
  const whole = addLogPage(log, { items: ['c', 'd', 'e'], nextCursor: null, total: 5 }, 'c', 2);
  expect(whole.lines).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(hasMoreLog(whole)).toBe(false);
});

it('keeps lines that came live while a page was read', () => {
  const log = appendLog(startLog({ items: ['a', 'b'], nextCursor: null, total: 2 }), {
    lines: ['c', 'd'],
    from: 2,
    total: 4,
  });
  expect(addLogPage(log, { items: ['a', 'b', 'c'], nextCursor: null, total: 3 }, null, 0)).toMatchObject({
    lines: ['a', 'b', 'c', 'd'],
    total: 4,
  });
});

it('takes no line past a gap, but knows of it', () => {
  const log = appendLog(startLog({ items: ['a'], nextCursor: null, total: 1 }), { lines: ['x'], from: 5, total: 6 });
  expect(log.lines).toEqual(['a']);
  expect(hasMoreLog(log)).toBe(true);
});
