import { expect, it } from 'vitest';
import { splitLogLine, windowLines } from '@/components/jobs/log/log-window';

it('draws what is in view, and a little around', () => {
  expect(windowLines(10_000, 0, 400)).toEqual({ from: 0, to: 40 });
  expect(windowLines(10_000, 100_000, 400)).toEqual({ from: 4980, to: 5040 });
  expect(windowLines(5, 0, 400)).toEqual({ from: 0, to: 5 });
  expect(windowLines(0, 0, 400)).toEqual({ from: 0, to: 0 });
});

it('takes the time off a line that has one', () => {
  expect(splitLogLine('2026-11-22T13:44:14.201Z opening cursor')).toEqual({
    at: '2026-11-22T13:44:14.201Z',
    text: 'opening cursor',
  });
  expect(splitLogLine('plain: 2026')).toEqual({ at: null, text: 'plain: 2026' });
});
