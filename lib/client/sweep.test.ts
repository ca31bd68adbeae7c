import { expect, it } from 'vitest';
import { sweep } from './sweep';

const OF = { source: 's', queue: 'q' };

it('goes on from the cursor until it is done, and tells the sum after each step', async () => {
  const answers = [
    { ...OF, removed: 3, done: false, nextCursor: 'a' },
    { ...OF, removed: 0, done: false, nextCursor: 'b' },
    { ...OF, removed: 2, done: true, nextCursor: null },
  ];
  const asked: (string | undefined)[] = [];
  const told: number[] = [];
  const step = async (cursor: string | undefined) => {
    asked.push(cursor);
    const [answer] = answers.splice(0, 1);
    if (!answer) throw new Error('asked too often');
    return answer;
  };
  expect(await sweep(step, (sum) => told.push(sum), new AbortController().signal)).toEqual({ removed: 5, done: true });
  expect(asked).toEqual([undefined, 'a', 'b']);
  expect(told).toEqual([3, 3, 5]);
});

it('ends when it is stopped, and when a step gets nowhere', async () => {
  const stop = new AbortController();
  const more = async () => ({ ...OF, removed: 1, done: false, nextCursor: null });
  expect(await sweep(more, () => stop.abort(), stop.signal)).toEqual({ removed: 1, done: false });
  const stuck = async () => ({ ...OF, removed: 0, done: false, nextCursor: null });
  expect(await sweep(stuck, () => undefined, new AbortController().signal)).toEqual({ removed: 0, done: false });
});
