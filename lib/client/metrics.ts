'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { call } from '@/lib/client/call';
import { keys } from '@/lib/client/query-keys';
import { type Range, rangeBounds, rangeKey, rangeRefresh } from '@/lib/client/range';
import type { Metric } from '@/lib/contracts/metric-names';
import type { Comparison, Series, Summary } from '@/lib/contracts/metrics';
import type { Recorder, RecordStandingList } from '@/lib/contracts/recorder';

export interface MetricsOf {
  source?: string;
  queue?: string;
}

/** Figures of a period beside those of the one before. */
export function useSummary(of: MetricsOf, range: Range) {
  return useQuery<Summary>({
    queryKey: keys.summary(of.source ?? null, of.queue ?? null, rangeKey(range)),
    queryFn: ({ signal }) => call('metric.summary', { ...of, ...rangeBounds(range, Date.now()) }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: rangeRefresh(range),
    retry: false,
  });
}

export function useSeries(of: MetricsOf, metrics: readonly Metric[], range: Range, enabled = true) {
  return useQuery<Series>({
    queryKey: keys.series(of.source ?? null, of.queue ?? null, metrics.join(','), rangeKey(range)),
    queryFn: ({ signal }) =>
      call('metric.series', { ...of, metric: metrics.join(','), ...rangeBounds(range, Date.now()) }, { signal }),
    enabled,
    placeholderData: keepPreviousData,
    refetchInterval: rangeRefresh(range),
    retry: false,
  });
}

/** A job beside the others of its name. */
export function useComparison(source: string, queue: string, job: string, isRunning: boolean) {
  return useQuery<Comparison>({
    queryKey: keys.comparison(source, queue, job),
    queryFn: ({ signal }) => call('job.compare', { source, queue, job }, { signal }),
    refetchInterval: isRunning ? 5_000 : false,
    staleTime: 10_000,
    retry: false,
  });
}

export function useRecorder(source: string) {
  return useQuery<Recorder>({
    queryKey: keys.recorder(source),
    queryFn: ({ signal }) => call('source.recorder', { source }, { signal }),
    refetchInterval: 3_000,
    retry: false,
  });
}

/** Whether each source is recorded now. It asks no broker, and one reading serves all. */
export function useRecorders() {
  return useQuery<RecordStandingList>({
    queryKey: keys.recorders(),
    queryFn: ({ signal }) => call('source.recorders', {}, { signal }),
    refetchInterval: 10_000,
    retry: false,
  });
}
