import { expect, it } from 'vitest';
import { firstPhase, nextPhase, stepEnds } from './phases';

it('goes 10, then 10 %, then all, and skips steps that have no jobs', () => {
  expect(stepEnds(1_000)).toEqual([10, 110, 1_000]);
  expect(stepEnds(7)).toEqual([7, 7, 7]);
  expect(nextPhase(7, firstPhase(7))).toBeNull();
  const second = nextPhase(1_000, firstPhase(1_000));
  expect(second).toMatchObject({ step: 2, from: 10, to: 110 });
  const third = second && nextPhase(1_000, second);
  expect(third).toMatchObject({ step: 3, from: 110, to: 1_000 });
  expect(third && nextPhase(1_000, third)).toBeNull();
});
