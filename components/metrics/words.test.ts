import { expect, it } from 'vitest';
import { whyNotCompared } from '@/components/metrics/words';
import type { Totals } from '@/lib/contracts/metrics';

it('judges no period by one in which too few ended', () => {
  const of = (completed: number, failed: number) => ({ completed, failed }) as Totals;
  expect(whyNotCompared(of(100, 0), of(15, 5))).toBeNull();
  expect(whyNotCompared(of(100, 0), of(2, 1))).toBe('only 3 jobs before');
  expect(whyNotCompared(of(1, 0), of(100, 0))).toBe('only 1 job so far');
  expect(whyNotCompared(of(9, 0), of(0, 0))).toBe('nothing before');
  expect(whyNotCompared(undefined, of(0, 0))).toBeNull();
});
