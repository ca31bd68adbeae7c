import * as z from 'zod';
import {
  Can,
  Cannot,
  Cursor,
  Flag,
  IsoTime,
  JobId,
  JobName,
  JobState,
  Json,
  Limit,
  NewName,
  page,
  QueueName,
  SourceName,
  TimeInput,
} from './common';
import { storable, storableJson } from './storable';

export const OperationId = z.uuid();

const DataMatch = z.strictObject({
  /** `user.id`, or a JSON pointer (`/user/id`) where keys hold dots. */
  path: z.string().min(1).max(200).check(storable),
  value: z.union([z.string().max(500).check(storable), z.number(), z.boolean(), z.null()]),
});

/** Which jobs of one queue: all conditions hold. With `ids` it is these jobs, as far as they fit the rest. */
export const JobFilter = z
  .strictObject({
    source: SourceName,
    queue: QueueName.check(storable),
    states: z.array(JobState).min(1).max(7).optional(),
    names: z.array(JobName.check(storable)).min(1).max(50).optional(),
    /** What `from` and `to` (inclusive) are about. */
    timeField: z.enum(['added', 'finished']).default('added'),
    from: TimeInput.optional(),
    to: TimeInput.optional(),
    /** Part of the failure's text, whatever its case. */
    error: z.string().min(1).max(200).check(storable).optional(),
    data: z.array(DataMatch).min(1).max(5).optional(),
    /** A query, as for `GET /jobs`: the jobs of the queue whose record fits it, as far as they fit the rest. */
    q: z.string().min(1).max(2000).check(storable).optional(),
    ids: z.array(JobId.check(storable)).min(1).max(10_000).optional(),
  })
  .refine((filter) => filter.states !== undefined || filter.ids !== undefined, {
    path: ['states'],
    message: 'name the states, or the jobs by their ids',
  });
export type JobFilter = z.output<typeof JobFilter>;

/** `patch` is a JSON merge patch (RFC 7396): null takes a member away. */
export const OperationAction = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('retry'), resetAttempts: z.boolean().default(false) }),
  z.strictObject({ kind: z.literal('remove') }),
  z.strictObject({ kind: z.literal('promote') }),
  z.strictObject({ kind: z.literal('cancel') }),
  z.strictObject({ kind: z.literal('edit-and-retry'), patch: z.record(z.string(), z.unknown()).check(storableJson) }),
  z.strictObject({ kind: z.literal('duplicate') }),
  z.strictObject({ kind: z.literal('move'), toQueue: NewName }),
]);
export type OperationAction = z.output<typeof OperationAction>;
export type OperationKind = OperationAction['kind'] | 'restore';

export const OperationOptions = z.strictObject({
  ratePerSecond: z.number().int().min(1).max(100_000).optional(),
  /**
   * Retries only: 10 jobs, then 10 %, then all. Each step waits until its jobs have ended; it stops by itself when more than
   * this share (0–1) of a step's jobs failed again.
   */
  phases: z.strictObject({ maxFailureRate: z.number().min(0).max(1) }).optional(),
  /** Above 1,000 jobs: the count as the dry run told it (`eligible`). */
  confirmCount: z.number().int().min(0).optional(),
});
export type OperationOptions = z.output<typeof OperationOptions>;

/** Jobs that an operation may change without its count being typed. */
export const CONFIRM_ABOVE = 1000;

export const PreviewOperation = z.strictObject({ filter: JobFilter, action: OperationAction });
export const CreateOperation = z.strictObject({
  filter: JobFilter,
  action: OperationAction,
  reason: z.string().trim().min(1).max(500).check(storable),
  options: OperationOptions.default({}),
});
export type CreateOperation = z.output<typeof CreateOperation>;

export const OperationPreview = z.object({
  source: SourceName,
  queue: QueueName,
  kind: z.string(),
  /** Jobs that fit the filter; `eligible` of them would be changed: the count to be typed. Both are ≈ when not `exact`. */
  matching: z.number().int(),
  eligible: z.number().int(),
  exact: z.boolean(),
  /** How many jobs were looked at. */
  searched: z.number().int(),
  notEligible: z.array(z.object({ reason: z.string(), count: z.number().int() })),
  sample: z.array(
    z.object({
      id: JobId,
      name: z.string(),
      state: JobState,
      addedAt: IsoTime,
      finishedAt: IsoTime.nullable(),
      error: z.string().nullable(),
    }),
  ),
  /** Whether `options.confirmCount` must be sent. */
  needsConfirm: z.boolean(),
  asOf: IsoTime,
});
export type OperationPreview = z.infer<typeof OperationPreview>;

/**
 * running → done. `waiting`: a phase waits for its jobs to end. stopping → stopped: on request, or by itself (`note` says
 * why); it can be resumed.
 */
export const OperationState = z.enum(['running', 'waiting', 'stopping', 'stopped', 'done']);
export type OperationState = z.infer<typeof OperationState>;

export const Operation = z.object({
  id: OperationId,
  source: SourceName,
  queue: QueueName,
  kind: z.enum(['retry', 'remove', 'promote', 'cancel', 'edit-and-retry', 'duplicate', 'move', 'restore']),
  /** The action as it was asked for; `{ kind: 'restore', of }` for a restore. */
  action: Json,
  /** As it was asked for, without its ids; null for a restore. */
  filter: Json.nullable(),
  /** How many jobs were named by their ids; null when a filter chose them. */
  idsGiven: z.number().int().nullable(),
  /** The choice in one sentence: `failed jobs called "mail", added since …`. */
  chosen: z.string(),
  reason: z.string(),
  by: z.string(),
  options: OperationOptions.omit({ confirmCount: true }),
  state: OperationState,
  /** Why it waits, stopped or does not get on; null when there is nothing to say. */
  note: z.string().nullable(),
  /** The set is fixed from the start: `total` jobs as of `createdAt`. */
  total: z.number().int(),
  done: z.number().int(),
  skipped: z.number().int(),
  failed: z.number().int(),
  /** null = not known (not running, or just begun). */
  perSecond: z.number().nullable(),
  leftMs: z.number().nullable(),
  /** `step` of `steps`; in the waiting one, how its jobs ended so far. */
  phase: z
    .object({
      step: z.number().int(),
      steps: z.number().int(),
      jobs: z.number().int(),
      ended: z.number().int(),
      failedAgain: z.number().int(),
    })
    .nullable(),
  /** What the recycle bin holds of it, and until when; null when it keeps nothing. */
  bin: z.object({ jobs: z.number().int(), sizeBytes: z.number().int(), expiresAt: IsoTime }).nullable(),
  createdAt: IsoTime,
  endedAt: IsoTime.nullable(),
  can: Can,
  cannot: Cannot,
});
export type Operation = z.infer<typeof Operation>;

export const OperationList = page(Operation);
export type OperationList = z.infer<typeof OperationList>;

/** One operation for each queue that has such jobs. `leftOut`: queues whose jobs are not changed, with how many and why. */
export const StartedOperations = z.object({
  operations: z.array(Operation),
  jobs: z.number().int(),
  leftOut: z.array(z.object({ queue: QueueName, jobs: z.number().int(), reason: z.string() })),
});
export type StartedOperations = z.infer<typeof StartedOperations>;

export const OUTCOME_KINDS = ['done', 'skipped', 'failed', 'pending'] as const;

/** `reason`: why skipped or failed; with done, what came of it where that is not plain (`copy is job 812`). */
export const JobOutcome = z.object({ id: JobId, outcome: z.enum(OUTCOME_KINDS), reason: z.string().nullable() });
export type JobOutcome = z.infer<typeof JobOutcome>;

export const JobOutcomes = page(JobOutcome);
export type JobOutcomes = z.infer<typeof JobOutcomes>;

export const OutcomesQuery = {
  outcome: z.enum(OUTCOME_KINDS).optional(),
  format: z.enum(['json', 'ndjson', 'csv']).default('json'),
  cursor: Cursor.optional(),
  limit: Limit,
};

export const OperationsQuery = {
  source: SourceName.optional(),
  queue: QueueName.optional(),
  /** Only those that have not ended. */
  running: Flag,
  cursor: Cursor.optional(),
  limit: Limit,
};

/** One load of the bin: jobs that left a queue together. */
export const BinEntry = z.object({
  id: z.string(),
  source: SourceName,
  queue: QueueName,
  operation: OperationId.nullable(),
  why: z.string(),
  /** Jobs that can still be put back. */
  jobs: z.number().int(),
  /** The first ten of them. */
  ids: z.array(JobId),
  sizeBytes: z.number().int(),
  at: IsoTime,
  expiresAt: IsoTime,
});
export type BinEntry = z.infer<typeof BinEntry>;

export const BinList = page(BinEntry).extend({
  jobs: z.number().int(),
  sizeBytes: z.number().int(),
  maxBytes: z.number().int(),
  keptHours: z.number(),
});
export type BinList = z.infer<typeof BinList>;

export const BinQuery = {
  source: SourceName.optional(),
  queue: QueueName.optional(),
  cursor: Cursor.optional(),
  limit: Limit,
};

/** Everything that these loads hold, or of them the named jobs. All loads are of one queue. */
export const RestoreFromBin = z.strictObject({
  entries: z
    .array(z.string().regex(/^\d{1,18}$/))
    .min(1)
    .max(1000),
  ids: z.array(JobId).min(1).max(10_000).optional(),
  reason: z.string().trim().min(1).max(500).check(storable).default('Restored from the recycle bin'),
});

export const ReasonInput = z.strictObject({ reason: z.string().trim().min(1).max(500).check(storable).optional() });
