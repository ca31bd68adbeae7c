import { randomUUID } from 'node:crypto';
import type { Outcome, TakenJob } from '@/lib/backends/bullmq/worker';
import type { Env } from '@/lib/env';
import { log } from '@/lib/log';
import type { Store } from '@/lib/store/store';
import { PermanentError, type Progress, RetryAfterError, type Task, TaskError } from './define-task';
import { createContext, WaitsForChildren } from './run-context';
import { openLog } from './run-log';
import { throttle } from './run-progress';
import { type Settled, StopError, Stopper } from './run-stop';

export interface RunOptions {
  env: Env;
  store: Store;
  source: string;
  /** The tasks of this queue by name. */
  tasks: ReadonlyMap<string, Task>;
  /** Stops every run with reason `shutdown`. */
  shutdown: AbortSignal;
}

/** Runs one taken job to its end. Never rejects: every end is an outcome. */
export async function runJob(options: RunOptions, taken: TakenJob, signal: AbortSignal): Promise<Outcome> {
  const task = options.tasks.get(taken.name);
  if (task === undefined) return fail('unknown_task', describeUnknown(options.tasks, taken), null, 'never');
  const input = task.input.safeParse(taken.data);
  if (!input.success) return fail('validation_failed', describeIssues(input.error.issues), null, 'never');
  return await runTask(options, task, taken, input.data, signal);
}

async function runTask(options: RunOptions, task: Task, taken: TakenJob, input: unknown, signal: AbortSignal) {
  const { env, store, source } = options;
  const stopper = new Stopper();
  const unwatch = watch(stopper, task, signal, options.shutdown);
  const jobLog = openLog((rows, keep) => taken.appendLog(rows, keep));
  const progress = throttle<Progress>((value) => taken.sendProgress(value));
  const owner = randomUUID();
  const ctx = createContext({ taken, source, env, store, signal: stopper.signal, progress, log: jobLog, owner });
  const settled = await stopper.settle((async () => task.run(ctx, input))());
  unwatch();
  await Promise.all([progress.flush(), jobLog.flush()]);
  if (settled.kind === 'abandoned') log.warn({ task: task.name, job: taken.id }, 'task did not stop when told to');
  return toOutcome(settled, stopper.reason);
}

/** Connects the three things that can stop a run. Returns what disconnects them. */
function watch(stopper: Stopper, task: Task, signal: AbortSignal, shutdown: AbortSignal): () => void {
  const done = new AbortController();
  const on = (source: AbortSignal, stop: () => void) => {
    if (source.aborted) stop();
    else source.addEventListener('abort', stop, { once: true, signal: done.signal });
  };
  on(signal, () => {
    const { reason } = signal;
    const lost = reason instanceof Error && reason.name === 'LockLostError';
    stopper.stop(new StopError(lost ? 'lost' : 'cancelled', reason instanceof Error ? reason.message : String(reason)));
  });
  on(shutdown, () => stopper.stop(new StopError('shutdown', 'the worker shuts down')));
  const { timeoutMs } = task;
  const timer =
    timeoutMs === null
      ? undefined
      : setTimeout(() => stopper.stop(new StopError('timeout', `took longer than ${timeoutMs} ms`)), timeoutMs);
  return () => {
    clearTimeout(timer);
    done.abort();
  };
}

/** A task that reached its end in spite of all has reached it. One that was told to stop ends for that reason, whatever it threw. */
function toOutcome(settled: Settled<unknown>, stopped: StopError | null): Outcome {
  if (settled.kind === 'resolved') return { kind: 'done', result: settled.value };
  const error = settled.kind === 'rejected' ? settled.error : stopped;
  if (error instanceof WaitsForChildren) return { kind: 'waits-for-children' };
  if (stopped?.kind === 'shutdown') return { kind: 'given-back' };
  if (stopped?.kind === 'timeout') return fail('timeout', stopped.message, error, 'policy');
  if (stopped?.kind === 'lost') return fail('lock_lost', stopped.message, error, 'policy');
  if (stopped?.kind === 'cancelled') return fail(null, stopped.message, error, 'never');
  if (error instanceof PermanentError) return fail(error.code, error.message, error, 'never');
  if (error instanceof RetryAfterError) return fail(null, error.message, error, Math.max(0, Math.round(error.delayMs)));
  if (error instanceof TaskError) return fail(error.code, error.message, error, 'policy');
  return fail(null, error instanceof Error ? error.message : String(error), error, 'policy');
}

/** `code: message`; readers of the job take the code from there. */
function fail(code: string | null, text: string, cause: unknown, retry: 'never' | 'policy' | number): Outcome {
  return { kind: 'failed', message: code === null ? text : `${code}: ${text}`, cause, retry };
}

function describeUnknown(tasks: ReadonlyMap<string, Task>, taken: TakenJob): string {
  const known = [...tasks.keys()].join(', ');
  return `no task "${taken.name}" is registered for queue "${taken.queue}" (there: ${known}).`;
}

function describeIssues(issues: readonly { path: PropertyKey[]; message: string }[]): string {
  return issues.map(({ path, message }) => `${path.map(String).join('.') || 'input'}: ${message}`).join('; ');
}
