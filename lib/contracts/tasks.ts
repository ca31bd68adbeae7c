import * as z from 'zod';
import { Json, page, QueueName, SourceName, TaskName } from './common';
import { Backoff, JobOptions } from './jobs';

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

export const TaskList = page(Task);
export type TaskList = z.infer<typeof TaskList>;

export const RunTask = z.strictObject({ input: Json.default({}), options: JobOptions.default({}) });
export type RunTask = z.infer<typeof RunTask>;
