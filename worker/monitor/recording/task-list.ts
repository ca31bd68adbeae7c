import type { QueueTask } from './findings';

type Line = 'gone' | 'gap' | 'first' | 'routine';

export function lineOf({ why, depth, gap }: QueueTask): Line {
  return gap?.isGone || (why === 'routine' && depth === 'whole') ? 'gone' : why;
}

/** Queues that wait to be compared, each once: those that are gone first (it takes a moment), then what was cut, then the rest. */
export class TaskList {
  #lines = {
    gone: new Map<string, QueueTask>(),
    gap: new Map<string, QueueTask>(),
    first: new Map<string, QueueTask>(),
    routine: new Map<string, QueueTask>(),
  };

  get size(): number {
    const { gone, gap, first, routine } = this.#lines;
    return gone.size + gap.size + first.size + routine.size;
  }

  has(queue: string): boolean {
    return Object.values(this.#lines).some((line) => line.has(queue));
  }

  /** A comparison for a gap is every other comparison of the queue as well. */
  add(task: QueueTask): void {
    const { gone, gap, first, routine } = this.#lines;
    if (task.why === 'gap') for (const line of [gone, gap, first, routine]) line.delete(task.queue);
    else if (gone.has(task.queue) || gap.has(task.queue)) return;
    this.#lines[lineOf(task)].set(task.queue, task);
  }

  takeUrgent(): QueueTask | null {
    return shift(this.#lines.gone);
  }

  take(): QueueTask | null {
    const { gone, gap, first, routine } = this.#lines;
    return shift(gone) ?? shift(gap) ?? shift(first) ?? shift(routine);
  }

  /** Queues that there are no more need not be compared; what they lost is still to be told. */
  keep(queues: ReadonlySet<string>): void {
    for (const line of [this.#lines.first, this.#lines.routine])
      for (const queue of line.keys()) if (!queues.has(queue)) line.delete(queue);
  }

  dropGaps(): void {
    for (const line of [this.#lines.gone, this.#lines.gap]) line.clear();
  }
}

function shift(line: Map<string, QueueTask>): QueueTask | null {
  for (const [queue, task] of line) {
    line.delete(queue);
    return task;
  }
  return null;
}
