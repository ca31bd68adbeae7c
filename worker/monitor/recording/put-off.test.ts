import { expect, it } from 'vitest';
import type { QueueTask } from './findings';
import { PutOff } from './put-off';

const task = (queue: string, why: QueueTask['why'] = 'first', depth: QueueTask['depth'] = 'whole'): QueueTask => ({
  ...{ queue, why, depth },
  ...{ fromMs: null, gap: null, settled: 0 },
});

it('tries again after five seconds, and the tenth failure in a row is the last', () => {
  const putOff = new PutOff();
  const one = task('one');
  for (let failures = 1; failures < 10; failures += 1) {
    expect(putOff.add(one)).toBe(true);
    expect(putOff.takeDue(Date.now())).toEqual([]);
    expect(putOff.takeDue(Date.now() + 5_000)).toEqual([one]);
    expect(putOff.size).toBe(0);
  }
  expect(putOff.add(one)).toBe(false);
  expect(putOff.tasks).toEqual([]);
  expect(putOff.add(one)).toBe(true);
});

it('counts failures anew after a success', () => {
  const putOff = new PutOff();
  const one = task('one');
  for (let failures = 1; failures < 10; failures += 1) putOff.add(one);
  putOff.noteSuccess(one);
  expect(putOff.add(one)).toBe(true);
});

it('drops queues that there are no more, but for those that are looked for because they are gone', () => {
  const putOff = new PutOff();
  const [here, away, gone] = [task('here'), task('away', 'routine', 'ended'), task('gone', 'routine')];
  for (const one of [here, away, gone]) putOff.add(one);
  putOff.keep(new Set(['here']));
  expect(putOff.tasks).toEqual([here, gone]);
});
