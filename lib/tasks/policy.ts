import { CodedError } from '@/lib/contracts/errors';
import type { JobOptions } from '@/lib/contracts/jobs';
import type { Task, TaskOptions } from '@/lib/contracts/tasks';

const FARTHEST_MS = 366 * 86_400_000;

/** The task's own retries and backoff, unless the caller chose others. */
export function withPolicy(task: Task, options: JobOptions): JobOptions {
  return { attempts: task.attempts, backoff: task.backoff, ...options };
}

/** `runAt` as the delay that it is now; a time that is past means now. 422 beyond a year. */
export function toJobOptions({ runAt, ...options }: TaskOptions, nowMs = Date.now()): JobOptions {
  if (runAt === undefined) return options;
  const delayMs = Math.max(0, Date.parse(runAt) - nowMs);
  if (delayMs > FARTHEST_MS) {
    const message = 'is more than a year away';
    throw new CodedError('validation_failed', `options.runAt: ${message}`, {
      errors: [{ path: 'options.runAt', message }],
    });
  }
  return { ...options, delayMs };
}
