import type { Totals } from '@/lib/contracts/metrics';
import { type Figures, mergeFigures, noFigures } from '@/lib/store/figures/read-figures';
import type { Sketch } from '@/lib/store/figures/sketch';

export function sumFigures(all: Iterable<Figures>): Figures {
  const merged = noFigures();
  for (const one of all) mergeFigures(merged, one);
  return merged;
}

/** `minutes`: of the period, as far as it was recorded; 0 = not at all. */
export function toTotals({ counts, wait, run }: Figures, minutes: number): Totals {
  const finished = counts.completed + counts.failed;
  return {
    ...counts,
    failureRate: finished === 0 ? null : counts.failed / finished,
    finishedPerMinute: minutes <= 0 ? null : finished / minutes,
    wait: toPercentiles(wait),
    run: toPercentiles(run),
  };
}

export function toPercentiles(sketch: Sketch | null): Totals['wait'] {
  if (!sketch || sketch.count === 0) return null;
  const at = (q: number) => Math.round((sketch.quantile(q) ?? 0) * 10) / 10;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
