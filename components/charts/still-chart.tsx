import {
  axisLabels,
  BAR_MAX,
  BAR_SHARE,
  clockLabels,
  findLone,
  greatestOf,
  HEIGHT,
  isKnown,
  RIGHT,
  stackLines,
  TOP,
  timeMarks,
  topOf,
  valueMarks,
  X_AXIS,
  Y_AXIS,
} from '@/components/charts/scale';
import type { TimeChartProps } from '@/components/charts/time-chart';

const PLOT_HEIGHT = HEIGHT - TOP - X_AXIS;

/**
 * A chart as it stands until someone points at it: the same picture as the library's, without the library. `width` in CSS pixels.
 * Hidden from screen readers: the chart around it has the words and the table.
 */
export function StillChart({ chart, width }: { chart: TimeChartProps; width: number }) {
  const { kind, lines, before, fromMs, stepMs, deploys } = chart;
  const steps = lines[0]?.values.length ?? 0;
  const rows = stackLines(chart);
  const most = greatestOf(chart);
  const top = topOf(most);
  const plotWidth = Math.max(1, width - Y_AXIS - RIGHT);
  const [from, to] = [fromMs / 1000, (fromMs + steps * stepMs) / 1000];
  const x = (seconds: number) => round(Y_AXIS + ((seconds - from) / (to - from || 1)) * plotWidth);
  const y = (value: number) => round(TOP + PLOT_HEIGHT * (1 - value / top));
  const step = (i: number) => x(from + (i * stepMs) / 1000);
  const bar = round(Math.min(BAR_MAX, (plotWidth / Math.max(1, steps)) * BAR_SHARE));
  const marks = steps > 0 ? timeMarks(from, to, plotWidth) : [];
  const labels = clockLabels(marks, stepMs);
  const levels = valueMarks(top, PLOT_HEIGHT);
  const levelLabels = axisLabels(levels, lines[0]?.format ?? String, most);
  return (
    <svg className="still" width={width} height={HEIGHT} aria-hidden="true">
      {levels.map((value, i) => (
        <g key={value}>
          <line className="grid" x1={Y_AXIS} x2={width - RIGHT} y1={y(value)} y2={y(value)} />
          <text x={Y_AXIS - 5} y={y(value)} dominantBaseline="central" textAnchor="end">
            {levelLabels[i]}
          </text>
        </g>
      ))}
      {marks.map((at, i) => (
        <text key={at} x={x(at)} y={HEIGHT - X_AXIS + 16} textAnchor="middle">
          {labels[i]}
        </text>
      ))}
      {before && <path className="before" d={drawLine(before, step, y)} />}
      {kind === 'bars'
        ? lines
            .map(({ label, tone }, i) => (
              <path key={label} fill={`var(--${tone})`} d={drawBars(rows[i] ?? [], step, y, bar)} />
            ))
            .reverse()
        : lines.map(({ label, tone }, i) => (
            <g key={label} stroke={`var(--${tone})`}>
              <path className="line" d={drawLine(rows[i] ?? [], step, y)} />
              <path className="alone" d={drawAlone(rows[i] ?? [], step, y)} />
            </g>
          ))}
      {deploys?.map(({ version, at }) => {
        const seconds = Date.parse(at) / 1000;
        if (seconds < from || seconds > to) return null;
        return (
          <g key={`${version}:${at}`}>
            <line className="deploy" x1={x(seconds)} x2={x(seconds)} y1={TOP} y2={TOP + PLOT_HEIGHT} />
            <text className="version" x={x(seconds) + 4} y={TOP + 10}>
              {version.slice(0, 20)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

type Row = readonly (number | null)[];
type Place = (value: number) => number;

/** Each bar from the ground up: the line that stands on it is drawn before it. */
function drawBars(row: Row, step: Place, y: Place, width: number): string {
  const ground = y(0);
  return row.map((value, i) => (value ? `M${step(i)} ${ground}V${y(value)}h${width}V${ground}Z` : '')).join('');
}

function drawLine(row: Row, step: Place, y: Place): string {
  let path = '';
  for (const [i, value] of row.entries())
    if (value !== null) path += `${isKnown(row[i - 1]) ? 'L' : 'M'}${step(i)} ${y(value)}`;
  return path;
}

/** Lines of no length, which their round ends show. */
const drawAlone = (row: Row, step: Place, y: Place): string =>
  findLone(row)
    .map((i) => `M${step(i)} ${y(row[i] ?? 0)}h0`)
    .join('');

const round = (value: number) => Math.round(value * 10) / 10;
