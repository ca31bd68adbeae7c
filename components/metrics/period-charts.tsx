'use client';

import { TimeChart } from '@/components/charts/time-chart';
import { useParams } from '@/components/ui/use-param';
import { type MetricsOf, useSeries } from '@/lib/client/metrics';
import { readRange } from '@/lib/client/range';
import type { Metric } from '@/lib/contracts/metric-names';
import type { Series } from '@/lib/contracts/metrics';
import { formatCount, formatDuration } from '@/lib/format';

const METRICS: Metric[] = ['completed', 'failed', 'waitP95', 'runP95'];

/** How much ended, and how long it took, over the period in the address. */
export function PeriodCharts({ of }: { of: MetricsOf }) {
  const { params, follow, hrefWith } = useParams();
  const range = readRange(params);
  const { data } = useSeries(of, METRICS, range);
  const onRange = (fromMs: number, toMs: number) => {
    if (toMs - fromMs < 60_000) return;
    follow(hrefWith({ from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() }));
  };
  const steps = data ? { fromMs: Date.parse(data.from), stepMs: data.stepMs } : { fromMs: 0, stepMs: 60_000 };
  const deploys = data?.deploys ?? [];
  const minutes = steps.stepMs / 60_000;
  const perMinute = (value: number) => formatCount(Math.round((value / minutes) * 10) / 10);
  return (
    <div className="two">
      <TimeChart
        title="Jobs finished per minute"
        kind="bars"
        {...steps}
        deploys={deploys}
        onRange={onRange}
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
