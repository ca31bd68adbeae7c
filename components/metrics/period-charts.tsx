'use client';

import { TimeChart } from '@/components/charts/time-chart';
import { useParams } from '@/components/ui/use-param';
import { type MetricsOf, useSeries } from '@/lib/client/metrics';
import { type Range, readRange } from '@/lib/client/range';
import type { Metric } from '@/lib/contracts/metric-names';
import type { Series } from '@/lib/contracts/metrics';
import { formatCount, formatDuration } from '@/lib/format';

const METRICS: Metric[] = ['completed', 'failed', 'waitP95', 'runP95'];

/** How much ended, and how long it took, over the period in the address. */
export function PeriodCharts({ of }: { of: MetricsOf }) {
  const { params, follow, hrefWith } = useParams();
  const range = readRange(params);
  const isCompared = params.get('compare') === 'before';
  const { data } = useSeries(of, METRICS, range);
  const earlier = useSeries(
    of,
    METRICS,
    isCompared && data ? rangeBefore(data) : range,
    isCompared && data !== undefined,
  ).data;
  const onRange = (fromMs: number, toMs: number) => {
    if (toMs - fromMs < 60_000) return;
    follow(hrefWith({ from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() }));
  };
  const steps = data ? { fromMs: Date.parse(data.from), stepMs: data.stepMs } : { fromMs: 0, stepMs: 60_000 };
  const deploys = data?.deploys ?? [];
  const minutes = steps.stepMs / 60_000;
  const perMinute = (value: number) => {
    const rate = value / minutes;
    const parts = rate < 1 ? 100 : 10;
    return formatCount(Math.round(rate * parts) / parts);
  };
  return (
    <div className="two">
      <TimeChart
        title="Jobs finished per minute"
        kind="bars"
        {...steps}
        deploys={deploys}
        onRange={onRange}
        before={isCompared ? beforeOf(data, earlier, 'completed') : undefined}
        lines={[
          { label: 'Completed', tone: 'completed', values: valuesOf(data, 'completed'), format: perMinute },
          { label: 'Failed', tone: 'failed', values: valuesOf(data, 'failed'), format: perMinute },
        ]}
      />
      <TimeChart
        title="Time to finish"
        kind="lines"
        {...steps}
        deploys={deploys}
        onRange={onRange}
        before={isCompared ? beforeOf(data, earlier, 'waitP95') : undefined}
        lines={[
          { label: 'Wait p95', tone: 'waiting', values: valuesOf(data, 'waitP95'), format: formatDuration },
          { label: 'Run p95', tone: 'active', values: valuesOf(data, 'runP95'), format: formatDuration },
        ]}
      />
    </div>
  );
}

const valuesOf = (data: Series | undefined, metric: Metric) =>
  data?.series.find((one) => one.metric === metric)?.values ?? [];

/** As many buckets, right before those that are shown. */
function rangeBefore({ from, stepMs, series }: Series): Range {
  const rangeMs = (series[0]?.values.length ?? 0) * stepMs;
  return { name: null, rangeMs, from: new Date(Date.parse(from) - rangeMs).toISOString(), to: from };
}

/** Its values bucket by bucket under those that are shown; not known until both are there, of the same steps. */
function beforeOf(data: Series | undefined, earlier: Series | undefined, metric: Metric): (number | null)[] {
  const length = valuesOf(data, metric).length;
  if (!data || !earlier || earlier.stepMs !== data.stepMs) return new Array<null>(length).fill(null);
  return valuesOf(earlier, metric).slice(0, length);
}
