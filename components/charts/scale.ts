import type { TimeChartProps } from '@/components/charts/time-chart';

/** CSS pixels: of the whole chart, of its axes and of the room around it. Both drawings of a chart keep to them. */
export const HEIGHT = 190;
export const Y_AXIS = 52;
export const X_AXIS = 28;
export const TOP = 8;
export const RIGHT = 16;

/** A bar's share of its bucket, and its widest in pixels. */
export const BAR_SHARE = 0.72;
export const BAR_MAX = 24;

/** The least pixels between two marks of an axis. */
export const X_SPACE = 70;
export const Y_SPACE = 36;

/** What the vertical axis reaches up to, for the greatest value shown. */
export const topOf = (most: number): number => (most > 0 ? most * 1.08 : 1);

/** The values as they are drawn: of bars each line stands on those before it; null where a line knows nothing. */
export function stackLines({ kind, lines }: Pick<TimeChartProps, 'kind' | 'lines'>): (number | null)[][] {
  const rows = lines.map(({ values }) => [...values]);
  if (kind === 'lines') return rows;
  const below = new Array<number>(rows[0]?.length ?? 0).fill(0);
  return rows.map((row) =>
    row.map((value, step) => {
      if (value === null || value === undefined) return null;
      below[step] = (below[step] ?? 0) + value;
      return below[step] ?? null;
    }),
  );
}

/** The greatest value that is drawn; 0 where none is. */
export const greatestOf = (chart: Pick<TimeChartProps, 'kind' | 'lines' | 'before'>): number =>
  [...stackLines(chart), chart.before ?? []].reduce(
    (most, row) => row.reduce<number>((max, value) => Math.max(max, value ?? 0), most),
    0,
  );

export const isKnown = (value: number | null | undefined): value is number => value !== null && value !== undefined;

/** Places of values with nothing known on either side: a line of one point would not be seen. */
export const findLone = (row: readonly (number | null | undefined)[]): number[] =>
  [...row.keys()].filter((i) => isKnown(row[i]) && !isKnown(row[i - 1]) && !isKnown(row[i + 1]));

/** The time of day; of what spans days, the day. In the reader's zone. `at` in epoch seconds. */
export function clockLabels(at: readonly number[], stepMs: number): string[] {
  const isDays = stepMs >= 3_600_000 * 6 || (at.at(-1) ?? 0) - (at[0] ?? 0) > 2 * 86_400;
  const format = new Intl.DateTimeFormat(
    'en-GB',
    isDays ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' },
  );
  return at.map((seconds) => format.format(new Date(seconds * 1000)));
}

/** Round values from 0 to `top` that stand at least Y_SPACE apart on `height` pixels. */
export function valueMarks(top: number, height: number): number[] {
  const least = (top * Y_SPACE) / height;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 2.5, 5, 10].map((part) => part * power).find((one) => one >= least) ?? 10 * power;
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** What stands beside the marks: nothing where rounding would say the same as below, and nothing but 0 where nothing is drawn. */
export function axisLabels(marks: readonly number[], format: (value: number) => string, most: number): string[] {
  const texts = marks.map(format);
  return texts.map((text, i) => (i > 0 && (most === 0 || text === texts[i - 1]) ? '' : text));
}

const MINUTE = 60;
const DAY = 86_400;
const TIME_STEPS = [1, 5, 10, 15, 30, 60, 120, 180, 240, 360, 480, 720].map((minutes) => minutes * MINUTE);

/** Round times of the reader's zone, in epoch seconds, that stand at least X_SPACE apart on `width` pixels. */
export function timeMarks(from: number, to: number, width: number): number[] {
  const least = ((to - from) * X_SPACE) / width;
  const midnight = new Date(from * 1000);
  midnight.setHours(0, 0, 0, 0);
  const days = Math.max(1, Math.ceil(least / DAY));
  const step = TIME_STEPS.find((one) => one >= least);
  const marks: number[] = [];
  for (let i = 0; marks.length < 200; i += 1) {
    // By the calendar where the step is days: one of them may have 23 hours.
    const at =
      step === undefined
        ? new Date(midnight.getFullYear(), midnight.getMonth(), midnight.getDate() + i * days).getTime() / 1000
        : midnight.getTime() / 1000 + i * step;
    if (at > to) break;
    if (at >= from) marks.push(at);
  }
  return marks;
}
