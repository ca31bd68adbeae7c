import { describe, expect, it } from 'vitest';
import {
  axisLabels,
  findLone,
  greatestOf,
  stackLines,
  timeMarks,
  valueMarks,
  X_SPACE,
  Y_SPACE,
} from '@/components/charts/scale';

const line = (values: (number | null)[]) => ({ label: 'a', tone: 'completed' as const, values, format: String });

describe('the marks of an axis', () => {
  it('are round, begin at nothing and keep their distance, whatever the height of the values', () => {
    for (const top of [1, 1.08, 3, 7.5, 32.4, 108, 1_080_000, 0.003]) {
      const marks = valueMarks(top, 154);
      expect(marks[0]).toBe(0);
      expect(marks.length).toBeGreaterThan(1);
      expect(Math.max(...marks)).toBeLessThanOrEqual(top);
      expect(((marks[1] ?? 0) / top) * 154).toBeGreaterThanOrEqual(Y_SPACE - 0.001);
    }
    expect(valueMarks(32.4, 154)).toEqual([0, 10, 20, 30]);
  });

  it('say nothing twice, and nothing but 0 where nothing is drawn', () => {
    const whole = (value: number) => `${Math.floor(value)} ms`;
    expect(axisLabels([0, 0.25, 0.5, 0.75, 1], whole, 1)).toEqual(['0 ms', '', '', '', '1 ms']);
    expect(axisLabels([0, 0.5, 1], String, 0)).toEqual(['0', '', '']);
    expect(greatestOf({ kind: 'bars', lines: [line([1, null]), line([2, 4])], before: [null, 3] })).toBe(4);
  });

  it('are times of day on the hour of the reader, and days by the calendar', () => {
    const day = new Date(2026, 10, 21, 14, 50).getTime() / 1000;
    const hour = timeMarks(day, day + 3_600, 480);
    expect(hour.map((at) => new Date(at * 1000).getMinutes() % 10)).toEqual(hour.map(() => 0));
    expect((((hour[1] ?? 0) - (hour[0] ?? 0)) / 3_600) * 480).toBeGreaterThanOrEqual(X_SPACE);
    for (const at of timeMarks(day, day + 30 * 86_400, 480)) expect(new Date(at * 1000).getHours()).toBe(0);
    expect(timeMarks(day, day + 50 * 365 * 86_400, 100).length).toBeLessThanOrEqual(200);
  });
});

describe('a value that stands alone', () => {
  it('is found at the ends and between gaps', () => {
    expect(findLone([1, null, 2, 3, null, 0])).toEqual([0, 5]);
    expect(findLone([null, null])).toEqual([]);
    expect(findLone([4])).toEqual([0]);
  });
});

describe('bars', () => {
  it('stand on each other, and a value that is not known stands on nothing', () => {
    const lines = [line([1, 2, null]), line([3, null, 5])];
    expect(stackLines({ kind: 'bars', lines })).toEqual([
      [1, 2, null],
      [4, null, 5],
    ]);
    expect(stackLines({ kind: 'lines', lines })).toEqual([
      [1, 2, null],
      [3, null, 5],
    ]);
  });
});
