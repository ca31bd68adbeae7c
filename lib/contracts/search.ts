import * as z from 'zod';
import { Cursor, Flag, IsoTime, JobId, Limit, QueueName, SourceName } from './common';
import { JobError, JobRef, Payload } from './jobs';
import { JOB_STATES } from './states';

/** States of the record: BullMQ's, and `removed` (before it ended), `unseen` (it ended, and how was not seen). */
export const RECORDED_STATES = [...JOB_STATES, 'removed', 'unseen'] as const;
export const RecordedState = z.enum(RECORDED_STATES);
export type RecordedState = z.infer<typeof RecordedState>;

export const QueryText = z.string().max(2000);
export const SearchSort = z.enum(['added', 'finished', 'wait', 'run']);
export type SearchSort = z.infer<typeof SearchSort>;

/** Of the zone in which times without one are meant: 60 is an hour east of UTC. */
const OffsetMinutes = z.coerce.number().int().min(-1440).max(1440).default(0);

export const SearchQuery = z.strictObject({
  q: QueryText.default(''),
  source: SourceName.optional(),
  /** Of this queue only. */
  queue: QueueName.optional(),
  sort: SearchSort.default('added'),
  order: z.enum(['desc', 'asc']).default('desc'),
  offsetMinutes: OffsetMinutes,
  limit: Limit,
  /** Forward (`nextCursor`) or back (`prevCursor`) from a page, or on with a partial answer (`moreCursor`). */
  cursor: Cursor.optional(),
});

/** A row of what was found: never a payload. */
export const FoundJob = z.object({
  source: SourceName,
  queue: QueueName,
  id: JobId,
  name: z.string(),
  state: RecordedState,
  cancelled: z.boolean(),
  attemptsMade: z.number().int(),
  attempts: z.number().int(),
  addedAt: IsoTime,
  startedAt: IsoTime.nullable(),
  finishedAt: IsoTime.nullable(),
  waitMs: z.number().nullable(),
  runMs: z.number().nullable(),
  /** First line, 300 characters. */
  error: z.string().nullable(),
  group: z.number().int().nullable(),
  worker: z.string().nullable(),
  /** False: removed from the broker since. Null: not known just now. */
  inBroker: z.boolean().nullable(),
  /** False: found in the broker itself, before it was recorded. */
  recorded: z.boolean(),
});
export type FoundJob = z.infer<typeof FoundJob>;

export const FoundJobs = z.object({
  items: z.array(FoundJob),
  nextCursor: Cursor.nullable(),
  prevCursor: Cursor.nullable(),
  /** Exact up to 10,000, then `10,000` with `exact: false`; null with a cursor, or when time ran out first. */
  count: z.object({ value: z.number().int(), exact: z.boolean() }).nullable(),
  /** Recorded jobs, and how many of them were looked at: all, or the newest down to `since`. */
  searched: z.object({ jobs: z.number(), of: z.number(), since: IsoTime.nullable(), complete: z.boolean() }),
  /** Goes on with older jobs where the answer is partial. */
  moreCursor: Cursor.nullable(),
  tookMs: z.number(),
  /** How far behind the record is, of the sources asked, in ms; null = not known. */
  lagMs: z.number().nullable(),
});
export type FoundJobs = z.infer<typeof FoundJobs>;

export const SuggestQuery = z.strictObject({
  q: QueryText.default(''),
  /** Where the caret stands, in UTF-16 units. */
  at: z.coerce.number().int().min(0).max(2000),
  source: SourceName.optional(),
  queue: QueueName.optional(),
});
/** `from`–`to` of the query would be replaced by `text`. */
export const Suggestions = z.object({
  from: z.number().int(),
  to: z.number().int(),
  items: z.array(
    z.object({
      text: z.string(),
      label: z.string(),
      hint: z.string().nullable(),
      kind: z.enum(['field', 'value', 'operator']),
    }),
  ),
});
export type Suggestions = z.infer<typeof Suggestions>;

export const ExportQuery = z.strictObject({
  q: QueryText.default(''),
  source: SourceName.optional(),
  /** Of this queue only. */
  queue: QueueName.optional(),
  sort: SearchSort.default('added'),
  order: z.enum(['desc', 'asc']).default('desc'),
  offsetMinutes: OffsetMinutes,
  format: z.enum(['ndjson', 'csv']).default('ndjson'),
  /** Rows at most. */
  limit: z.coerce.number().int().min(1).max(1_000_000).default(100_000),
  /** With data and result. */
  payloads: Flag,
});

export const RecordedAttempt = z.object({
  attempt: z.number().int(),
  startedAt: IsoTime.nullable(),
  endedAt: IsoTime.nullable(),
  waitMs: z.number().nullable(),
  runMs: z.number().nullable(),
  worker: z.string().nullable(),
  /** Null: it succeeded, or still runs. */
  error: z.string().nullable(),
  stalled: z.boolean(),
});
export type RecordedAttempt = z.infer<typeof RecordedAttempt>;

/** A job as it was recorded, whether the broker still has it or not. Earlier lives of the same id are in `others`. */
export const RecordedJob = FoundJob.extend({
  data: Payload.nullable(),
  result: Payload.nullable(),
  options: z.unknown(),
  progress: z.unknown(),
  failure: JobError.nullable(),
  attemptsList: z.array(RecordedAttempt),
  parent: JobRef.nullable(),
  schedulerId: z.string().nullable(),
  deduplicationId: z.string().nullable(),
  addedBy: z.string().nullable(),
  others: z.array(z.object({ addedAt: IsoTime, state: RecordedState })),
});
export type RecordedJob = z.infer<typeof RecordedJob>;
