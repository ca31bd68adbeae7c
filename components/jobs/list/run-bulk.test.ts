import { expect, it } from 'vitest';
import { groupOutcomes, runBulk } from '@/components/jobs/list/run-bulk';

const pause = () => new Promise((resolve) => setTimeout(resolve, 2));

it('runs at most six at once, and every one', async () => {
  const ids = Array.from({ length: 40 }, (_, at) => `${at}`);
  let running = 0;
  let most = 0;
  const seen: number[] = [];
  const outcomes = await runBulk(
    ids,
    async (id) => {
      running += 1;
      most = Math.max(most, running);
      await pause();
      running -= 1;
      if (id === '7') throw new Error('A worker holds the job');
      return 'Removed';
    },
    (sofar) => seen.push(sofar.length),
  );
  expect(most).toBe(6);
  expect(outcomes).toHaveLength(40);
  expect(seen.at(-1)).toBe(40);
  expect(groupOutcomes(outcomes).map(({ ok, text, ids }) => [ok, text, ids.length])).toEqual([
    [false, 'A worker holds the job', 1],
    [true, 'Removed', 39],
  ]);
});

it('begins nothing more once stopped', async () => {
  const stop = new AbortController();
  const outcomes = await runBulk(
    Array.from({ length: 30 }, (_, at) => `${at}`),
    async () => {
      await pause();
      stop.abort();
      return 'Removed';
    },
    () => undefined,
    stop.signal,
  );
  expect(outcomes).toHaveLength(6);
});
