import { expect, it, vi } from 'vitest';
import { SharedReads } from './shared-reads';

it('reads once for all that ask within its time, and anew after it, or after a failure', async () => {
  const clock = vi.spyOn(Date, 'now').mockReturnValue(1_000);
  const reads = new SharedReads<number>(100, 2);
  let asked = 0;
  const read = async () => ++asked;
  expect(await Promise.all([reads.get('a', read), reads.get('a', read), reads.get('b', read)])).toEqual([1, 1, 2]);
  clock.mockReturnValue(1_099);
  expect(await reads.get('a', read)).toBe(1);
  clock.mockReturnValue(1_100);
  expect(await reads.get('a', read)).toBe(3);
  const failing = async () => {
    throw new Error('away');
  };
  await expect(reads.get('c', failing)).rejects.toThrow('away');
  expect(await reads.get('c', read)).toBe(4);
  reads.drop('c');
  expect(await reads.get('c', read)).toBe(5);
  clock.mockRestore();
});
