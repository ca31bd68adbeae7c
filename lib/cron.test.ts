import { expect, it } from 'vitest';
import { describeSchedule, earlierRuns, findFault, nextRuns, type Schedule } from './cron';

const cron = (pattern: string, tz: string | null = 'UTC'): Schedule => ({
  pattern,
  everyMs: null,
  tz,
  startMs: null,
  endMs: null,
});
const FROM = Date.parse('2026-03-28T12:00:00.000Z');
const isoOf = (runs: number[]) => runs.map((at) => new Date(at).toISOString());

it('keeps the wall clock over a change to summer time', () => {
  const { runs, ends } = nextRuns(cron('0 9 * * *', 'Europe/Berlin'), { fromMs: FROM, count: 2 });
  expect(isoOf(runs)).toEqual(['2026-03-29T07:00:00.000Z', '2026-03-30T07:00:00.000Z']);
  expect(ends).toBe(false);
});

it('goes on from an interval’s planned run, and ends with its end', () => {
  const every: Schedule = { ...cron(''), pattern: null, tz: null, everyMs: 60_000, endMs: FROM + 150_000 };
  expect(nextRuns(every, { fromMs: FROM, count: 10, anchorMs: FROM + 30_000 })).toEqual({
    runs: [FROM + 30_000, FROM + 90_000, FROM + 150_000],
    ends: true,
  });
});

it('names the field that is wrong, and where it stands', () => {
  expect(findFault(cron('0 25 * * *'))).toMatchObject({ path: 'pattern', field: 'hour', start: 2, end: 4 });
  expect(findFault(cron('0 0 1-5,x * *'))).toMatchObject({ field: 'day of month', start: 4, end: 9 });
  expect(findFault(cron('* * * * * MOO'))).toMatchObject({ field: 'day of week', start: 10, end: 13 });
  expect(findFault(cron('* * *'))).toMatchObject({ field: null, message: expect.stringContaining('3 fields') });
  expect(findFault(cron('0 0 30 2 *'))).toMatchObject({ path: 'pattern', field: null });
  expect(findFault(cron('0 0 31 4,6 *'))).toMatchObject({ message: expect.stringContaining('never') });
  expect(findFault(cron('* * * * *', 'Mars/Base'))).toMatchObject({ path: 'tz' });
  for (const fine of ['*/5 * * * *', '0 0 L * *', '@daily', '0 30 4 * * MON-FRI', '0 0 29 2 *', '0 0 ? * 5#3'])
    expect(findFault(cron(fine)), fine).toBeNull();
});

it('is bounded in time for the dearest patterns', () => {
  for (const dear of ['0 0 29 2 *', '0 0 31 4,6 *', '0 30 2 29 2 1#5', `${'1-59/2,'.repeat(30)}7 * * * *`]) {
    const from = performance.now();
    findFault(cron(dear));
    nextRuns(cron(dear), { fromMs: FROM, count: 10 });
    expect(performance.now() - from, dear).toBeLessThan(1_500);
  }
});

it('knows without a search that no such day exists', () => {
  const never = ['0 0 31 2,4,6,9,11 *', '0 0 30,31 2 *', '0 0 31 4,6 ?'];
  const from = performance.now();
  for (const pattern of never) {
    expect(findFault(cron(pattern)), pattern).not.toBeNull();
    expect(nextRuns(cron(pattern), { fromMs: FROM, count: 20 })).toEqual({ runs: [], ends: true });
    expect(earlierRuns(cron(pattern), FROM, 2)).toEqual([]);
  }
  // Each of the three searches took a second.
  expect(performance.now() - from).toBeLessThan(1_000);
  for (const rare of ['0 0 29 2 *', '0 0 31 2,4,5 *', '0 0 L 2 *', '0 0 31 2,4 1'])
    expect(nextRuns(cron(rare), { fromMs: FROM, count: 1 }).runs, rare).toHaveLength(1);
});

it('knows the runs before', () => {
  expect(isoOf(earlierRuns(cron('0 0 * * *'), FROM, 2))).toEqual([
    '2026-03-28T00:00:00.000Z',
    '2026-03-27T00:00:00.000Z',
  ]);
});

it('finds words', async () => {
  expect(await describeSchedule(cron('30 4 * * 1-5'))).toBe('At 04:30, Monday through Friday');
  expect(await describeSchedule({ pattern: null, everyMs: 90_000 })).toBe('Every 90 seconds');
  expect(await describeSchedule({ pattern: null, everyMs: 3_600_000 })).toBe('Every hour');
});
