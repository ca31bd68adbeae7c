import * as z from 'zod';
import { Can, Cannot, Cursor, IsoTime, JobId, JobState, Json, page, QueueName, SourceName } from './common';
import { storable } from './storable';

/** A row of a list: never a payload. Times null = has not happened. */
export const JobRow = z.object({
  source: SourceName,
  queue: QueueName,
  id: JobId,
  name: z.string(),
  state: JobState,
  attemptsMade: z.number().int(),
  attempts: z.number().int(),
  /** What the worker last reported, at most 2 KB of it; null when nothing was. */
  progress: Json.nullable(),
  priority: z.number().int(),
  addedAt: IsoTime,
  /** When the current or last attempt began. */
  startedAt: IsoTime.nullable(),
  finishedAt: IsoTime.nullable(),
  /** When a delayed job is due. */
  runAt: IsoTime.nullable(),
  waitMs: z.number().nullable(),
  runMs: z.number().nullable(),
  /** First line of the failure, 300 characters at most. */
  error: z.string().max(300).nullable(),
  worker: z.string().nullable(),
});
export type JobRow = z.infer<typeof JobRow>;

/** Jobs that cannot be read: how many, and at most ten of them with the reason. */
export const LeftOut = z.object({ count: z.number().int(), some: z.array(z.object({ id: JobId, why: z.string() })) });
export type LeftOut = z.infer<typeof LeftOut>;

/**
 * `searched`: with a filter, how many jobs were looked at for this page, which may be short or empty and still go on; else null.
 * `leftOut`: jobs of this page that cannot be read; null = none.
 */
export const JobList = page(JobRow).extend({ searched: z.number().int().nullable(), leftOut: LeftOut.nullable() });
export type JobList = z.infer<typeof JobList>;

/**
 * The raw JSON text as the broker holds it (big integers survive); cut at 256 KB unless `?raw=1`. Empty and `truncated`: it has more than
 * 16 MB, of which none is read.
 */
export const Payload = z.object({ text: z.string(), sizeBytes: z.number().int(), truncated: z.boolean() });
export type Payload = z.infer<typeof Payload>;

export const JobError = z.object({ code: z.string(), message: z.string(), stack: z.string().nullable() });
export type JobError = z.infer<typeof JobError>;

export const JobRef = z.object({ queue: QueueName, id: JobId });
export type JobRef = z.infer<typeof JobRef>;

export const JobChild = JobRef.extend({ name: z.string().nullable(), state: JobState.nullable() });

export const CancelRequest = z.object({
  state: z.enum(['requested', 'acknowledged']),
  requestedAt: IsoTime,
  acknowledgedAt: IsoTime.nullable(),
  by: z.string(),
  reason: z.string().nullable(),
});
export type CancelRequest = z.infer<typeof CancelRequest>;

export const Job = JobRow.omit({ error: true, progress: true }).extend({
  data: Payload,
  options: Json,
  progress: Json.nullable(),
  result: Payload.nullable(),
  error: JobError.nullable(),
  /** One per failed attempt, oldest first, as far as the broker kept them. */
  stacktraces: z.array(z.string()),
  attemptsStarted: z.number().int(),
  stalledCount: z.number().int(),
  delayMs: z.number(),
  parent: JobRef.nullable(),
  /** The key of a parent that lies outside this source, under another prefix; `parent` is null then. */
  parentKey: z.string().nullable(),
  /** `elsewhere`: keys of children that lie outside this source; they are not among the items. */
  children: z.object({ total: z.number().int(), items: z.array(JobChild), elsewhere: z.array(z.string()) }).nullable(),
  schedulerId: z.string().nullable(),
  deduplicationId: z.string().nullable(),
  idempotencyKey: z.string().nullable(),
  addedBy: z.string().nullable(),
  cancel: CancelRequest.nullable(),
  /** A file that the job made, offered by `GET …/jobs/{job}/file`. */
  file: z.object({ name: z.string(), sizeBytes: z.number() }).nullable(),
  logs: z.number().int(),
  /**
   * Whether the recycle bin keeps it should it be removed, and for how long. `cannot`: why it would not, in one sentence; with its children it
   * never does.
   */
  bin: z.object({ hours: z.number(), cannot: z.string().nullable() }),
  /** What beside it (its log, its children) cannot be read, and why; null = all can be. */
  unreadable: z.string().nullable(),
  can: Can,
  cannot: Cannot,
});
export type Job = z.infer<typeof Job>;

export const JobLogs = z.object({ items: z.array(z.string()), nextCursor: Cursor.nullable(), total: z.number().int() });
export type JobLogs = z.infer<typeof JobLogs>;

export const Backoff = z.strictObject({
  type: z.enum(['fixed', 'exponential']),
  delayMs: z
    .number()
    .int()
    .min(0)
    .max(86_400_000 * 30),
  jitter: z.number().min(0).max(1).optional(),
});

/** Keys that a queue has beside its jobs: on Redis a job of that id would stand in their place. */
const RESERVED_IDS =
  /^(?!(?:active|wait|waiting-children|paused|id|delayed|prioritized|stalled-check|completed|failed|stalled|repeat|limiter|meta|events|pc|marker|de|metrics)$)/;

/** What an enqueue may set. Everything is bounded; unknown fields are refused. */
export const JobOptions = z.strictObject({
  id: z
    .string()
    .min(1)
    .max(256)
    .regex(/\D/, 'must not be an integer: BullMQ numbers jobs itself')
    .regex(/^[^:]*$/, 'must not contain ":"')
    .regex(RESERVED_IDS, 'is a name that BullMQ keeps for the queue itself')
    .check(storable)
    .optional(),
  delayMs: z
    .number()
    .int()
    .min(0)
    .max(86_400_000 * 366)
    .optional(),
  priority: z.number().int().min(0).max(2_097_151).optional(),
  attempts: z.number().int().min(1).max(1000).optional(),
  backoff: Backoff.optional(),
  lifo: z.boolean().optional(),
  removeOnComplete: z.union([z.boolean(), z.number().int().min(0)]).optional(),
  removeOnFail: z.union([z.boolean(), z.number().int().min(0)]).optional(),
  deduplication: z
    .strictObject({ id: z.string().min(1).max(256).check(storable), ttlMs: z.number().int().min(1).optional() })
    .optional(),
});
export type JobOptions = z.infer<typeof JobOptions>;

export const JobInput = z.strictObject({
  name: z.string().min(1).max(256).check(storable),
  data: Json.default({}),
  options: JobOptions.default({}),
});
export type JobInput = z.infer<typeof JobInput>;

/** One job, or a list of 1–1,000. */
export const AddJobs = z.union([JobInput, z.array(JobInput).min(1).max(1000)]);
export type AddJobs = z.infer<typeof AddJobs>;
/** At the door a list's items stay unjudged: each gets its own outcome. */
export const AddJobsDoor = z.union([JobInput, z.array(z.unknown()).min(1).max(1000)]);

export const Enqueued = z.object({
  source: SourceName,
  queue: QueueName,
  id: JobId,
  name: z.string(),
  state: JobState,
});
export type Enqueued = z.infer<typeof Enqueued>;

/** Per item, in the order of the input: `status` 201 with `job`, or a problem's status with `error`. */
export const EnqueuedMany = z.object({
  items: z.array(
    z.object({
      status: z.number().int(),
      job: Enqueued.nullable(),
      error: z
        .object({
          code: z.string(),
          detail: z.string(),
          errors: z.array(z.object({ path: z.string(), message: z.string() })),
        })
        .nullable(),
    }),
  ),
});
export type EnqueuedMany = z.infer<typeof EnqueuedMany>;

export const JobChanged = z.object({ source: SourceName, queue: QueueName, id: JobId, state: JobState });
export type JobChanged = z.infer<typeof JobChanged>;

export const CancelInput = z.strictObject({ reason: z.string().max(300).check(storable).optional() });

/**
 * `removed`: it had not begun and is out of the queue. `requested`: it runs, and its worker has been told.
 * `acknowledged`: its worker said that it is stopping it.
 */
export const CancelResult = z.object({
  source: SourceName,
  queue: QueueName,
  id: JobId,
  outcome: z.enum(['removed', 'requested', 'acknowledged']),
  /** Why it may stay `requested`, when that is known: the worker does not carry the control module. */
  note: z.string().nullable(),
  /** With `removed`: the recycle bin's entry that holds it; null when none does. */
  binEntry: z.string().nullable(),
});
export type CancelResult = z.infer<typeof CancelResult>;
