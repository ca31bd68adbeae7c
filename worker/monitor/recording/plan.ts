import type { QueueBackend } from '@/lib/backends/backend';
import type { Counts } from '@/lib/contracts/queues';
import type { Finding } from './findings';
import type { Backfill } from './lease';
import type { Marks } from './marks';
import type { TaskList } from './task-list';

/** How far back of a gap or of the last comparison ended jobs are looked at. */
export const MARGIN_MS = 60_000;
/** Fewer are read before anybody could look. */
const SHOWN_BACKFILL = 1_000;

export interface PlanOptions {
  backend: QueueBackend;
  marks: Marks;
  reconciledAt: number | null;
  everyMs: number;
  /** Of the first comparison of a queue: what ended longer ago is not recorded any more. */
  keepMs: number;
}

/** Which queues are compared when: those that never were; and every ten minutes those in which something happened, after a start all. */
export class Plan {
  #seen = new Set<string>();
  #planned: readonly string[] | null = null;
  #reconciledAt: number;
  #plannedAt: number | null = null;
  #isFresh = true;
  #counts = new Map<string, Counts>();
  #backfill: Backfill | null = null;

  constructor(
    private readonly options: PlanOptions,
    private readonly tasks: TaskList,
  ) {
    this.#reconciledAt = options.reconciledAt ?? 0;
  }

  /** When the comparison that goes on was planned; null = none does. */
  get plannedAt(): number | null {
    return this.#plannedAt;
  }

  /** Of many jobs that were there before: how far their reading is. */
  get backfill(): Backfill | null {
    return this.#backfill;
  }

  noteSeen(queue: string): void {
    this.#seen.add(queue);
  }

  noteSwept({ task, swept }: Extract<Finding, { kind: 'swept' }>): void {
    if (this.#backfill === null || task.why !== 'first') return;
    this.#backfill = { ...this.#backfill, queue: task.queue, done: this.#backfill.done + swept };
  }

  /** As they were when the comparison was planned; null = not known. */
  countsOf(queue: string): Counts | null {
    return this.#counts.get(queue) ?? null;
  }

  /** Nothing is left to be compared. */
  end(reconciledAt: number | null): void {
    this.#backfill = null;
    if (reconciledAt === null) return;
    this.#reconciledAt = reconciledAt;
    this.#plannedAt = null;
  }

  /** Called when nothing is left to be compared. `queues`: the same array as long as they are the same. */
  async make(queues: readonly string[]): Promise<void> {
    const { marks, everyMs, keepMs } = this.options;
    const now = Date.now();
    const isDue = now - this.#reconciledAt >= everyMs;
    if (queues === this.#planned && !isDue) return;
    const fresh = queues.filter((queue) => !marks.get(queue).swept);
    if (fresh.length > 0 || isDue) await this.#readCounts(fresh);
    for (const queue of fresh)
      this.tasks.add({ queue, why: 'first', depth: 'whole', fromMs: now - keepMs, gap: null, settled: 0 });
    this.#planned = queues;
    if (isDue) this.#planRoutine(queues, now);
  }

  #planRoutine(queues: readonly string[], now: number): void {
    const { marks, everyMs } = this.options;
    const fromMs = this.#reconciledAt === 0 ? now - everyMs : this.#reconciledAt - MARGIN_MS;
    for (const queue of queues) {
      if (!marks.get(queue).swept) continue;
      // What is drained away tells nobody: of a queue in which nothing was heard at least the number of open jobs is compared.
      const depth = this.#isFresh || this.#seen.has(queue) ? 'ended' : 'drift';
      this.tasks.add({ queue, why: 'routine', depth, fromMs, gap: null, settled: 0 });
    }
    this.#isFresh = false;
    this.#seen.clear();
    // Nothing to compare: done with that.
    if (this.tasks.size === 0) this.#reconciledAt = now;
    else this.#plannedAt = now;
  }

  async #readCounts(fresh: readonly string[]): Promise<void> {
    const { queues } = await this.options.backend.snapshot();
    this.#counts = new Map(queues.map(({ name, counts }) => [name, counts]));
    let total = 0;
    for (const queue of fresh) for (const count of Object.values(this.#counts.get(queue) ?? {})) total += count ?? 0;
    if (total >= SHOWN_BACKFILL) this.#backfill = { queue: null, done: 0, total, startedAt: Date.now() };
  }
}
