import {
  COUNT_METRICS,
  type CountMetric,
  GAUGE_METRICS,
  type GaugeMetric,
  type Metric,
} from '@/lib/contracts/metric-names';
import { readDeploys } from '@/lib/deploys/read';
import { sourcesOf } from '@/lib/jobs/search/search';
import { readGaps, readKnownSince } from '@/lib/metrics/known';
import { countSteps, readPeriod } from '@/lib/metrics/period';
import { findScopes } from '@/lib/metrics/scopes';
import { SharedReads } from '@/lib/metrics/shared';
import {
  type Figures,
  type Gauges,
  mergeFigures,
  noFigures,
  readFigures,
  readGauges,
} from '@/lib/store/figures/read-figures';
import { inTurn } from '@/lib/turns';
import { query } from '@/lib/verbs';

const shared = new SharedReads(2_000);

export const readSeries = query('metric.series', async (ask, input) => {
  const { metric: metrics, source, queue, name } = input;
  const period = readPeriod(input.from, input.to, input.step);
  const key = JSON.stringify([
    metrics,
    source,
    queue,
    name,
    period.fromMs,
    Math.floor(period.toMs / 2_000),
    period.stepMs,
  ]);
  return shared.read(key, ask.signal, (signal) =>
    inTurn({ ...ask, signal }, 'figures', async (reader) => {
      const scopes = await findScopes(ask, reader, { source, queue, name });
      const ids = scopes.map(({ id }) => id);
      const sources = sourcesOf(ask, source);
      const withTimes = metrics.some((one) => /P\d\d$/.test(one));
      const [figures, gauges, knownSince, gaps, deploys] = await Promise.all([
        readFigures(reader, ids, period, withTimes),
        metrics.some(isGauge) ? readGauges(reader, ids, period) : new Map<number, Map<number, Gauges>>(),
        readKnownSince(reader, ids),
        readGaps(reader, sources, queue ?? null, period.fromMs, period.toMs),
        readDeploys(reader, source ?? null, period.fromMs, period.toMs),
      ]);
      const steps = Array.from({ length: countSteps(period) }, (_, step) => step);
      const merged = steps.map((step) => mergeStep([...figures.values()].flatMap((one) => one.get(step) ?? [])));
      const sampled = steps.map((step) => [...gauges.values()].flatMap((one) => one.get(step) ?? []));
      const isKnown = (step: number) => knownSince !== null && period.fromMs + (step + 1) * period.stepMs > knownSince;
      return {
        source: source ?? null,
        queue: queue ?? null,
        name: name ?? null,
        from: new Date(period.fromMs).toISOString(),
        to: new Date(period.toMs).toISOString(),
        stepMs: period.stepMs,
        series: metrics.map((metric) => ({
          metric,
          values: steps.map((step) =>
            isGauge(metric)
              ? addGauges(sampled[step] ?? [], metric)
              : isKnown(step)
                ? metricValue(merged[step] ?? null, metric)
                : null,
          ),
        })),
        knownSince: knownSince === null ? null : new Date(knownSince).toISOString(),
        gaps,
        deploys,
      };
    }),
  );
});

const isGauge = (metric: Metric): metric is GaugeMetric => (GAUGE_METRICS as readonly string[]).includes(metric);
const isCount = (metric: Metric): metric is CountMetric => (COUNT_METRICS as readonly string[]).includes(metric);

function mergeStep(all: Figures[]): Figures | null {
  const [first] = all;
  if (!first || all.length === 1) return first ?? null;
  const merged = noFigures();
  for (const one of all) mergeFigures(merged, one);
  return merged;
}

/** A count of a step without figures is 0; a percentile is not known. */
export function metricValue(figures: Figures | null, metric: Metric): number | null {
  if (isCount(metric)) return figures?.counts[metric] ?? 0;
  const match = /^(wait|run)P(\d\d)$/.exec(metric);
  const sketch = match && figures?.[match[1] as 'wait' | 'run'];
  return sketch ? round(sketch.quantile(Number(match[2]) / 100)) : null;
}

const round = (value: number | null) => (value === null ? null : Math.round(value * 10) / 10);

/** Of several sources the sum; of the oldest wait the greatest. */
export function addGauges(all: readonly Gauges[], metric: GaugeMetric): number | null {
  const known = all.flatMap((one) => one[metric] ?? []);
  if (known.length === 0) return null;
  return metric === 'oldestWait'
    ? known.reduce((a, b) => Math.max(a, b))
    : Math.round(known.reduce((a, b) => a + b, 0) * 100) / 100;
}
