import { expect, it } from 'vitest';
import type { BinEntry } from '@/lib/contracts/operations';
import { groupBin } from './group-bin';

const load = (id: string, operation: string | null, jobs: number, ids: string[]): BinEntry => ({
  id,
  source: 'default',
  queue: 'q',
  operation,
  why: 'removed',
  jobs,
  ids,
  sizeBytes: 10 * jobs,
  at: '2026-11-22T14:00:00.000Z',
  expiresAt: `2026-11-23T14:00:0${id}.000Z`,
});

it('loads of one operation are one, others stay by themselves', () => {
  const groups = groupBin([
    load('4', 'a', 2, ['1', '2']),
    load('3', null, 1, ['9']),
    load('2', 'a', 3, ['3']),
    load('1', null, 1, ['8']),
  ]);
  expect(groups.map(({ operation, entries, jobs, ids }) => [operation, entries, jobs, ids])).toEqual([
    ['a', ['4', '2'], 5, ['1', '2', '3']],
    [null, ['3'], 1, ['9']],
    [null, ['1'], 1, ['8']],
  ]);
  expect(groups[0]).toMatchObject({ sizeBytes: 50, expiresAt: '2026-11-23T14:00:02.000Z' });
});
