import type { QueueTask } from './findings';
import { lineOf } from './task-list';

const RETRY_MS = 5_000;
const MOST_FAILURES = 10;

/** Comparisons that failed, until they are tried again: those of other queues go on meanwhile. */
export class PutOff {
  readonly #until = new Map<QueueTask, number>();
  /** In a row, for each queue. */
  readonly #failures = new Map<string, number>();

  get tasks(): QueueTask[] {
    return [...this.#until.keys()];
  }

  get size(): number {
    return this.#until.size;
  }

  /** False = it failed too often to be tried again. */
  add(task: QueueTask): boolean {
    const failures = (this.#failures.get(task.queue) ?? 0) + 1;
    if (failures >= MOST_FAILURES) {
      this.#failures.delete(task.queue);
      return false;
    }
    this.#failures.set(task.queue, failures);
    this.#until.set(task, Date.now() + RETRY_MS);
    return true;
  }

  noteSuccess({ queue }: QueueTask): void {
    this.#failures.delete(queue);
  }

  /** Those that are to be tried now; they are put off no more. */
  takeDue(now: number): QueueTask[] {
    const due = this.tasks.filter((task) => now >= (this.#until.get(task) ?? 0));
    for (const task of due) this.#until.delete(task);
    return due;
  }

  /** Queues that there are no more need not be compared; what they lost is still to be told. */
  keep(queues: ReadonlySet<string>): void {
    for (const task of this.tasks)
      if ((lineOf(task) === 'first' || lineOf(task) === 'routine') && !queues.has(task.queue)) this.#until.delete(task);
  }
}
