import type { Task } from './define-task';

/** Every task that this worker runs. A task that is not listed here does not exist. */
export const TASKS: readonly Task[] = [];
