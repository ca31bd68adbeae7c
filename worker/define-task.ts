import type * as z from 'zod';
import type { Env } from '@/lib/env';
import type { Effect } from '@/lib/jobs/once';
import type { Store } from '@/lib/store/store';

/** How often a job runs at most, and how long it waits between. `jitter` 0–1: the share of the delay that is random. */
export interface RetryPolicy {
  /** Runs in all, the first one included. */
  attempts: number;
  backoff: { type: 'fixed' | 'exponential'; delayMs: number; jitter?: number };
}

/** What a task may report while it runs. `note` is one short sentence, as "12 s left". */
export interface Progress {
  done: number;
  total: number;
  note?: string;
}

/** The job in hand. `attempt` counts from 1; `source`, `queue` and `id` name it for good. */
export interface TaskJob {
  source: string;
  queue: string;
  id: string;
  name: string;
  attempt: number;
  attempts: number;
  /** Names the times that it was asked for: '' at first, another after each retry of it when completed. */
  run: string;
  /** As it was enqueued, before the task's schema read it. */
  data: unknown;
  /** The Idempotency-Key that it was enqueued with, if any. Asks the store. */
  idempotencyKey(): Promise<string | null>;
}

/** A job that a task makes of another one, and waits for. `key` names it within its parent, for good. */
export interface ChildJob {
  key: string;
  task: Task;
  input: unknown;
}

/** A finished file, offered on the job's page. `path` is absolute or relative to the exports folder, and must lie within it. */
export interface ResultFile {
  name: string;
  path: string;
  sizeBytes: number;
}

export interface TaskContext {
  readonly job: TaskJob;
  /** Aborts on cancel, timeout, shutdown and when the broker gave the job to somebody else. Let go of everything, then throw. */
  readonly signal: AbortSignal;
  readonly store: Store;
  readonly env: Env;
  /** Sent at most ten times a second: the last one wins, and the very last is always sent. */
  progress(value: Progress): void;
  /** One line of the job's log, in order; the last 10,000 lines are kept. The time is put before it. */
  log(line: string): void;
  /** See lib/jobs/once.ts for what holds when a crash falls in between. */
  once<T>(key: string, effect: Effect<T>): Promise<T>;
  /** Registers the file that this job made; the last call wins. */
  file(file: ResultFile): Promise<void>;
  /**
   * Adds children and gives the job up until all of them have completed; the task then runs again from its start, and this
   * call returns their results by `key`. Do nothing costly before it. A child that fails for good fails this job.
   */
  addFlow(children: ChildJob[]): Promise<Record<string, unknown>>;
  children: {
    /** Results of the children that completed so far, by `key`. */
    values(): Promise<Record<string, unknown>>;
  };
}

/**
 * A job type. `input` must be expressible in JSON Schema: forms and the REST door use that.
 *
 * `concurrency` is a limit, per worker process and queue: a queue with several tasks runs at most as many jobs at once as the
 * smallest of their limits, whichever task they belong to. A task that needs its own limit belongs in its own queue.
 *
 * `timeoutMs` aborts `ctx.signal` and fails the attempt with code `timeout`; it is retried as any other failure.
 */
export interface TaskDefinition<Schema extends z.ZodType = z.ZodType> {
  name: string;
  queue: string;
  title?: string;
  description: string;
  example: z.input<Schema>;
  input: Schema;
  retry: RetryPolicy;
  timeoutMs: number | null;
  concurrency: number;
  run(ctx: TaskContext, input: z.output<Schema>): Promise<unknown>;
}

/** A definition with its types forgotten and its defaults filled: what the registry holds. */
export interface Task {
  readonly name: string;
  readonly queue: string;
  readonly title: string;
  readonly description: string;
  readonly example: unknown;
  readonly input: z.ZodType;
  readonly retry: RetryPolicy;
  readonly timeoutMs: number | null;
  readonly concurrency: number;
  /** `input` must have been parsed by this task's own schema. The result is stored as JSON. */
  run(ctx: TaskContext, input: unknown): Promise<unknown>;
}

export function defineTask<Schema extends z.ZodType>(definition: TaskDefinition<Schema>): Task {
  const { title = toTitle(definition.name), run } = definition;
  return { ...definition, title, run: (ctx, input) => run(ctx, input as z.output<Schema>) };
}

/** Fails the job for good: no retry will help. Shown as `code: message`; code in snake_case. */
export class PermanentError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'PermanentError';
  }
}

/** Fails this attempt; the next one, if any is left, starts after `delayMs` instead of the policy's delay. */
export class RetryAfterError extends Error {
  constructor(
    readonly delayMs: number,
    message: string,
  ) {
    super(message);
    this.name = 'RetryAfterError';
  }
}

/** Fails this attempt with a code of its own; retried by policy. Any other error is retried too, with code `error`. */
export class TaskError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'TaskError';
  }
}

function toTitle(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
