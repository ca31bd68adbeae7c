import * as z from 'zod';
import { IsoTime, JobState, Json, page, QueueName, SourceName, TaskName, TimeInput } from './common';
import { Backoff, Enqueued, JobOptions, JobRow } from './jobs';

/** A job type that a worker registered: what it is called, where it runs, what it takes. */
export const Task = z.object({
  name: TaskName,
  title: z.string(),
  description: z.string(),
  source: SourceName,
  queue: QueueName,
  /** JSON Schema (2020-12) of the input: drives validation at the door and the form in the UI. */
  inputSchema: z.record(z.string(), Json),
  /** A valid input to start from. */
  example: Json,
  attempts: z.number().int(),
  backoff: Backoff,
  timeoutMs: z.number().int().nullable(),
  concurrency: z.number().int(),
});
export type Task = z.infer<typeof Task>;

/** A task as it is offered. `leftAlone`: why our worker does not take its queue's jobs just now, in one sentence. */
export const OfferedTask = Task.extend({ leftAlone: z.string().nullable() });
export type OfferedTask = z.infer<typeof OfferedTask>;

export const TaskList = page(OfferedTask);
export type TaskList = z.infer<typeof TaskList>;

/** When: now, after `delayMs`, or at `runAt` (with its offset; a time that is past means now). */
export const TaskOptions = JobOptions.extend({ runAt: TimeInput.optional() }).check((ctx) => {
  const { runAt, delayMs } = ctx.value;
  if (runAt !== undefined && delayMs !== undefined)
    ctx.issues.push({ code: 'custom', input: runAt, path: ['runAt'], message: 'cannot stand beside delayMs' });
});
export type TaskOptions = z.infer<typeof TaskOptions>;

/** `source` is needed where several have the task. */
export const RunTask = z.strictObject({
  input: Json.default({}),
  options: TaskOptions.default({}),
  source: SourceName.optional(),
});
export type RunTask = z.infer<typeof RunTask>;

/** A file of inputs: NDJSON, one `{ "input": …, "options": … }` or bare input a line; or CSV with the fields' names above. */
export const IMPORT_MEDIA = ['application/x-ndjson', 'text/csv'] as const;
export const IMPORT_MAX_BYTES = 10_485_760;
export const IMPORT_MAX_LINES = 10_000;
/** Of one line, or one record of several lines. */
export const IMPORT_MAX_RECORD_CHARS = 262_144;

export const RefusedLine = z.object({
  /** Counted from 1, as an editor does; a record of several lines has its first. */
  line: z.number().int(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })),
});
export type RefusedLine = z.infer<typeof RefusedLine>;

/** `accepted` lines were enqueued (or would be, in a dry run); of those `existed` were there before. */
export const ImportReport = z.object({
  source: SourceName,
  queue: QueueName,
  task: TaskName,
  dryRun: z.boolean(),
  lines: z.number().int(),
  accepted: z.number().int(),
  existed: z.number().int(),
  refusedCount: z.number().int(),
  /** The first 200. */
  refused: z.array(RefusedLine),
  /** The first 20. */
  jobs: z.array(Enqueued),
});
export type ImportReport = z.infer<typeof ImportReport>;

/** Newest first; no cursor: `searched` says how many jobs of each state were looked through, and whether those were all. */
export const TaskRuns = z.object({
  items: z.array(JobRow),
  searched: z.array(z.object({ state: JobState, jobs: z.number().int(), all: z.boolean() })),
  asOf: IsoTime,
});
export type TaskRuns = z.infer<typeof TaskRuns>;
