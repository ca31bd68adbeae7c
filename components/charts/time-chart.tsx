'use client';

import { useEffect, useId, useRef, useState } from 'react';
import type { Tone } from '@/components/charts/sparkline';
import { StillChart } from '@/components/charts/still-chart';
import type { Drawn } from '@/components/charts/uplot-chart';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { formatDayClock } from '@/lib/format';

export interface ChartLine {
  label: string;
  tone: Tone;
  /** One for each bucket; null = not known. */
  values: readonly (number | null)[];
  format: (value: number) => string;
}

export interface TimeChartProps {
  title: string;
  /** Bars stand on each other in the order of the lines. */
  kind: 'bars' | 'lines';
  fromMs: number;
  stepMs: number;
  lines: readonly ChartLine[];
  deploys?: readonly { version: string; at: string }[];
  /** The period before, of the first line, drawn behind. */
  before?: readonly (number | null)[] | undefined;
  /** A stretch was chosen with the pointer. */
  onRange?: (fromMs: number, toMs: number) => void;
}

/** A chart over time: hover or arrow keys read its values, dragging chooses a stretch, and its numbers stand in a table too. */
export function TimeChart(props: TimeChartProps) {
  const { title, lines, fromMs, stepMs } = props;
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const [table, setTable] = useState(false);
  const id = useId();
  const latest = useRef(props);
  latest.current = props;
  const [width, setWidth] = useState(0);
  const [wanted, setWanted] = useState(false);
  const [live, setLive] = useState(false);
  useEffect(() => {
    const resize = new ResizeObserver(() => setWidth(box.current?.clientWidth ?? 0));
    if (box.current) resize.observe(box.current);
    return () => resize.disconnect();
  }, []);
  // The library comes when someone turns to the chart; until then the same picture stands there without it.
  useEffect(() => {
    if (!wanted) return;
    let gone = false;
    void import('@/components/charts/uplot-chart').then(({ drawChart }) => {
      if (gone || !box.current) return;
      setLive(true);
      drawn.current = drawChart(box.current, latest.current, setAt, () => latest.current);
    });
    return () => {
      gone = true;
      drawn.current?.destroy();
      drawn.current = null;
      setLive(false);
    };
  }, [wanted]);
  useEffect(() => drawn.current?.update(props));
  const steps = lines[0]?.values.length ?? 0;
  const read = (step: number) =>
    `${formatDayClock(new Date(fromMs + step * stepMs), new Date(), false)}: ${lines
      .map(({ label, values, format }) => `${label} ${valueText(values[step], format)}`)
      .join(', ')}`;
  const move = (by: number) => {
    const step = Math.min(steps - 1, Math.max(0, (at ?? steps) + by));
    if (drawn.current) drawn.current.moveTo(step);
    else setAt(step);
  };
  return (
    <section className="card" aria-labelledby={`${id}-title`}>
      <header className="flex-wrap">
        <h2 id={`${id}-title`}>{title}</h2>
        <div className="r legend">
          {lines.map(({ label, tone, values, format }) => (
            <span key={label} className={`state ${tone}`}>
              <span className="dot" />
              {label}
              {at !== null && <b className="tnum font-[550] text-ink">{valueText(values[at], format)}</b>}
            </span>
          ))}
          {props.before && (
            <span className="faint">
              <span className="before-mark" aria-hidden /> {lines[0]?.label} before
              {at !== null && (
                <b className="tnum font-[550] text-ink"> {valueText(props.before[at], lines[0]?.format ?? String)}</b>
              )}
            </span>
          )}
          <Button small look="ghost" onClick={() => setTable(true)}>
            Table
          </Button>
        </div>
      </header>
      <div
        className="chart"
        role="img"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys read its values
        tabIndex={0}
        aria-label={`${title}. Arrow keys read its values; the table has them all.`}
        onPointerEnter={() => setWanted(true)}
        onFocus={() => setWanted(true)}
        onKeyDown={(event) => {
          const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
          if (by === undefined) return;
          event.preventDefault();
          move(by);
        }}
      >
        <div ref={box} className="chart-box">
          {!live && width > 0 && <StillChart chart={props} width={width} />}
        </div>
        {at !== null && <HoveredTime at={fromMs + at * stepMs} />}
      </div>
      <p className="sr-only" aria-live="polite">
        {at === null ? '' : read(at)}
      </p>
      {table && (
        <Dialog title={title} onClose={() => setTable(false)}>
          <NumbersTable {...props} />
        </Dialog>
      )}
    </section>
  );
}

/** The bucket's own time here, and in UTC where that is another. */
function HoveredTime({ at }: { at: number }) {
  const time = new Date(at);
  const [here, utc] = [false, true].map((inUtc) => formatDayClock(time, new Date(), inUtc));
  return (
    <time className="hovered tnum" dateTime={time.toISOString()} title={time.toISOString()}>
      {here}
      {utc !== here && ` (${utc} UTC)`}
    </time>
  );
}

function NumbersTable({ fromMs, stepMs, lines }: TimeChartProps) {
  const now = new Date();
  const steps = [...(lines[0]?.values ?? [])].map((_, step) => step).reverse();
  return (
    <div className="max-h-[60vh] overflow-auto">
      <table className="grid-table">
        <thead>
          <tr>
            <th>From</th>
            {lines.map(({ label }) => (
              <th key={label} className="num">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <tr key={step}>
              <td title={new Date(fromMs + step * stepMs).toISOString()}>
                {formatDayClock(new Date(fromMs + step * stepMs), now, false)}
              </td>
              {lines.map(({ label, values, format }) => (
                <td key={label} className="num">
                  {valueText(values[step], format)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const valueText = (value: number | null | undefined, format: (value: number) => string) =>
  value === null || value === undefined ? '—' : format(value);
