import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import {
  axisLabels,
  BAR_MAX,
  BAR_SHARE,
  clockLabels,
  findLone,
  greatestOf,
  HEIGHT,
  RIGHT,
  stackLines,
  TOP,
  topOf,
  X_AXIS,
  X_SPACE,
  Y_AXIS,
  Y_SPACE,
} from '@/components/charts/scale';
import type { TimeChartProps } from '@/components/charts/time-chart';

export interface Drawn {
  update(props: TimeChartProps): void;
  /** Puts the cursor on a bucket. */
  moveTo(step: number): void;
  destroy(): void;
}

/** Draws into the box, as wide as it is; again when the theme, the width or the number of lines changes. */
export function drawChart(
  box: HTMLElement,
  first: TimeChartProps,
  onHover: (step: number | null) => void,
  latest: () => TimeChartProps,
): Drawn {
  let props = first;
  let plot = make();
  function make(): uPlot {
    return new uPlot(optionsFor(box, props, onHover, latest), dataOf(props), box);
  }
  const redraw = () => {
    plot.destroy();
    plot = make();
  };
  const resize = new ResizeObserver(() => {
    if (box.clientWidth > 0 && box.clientWidth !== plot.width) plot.setSize({ width: box.clientWidth, height: HEIGHT });
  });
  resize.observe(box);
  const theme = new MutationObserver(redraw);
  theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class', 'style'] });
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', redraw);
  return {
    update(next) {
      const isSame = next.lines.length === props.lines.length && Boolean(next.before) === Boolean(props.before);
      props = next;
      if (isSame) plot.setData(dataOf(props));
      else redraw();
    },
    moveTo(step) {
      const x = plot.data[0][step];
      if (x !== undefined) plot.setCursor({ left: plot.valToPos(x, 'x'), top: HEIGHT / 3 });
    },
    destroy() {
      resize.disconnect();
      theme.disconnect();
      dark.removeEventListener('change', redraw);
      plot.destroy();
    },
  };
}

/** Of bars the last line is drawn first, so that all are seen. */
function dataOf(props: TimeChartProps): uPlot.AlignedData {
  const { kind, fromMs, stepMs, lines, before } = props;
  const steps = lines[0]?.values.length ?? 0;
  const x = Array.from({ length: steps }, (_, step) => (fromMs + step * stepMs) / 1000);
  const rows = stackLines(props);
  const behind = before ? [Array.from({ length: steps }, (_, step) => before[step] ?? null)] : [];
  return [x, ...behind, ...(kind === 'bars' ? rows.reverse() : rows)] as uPlot.AlignedData;
}

function optionsFor(
  box: HTMLElement,
  { kind, lines, before, stepMs }: TimeChartProps,
  onHover: (step: number | null) => void,
  latest: () => TimeChartProps,
): uPlot.Options {
  const style = getComputedStyle(box);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim() || '#888';
  const format = lines[0]?.format ?? String;
  const shown = kind === 'bars' ? [...lines].reverse() : lines;
  const bars = uPlot.paths.bars?.({ size: [BAR_SHARE, BAR_MAX], align: 1 });
  const axis = {
    stroke: color('ink-3'),
    font: `11px ${style.fontFamily}`,
    grid: { stroke: color('line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: Math.max(200, box.clientWidth),
    height: HEIGHT,
    padding: [TOP, RIGHT, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { size: 6 } },
    // The last bucket has its own width too.
    scales: {
      x: { time: true, range: (_u, min, max) => [min, max + stepMs / 1000] },
      y: { range: (_u, _min, max) => [0, topOf(max)] },
    },
    axes: [
      {
        ...axis,
        size: X_AXIS,
        grid: { show: false },
        space: X_SPACE,
        values: (_u, splits) => clockLabels(splits, stepMs),
      },
      {
        ...axis,
        size: Y_AXIS,
        space: Y_SPACE,
        values: (_u, splits) => axisLabels(splits, format, greatestOf(latest())),
      },
    ],
    series: [
      {},
      ...(before ? [{ stroke: color('ink-3'), width: 1, dash: [3, 3], points: { show: false } }] : []),
      ...shown.map(({ tone }) =>
        kind === 'bars'
          ? {
              fill: color(tone),
              stroke: 'transparent',
              width: 0,
              points: { show: false },
              ...(bars ? { paths: bars } : {}),
            }
          : {
              stroke: color(tone),
              width: 1.6,
              points: {
                show: true,
                size: 4,
                fill: color(tone),
                filter: (u: uPlot, series: number) => findLone([...(u.data[series] ?? [])]),
              },
            },
      ),
    ],
    hooks: {
      setCursor: [(u) => onHover(u.cursor.idx ?? null)],
      setSelect: [
        (u) => {
          if (u.select.width < 4) return;
          const [from, to] = [u.select.left, u.select.left + u.select.width].map((px) => u.posToVal(px, 'x') * 1000);
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          if (from !== undefined && to !== undefined) latest().onRange?.(from, to);
        },
      ],
      draw: [(u) => drawDeploys(u, latest(), color('ink-2'), axis.font)],
    },
  };
}

/** A dashed line with the version, where it was deployed. */
function drawDeploys(u: uPlot, { deploys }: TimeChartProps, ink: string, font: string): void {
  const { ctx, bbox } = u;
  const [min, max] = [u.scales.x?.min ?? 0, u.scales.x?.max ?? 0];
  ctx.save();
  ctx.strokeStyle = ink;
  ctx.fillStyle = ink;
  ctx.font = font.replace(/^\d+px/, `${Math.round(10 * devicePixelRatio)}px`);
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const { version, at } of deploys ?? []) {
    const seconds = Date.parse(at) / 1000;
    if (seconds < min || seconds > max) continue;
    const x = u.valToPos(seconds, 'x', true);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText(version.slice(0, 20), x + 4 * devicePixelRatio, bbox.top + 10 * devicePixelRatio);
  }
  ctx.restore();
}
