import type { JobOptions } from '@/lib/contracts/jobs';
import type { Task } from '@/lib/contracts/tasks';

/** The task's own retries and backoff, unless the caller chose others. */
export function withPolicy(task: Task, options: JobOptions): JobOptions {
  return { attempts: task.attempts, backoff: task.backoff, ...options };
}
