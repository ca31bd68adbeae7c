import * as z from 'zod';
import { Cursor, IsoTime, JobState, QueueName, SourceName } from './common';
import { Counts } from './queues';

const DAY_MS = 86_400_000;
const OfQueue = { source: SourceName, queue: QueueName };

/** One request removes at most this many, or works 5 s: what comes first. */
export const SWEEP_MAX = 50_000;

/** `done: false` = there is more: ask again, with `nextCursor` where there is one. */
export const SweepResult = z.object({
  ...OfQueue,
  removed: z.number().int(),
  done: z.boolean(),
  nextCursor: Cursor.nullable(),
});
export type SweepResult = z.infer<typeof SweepResult>;

/** What waits goes; with `delayed` also what is delayed. Next runs of schedulers stay. */
export const DrainInput = z.strictObject({ delayed: z.boolean().default(false) });

/** Jobs of one state that ended (or, where they have not, began or were added) more than `olderThanMs` ago. */
export const CleanInput = z.strictObject({
  state: z.enum(['waiting', 'active', 'delayed', 'prioritized', 'completed', 'failed']),
  olderThanMs: z
    .number()
    .int()
    .min(0)
    .max(3_660 * DAY_MS)
    .default(0),
  limit: z.number().int().min(1).max(SWEEP_MAX).default(SWEEP_MAX),
  cursor: Cursor.optional(),
});

/** The queue's name, typed again. */
export const ObliterateInput = z.strictObject({ confirm: QueueName });

export const OrphansInput = z.strictObject({ cursor: Cursor.optional() });

export const ConcurrencyInput = z.strictObject({ concurrency: z.number().int().min(1).max(1_000_000) });
export const ConcurrencyResult = z.object({ ...OfQueue, concurrency: z.number().int().nullable() });

export const RateLimitInput = z.strictObject({
  max: z.number().int().min(1).max(1_000_000_000),
  durationMs: z
    .number()
    .int()
    .min(1)
    .max(31 * DAY_MS),
});
export const RateLimitResult = z.object({
  ...OfQueue,
  max: z.number().int().nullable(),
  durationMs: z.number().int().nullable(),
});
/** `holdsMs`: for how long the queue gives out no more jobs; 0 = it does not hold; null = only its workers know their limit. */
export const RateLimitNow = RateLimitResult.extend({ holdsMs: z.number().int().nullable() });
export type RateLimitNow = z.infer<typeof RateLimitNow>;

export const TrimEventsInput = z.strictObject({ maxLength: z.number().int().min(0).max(1_000_000) });
export const TrimEventsResult = z.object({ ...OfQueue, removed: z.number().int() });

/** What the broker says of the queue, for an export. `fields` are BullMQ's own. */
export const QueueMeta = z.object({
  ...OfQueue,
  exportedAt: IsoTime,
  /** The BullMQ that wrote to it last, as `6.7.0`; null = it did not say. */
  bullmqVersion: z.string().nullable(),
  fields: z.record(z.string(), z.string()),
  counts: Counts,
  countsAtLeast: z.array(JobState),
  paused: z.boolean(),
  concurrency: z.number().int().nullable(),
  rateLimit: z.object({ max: z.number(), durationMs: z.number() }).nullable(),
  schedulers: z.number().int(),
  /** Events kept for listeners; null = not known. */
  events: z.number().int().nullable(),
});
export type QueueMeta = z.infer<typeof QueueMeta>;
