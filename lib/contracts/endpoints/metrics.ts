import * as z from 'zod';
import { Comparison, Series, SeriesQuery, Summary, SummaryQuery } from '../metrics';
import { endpoint, none, OfJob } from './endpoint';

export const METRIC_ENDPOINTS = {
  'metric.series': endpoint('Figures over time', SeriesQuery, null, Series),
  'metric.summary': endpoint('Figures of a period beside those of the one before', SummaryQuery, null, Summary),
  'metric.prometheus': endpoint('Counters, gauges and histograms for Prometheus', none, null, null),
  'job.compare': endpoint('A job beside the others of its name', z.strictObject(OfJob), null, Comparison),
};
