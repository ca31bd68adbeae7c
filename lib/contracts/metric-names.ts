/**
 * What can be asked of `GET /metrics/series`. Counts are per bucket; `wait` and `run` are milliseconds at a percentile, from
 * merged histograms; gauges are means of the bucket, `oldestWait` (ms) its greatest.
 */
export const COUNT_METRICS = [
  'added',
  'started',
  'completed',
  'failed',
  'failedAttempts',
  'retried',
  'cancelled',
  'stalled',
  'unseen',
] as const;
export const TIME_METRICS = ['waitP50', 'waitP95', 'waitP99', 'runP50', 'runP95', 'runP99'] as const;
export const GAUGE_METRICS = ['backlog', 'active', 'delayed', 'slots', 'busy', 'workers', 'oldestWait'] as const;
export const METRICS = [...COUNT_METRICS, ...TIME_METRICS, ...GAUGE_METRICS] as const;

export type CountMetric = (typeof COUNT_METRICS)[number];
export type TimeMetric = (typeof TIME_METRICS)[number];
export type GaugeMetric = (typeof GAUGE_METRICS)[number];
export type Metric = (typeof METRICS)[number];

/** The ranges that the top bar offers, in ms. */
export const RANGES = {
  '15m': 900_000,
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 604_800_000,
  '30d': 2_592_000_000,
} as const;
export type RangeName = keyof typeof RANGES;
