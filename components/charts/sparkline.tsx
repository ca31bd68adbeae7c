import { memo } from 'react';

export type Tone = 'completed' | 'failed' | 'waiting' | 'active' | 'delayed' | 'ink';

interface SparklineProps {
  /** Null = not known: a gap. */
  values: readonly (number | null)[];
  tone: Tone;
  width: number;
  height: number;
  /** What it shows, for those who do not see it; null where the figure beside it says as much. */
  label: string | null;
  /** As wide as there is room for. */
  fluid?: boolean;
}

/** A small line with its area, from 0 to its greatest value; the newest value is on the right. */
export const Sparkline = memo(function Sparkline({
  values,
  tone,
  width,
  height,
  label,
  fluid = false,
}: SparklineProps) {
  const most = values.reduce<number>((max, value) => Math.max(max, value ?? 0), 0);
  const known = values.filter((value) => value !== null).length;
  const { line, area, alone } = draw(values, most, width, height);
  return (
    <svg
      role={label === null ? 'presentation' : 'img'}
      aria-label={label !== null && known === 0 ? `${label}: nothing known` : (label ?? undefined)}
      aria-hidden={label === null || undefined}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      width={fluid ? '100%' : width}
      height={height}
      className="spark"
      style={{ color: tone === 'ink' ? 'var(--ink-3)' : `var(--${tone})` }}
    >
      <path d={area} fill="currentColor" opacity={0.12} />
      <path d={line} fill="none" stroke="currentColor" strokeWidth={1.4} vectorEffect="non-scaling-stroke" />
      {alone && (
        <path d={alone} stroke="currentColor" strokeWidth={3} strokeLinecap="round" vectorEffect="non-scaling-stroke" />
      )}
    </svg>
  );
});

function draw(values: readonly (number | null)[], most: number, width: number, height: number) {
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const y = (value: number) => (most === 0 ? height - 1 : height - 1 - (value / most) * (height - 3));
  let line = '';
  let area = '';
  let alone = '';
  let start: number | null = null;
  for (const [i, value] of [...values, null].entries()) {
    const x = round(i * step);
    if (value === null || value === undefined) {
      // A line of one point would not be seen; one of no length is, by its round ends.
      if (start !== null && start === i - 1) alone += `M${round((i - 1) * step)} ${round(y(values[i - 1] ?? 0))}h0`;
      if (start !== null) area += `L${round((i - 1) * step)} ${height}Z`;
      start = null;
      continue;
    }
    const at = `${x} ${round(y(value))}`;
    line += start === null ? `M${at}` : `L${at}`;
    area += start === null ? `M${x} ${height}L${at}` : `L${at}`;
    start ??= i;
  }
  return { line, area, alone };
}

const round = (value: number) => Math.round(value * 10) / 10;
