import * as z from 'zod';
import { IsoTime, JobName, QueueName, SourceName, TimeInput } from './common';
import { METRICS } from './metric-names';

/** Of whom: all sources, one, a queue of it, or the jobs of one name in that queue. */
const Of = {
  source: SourceName.optional(),
  queue: QueueName.optional(),
  name: JobName.optional(),
};

/** At most 2 years; `to` is now where it is left out. */
const Range = { from: TimeInput, to: TimeInput.optional() };

export const SeriesQuery = z.strictObject({
  /** One or more, comma-separated. */
  metric: z
    .string()
    .min(1)
    .max(200)
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(METRICS)).min(1).max(12)),
  ...Of,
  ...Range,
  /** Milliseconds of a bucket: a multiple of a minute; left out, what gives at most 120 points. */
  step: z.coerce.number().int().min(60_000).max(86_400_000).multipleOf(60_000).optional(),
});

/** `values[i]` belongs to the bucket that begins at `from + i × stepMs`; null = not known, or of a time none. At most 10,000 points. */
export const Series = z.object({
  source: SourceName.nullable(),
  queue: QueueName.nullable(),
  name: z.string().nullable(),
  from: IsoTime,
  to: IsoTime,
  stepMs: z.number().int(),
  series: z.array(z.object({ metric: z.enum(METRICS), values: z.array(z.number().nullable()) })),
  /** Recording began here; before it nothing is known. Null = nothing is recorded. */
  knownSince: IsoTime.nullable(),
  /** Stretches of which not everything was seen. */
  gaps: z.array(z.object({ from: IsoTime, to: IsoTime, unseen: z.number().int().nullable() })),
  deploys: z.array(z.object({ version: z.string(), at: IsoTime, origin: z.enum(['api', 'worker']) })),
});
export type Series = z.infer<typeof Series>;

/** Counts over a period and its percentiles in ms. Null = not known, or nothing to take it of. */
export const Totals = z.object({
  added: z.number(),
  started: z.number(),
  completed: z.number(),
  failed: z.number(),
  failedAttempts: z.number(),
  retried: z.number(),
  cancelled: z.number(),
  stalled: z.number(),
  unseen: z.number(),
  /** failed / (completed + failed), 0–1. */
  failureRate: z.number().nullable(),
  finishedPerMinute: z.number().nullable(),
  wait: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
  run: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
});
export type Totals = z.infer<typeof Totals>;

export const SummaryQuery = z.strictObject({ source: SourceName.optional(), queue: QueueName.optional(), ...Range });

/** What the overview and a queue's page show of a period: figures, the period before, small lines, and each queue's own. */
export const Summary = z.object({
  from: IsoTime,
  to: IsoTime,
  stepMs: z.number().int(),
  now: Totals,
  before: Totals,
  /** Buckets of the period; the same meaning as in Series. */
  lines: z.object({
    finished: z.array(z.number().nullable()),
    failureRate: z.array(z.number().nullable()),
    waitP95: z.array(z.number().nullable()),
    runP95: z.array(z.number().nullable()),
    backlog: z.array(z.number().nullable()),
    busy: z.array(z.number().nullable()),
  }),
  /** Mean backlog of the last bucket of the period before, to compare with. */
  backlogBefore: z.number().nullable(),
  queues: z.array(
    z.object({
      source: SourceName,
      queue: QueueName,
      finished: z.array(z.number().nullable()),
      /** Means over the period, as far as it was recorded. */
      addedPerMinute: z.number().nullable(),
      finishedPerMinute: z.number().nullable(),
      failed: z.number(),
      runP95: z.number().nullable(),
      waitP95: z.number().nullable(),
    }),
  ),
  /** Names of jobs of the queue (with `queue` only), busiest first, at most 100. */
  names: z.array(z.object({ name: z.string(), totals: Totals })),
  knownSince: IsoTime.nullable(),
  /** True when the record lags more than a minute, or has gaps in the period. */
  incomplete: z.boolean(),
});
export type Summary = z.infer<typeof Summary>;

/** A job beside the others of its name in the last 24 hours. Null = not known, or fewer than `needed` are there to compare with. */
export const Comparison = z.object({
  of: z.object({ queue: QueueName, name: z.string() }),
  jobs: z.number().int(),
  needed: z.number().int(),
  wait: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
  run: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
  failureRate: z.number().nullable(),
  /** It runs (or ran) longer than 99 of 100. */
  isSlow: z.boolean(),
});
export type Comparison = z.infer<typeof Comparison>;
