import * as z from 'zod';
import { Can, Cannot, IsoTime, JobId, JobState, Json, page, QueueName, SourceName, TimeInput } from './common';
import { JobOptions, Payload } from './jobs';
import { storable } from './storable';

/** Scheduler ids belong to their owners, as queue names do. */
export const SchedulerId = JobId;

/** Of a pattern. */
export const CRON_CHARS = 256;

/** Cron text as BullMQ takes it: five fields, or six with seconds first, or `@daily` and its like. Judged by the server. */
const Pattern = z.string().trim().min(1).max(CRON_CHARS).check(storable);
const EveryMs = z
  .number()
  .int()
  .min(100)
  .max(86_400_000 * 366);
const TimeZone = z.string().min(1).max(64).check(storable);

/** The newest run that the broker still holds; older ones are gone with `removeOnComplete` and cleaning. */
export const LastRun = z.object({
  job: JobId,
  /** When it was planned for. */
  dueAt: IsoTime,
  state: JobState,
  startedAt: IsoTime.nullable(),
  finishedAt: IsoTime.nullable(),
  error: z.string().nullable(),
});
export type LastRun = z.infer<typeof LastRun>;

/** A row of a list: never the template's data. */
export const SchedulerRow = z.object({
  source: SourceName,
  queue: QueueName,
  id: SchedulerId,
  /** Of the jobs that it makes. */
  name: z.string().nullable(),
  pattern: z.string().nullable(),
  everyMs: z.number().nullable(),
  /** null with a pattern: the worker's own time zone, which nobody here knows. */
  tz: z.string().nullable(),
  /** The schedule in words; null where its pattern has none. */
  words: z.string().nullable(),
  paused: z.boolean(),
  pausedAt: IsoTime.nullable(),
  pausedBy: z.string().nullable(),
  /** null while paused. */
  nextRunAt: IsoTime.nullable(),
  /** null = the broker holds no run of it (any more). */
  lastRun: LastRun.nullable(),
  /** Runs planned so far; null = not counted by the version of BullMQ that made it. */
  iterations: z.number().int().nullable(),
  limit: z.number().int().nullable(),
  startAt: IsoTime.nullable(),
  endAt: IsoTime.nullable(),
  /** A repeatable job of BullMQ 5 or before, which BullMQ 6 does not run on: what its runs are given lives in its next job alone. */
  legacy: z.boolean(),
  can: Can,
  cannot: Cannot,
});
export type SchedulerRow = z.infer<typeof SchedulerRow>;

/** A source that did not answer: what the list lacks. */
export const MissingSource = z.object({ source: SourceName, reason: z.string() });

/** Soonest run first; paused ones last. `pausedKnown` false: the store is away, so paused ones are not in the list. */
export const SchedulerList = page(SchedulerRow).extend({ missing: z.array(MissingSource), pausedKnown: z.boolean() });
export type SchedulerList = z.infer<typeof SchedulerList>;

export const Scheduler = SchedulerRow.extend({
  /** null: of a `legacy` one whose next job is gone, or too large to be read. */
  template: z.object({ name: z.string(), data: Payload, options: Json }).nullable(),
  /** At most ten; as far as they could be told. */
  upcoming: z.array(IsoTime),
});
export type Scheduler = z.infer<typeof Scheduler>;

const Timing = {
  pattern: Pattern.optional(),
  everyMs: EveryMs.optional(),
  /** IANA name; UTC when a pattern comes without one. */
  tz: TimeZone.optional(),
  startAt: TimeInput.optional(),
  endAt: TimeInput.optional(),
  limit: z.number().int().min(1).max(1_000_000_000).optional(),
};

interface Timed {
  pattern?: string | undefined;
  everyMs?: number | undefined;
  tz?: string | undefined;
  startAt?: string | undefined;
  endAt?: string | undefined;
}

function checkTiming(ctx: z.core.ParsePayload<Timed>): void {
  const { pattern, everyMs, tz, startAt, endAt } = ctx.value;
  const refuse = (path: string, message: string) =>
    ctx.issues.push({ code: 'custom', input: ctx.value, path: [path], message });
  if (pattern === undefined && everyMs === undefined) refuse('pattern', 'is required, or everyMs');
  if (pattern !== undefined && everyMs !== undefined) refuse('everyMs', 'excludes pattern: give one of them');
  if (everyMs !== undefined && tz !== undefined) refuse('tz', 'belongs to a pattern; an interval has no time zone');
  if (startAt && endAt && startAt >= endAt) refuse('endAt', 'must be after startAt');
}

export const TemplateOptions = JobOptions.omit({ id: true, delayMs: true, deduplication: true });

/** The whole scheduler: what is not given is not kept. */
export const PutScheduler = z
  .strictObject({
    ...Timing,
    template: z.strictObject({
      name: z.string().min(1).max(256).check(storable),
      data: Json.default({}),
      options: TemplateOptions.default({}),
    }),
  })
  .check(checkTiming);
export type PutScheduler = z.infer<typeof PutScheduler>;

export const PreviewSchedule = z.strictObject({ ...Timing, from: TimeInput.optional() }).check(checkTiming);
export type PreviewSchedule = z.infer<typeof PreviewSchedule>;

/** What is wrong with a schedule: in which field of the pattern, and which of its characters. */
export const ScheduleFault = z.object({
  path: z.enum(['pattern', 'tz']),
  field: z.enum(['second', 'minute', 'hour', 'day of month', 'month', 'day of week']).nullable(),
  message: z.string(),
  start: z.number().int().nullable(),
  end: z.number().int().nullable(),
});
export type ScheduleFault = z.infer<typeof ScheduleFault>;

export const SchedulePreview = z.object({
  words: z.string().nullable(),
  /** The next ten; fewer where it ends before, or where they lie too far off to be looked for. */
  runs: z.array(IsoTime),
  /** Whether these are all that there will ever be. */
  ends: z.boolean(),
  fault: ScheduleFault.nullable(),
});
export type SchedulePreview = z.infer<typeof SchedulePreview>;

export const SchedulerRun = z.object({ source: SourceName, queue: QueueName, scheduler: SchedulerId, id: JobId });
export type SchedulerRun = z.infer<typeof SchedulerRun>;
