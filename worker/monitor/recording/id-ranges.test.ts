import { expect, it } from 'vitest';
import { joinRanges, leaveOut } from './id-ranges';

it('joins ranges that meet, whichever came first', () => {
  expect(joinRanges([])).toEqual([]);
  // A gap that began later is often counted first.
  expect(
    joinRanges([
      [300, 900],
      [100, 400],
    ]),
  ).toEqual([[100, 900]]);
  expect(
    joinRanges([
      [50, 60],
      [10, 20],
      [20, 30],
      [12, 15],
    ]),
  ).toEqual([
    [10, 30],
    [50, 60],
  ]);
});

it('leaves out what was counted', () => {
  expect(leaveOut([100, 400], [])).toEqual([[100, 400]]);
  expect(leaveOut([100, 400], [[300, 900]])).toEqual([[100, 300]]);
  expect(leaveOut([100, 400], [[50, 900]])).toEqual([]);
  expect(
    leaveOut(
      [100, 400],
      [
        [0, 110],
        [200, 210],
        [390, 395],
        [500, 600],
      ],
    ),
  ).toEqual([
    [110, 200],
    [210, 390],
    [395, 400],
  ]);
});
