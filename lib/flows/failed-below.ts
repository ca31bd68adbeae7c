import type { BrokerChild, FlowMethods } from '@/lib/backends/flows';
import type { ChildKind } from '@/lib/contracts/flows';
import type { JobRef } from '@/lib/contracts/jobs';

const PAGE = 500;
const AT_ONCE = 4;

export interface FailedJob extends JobRef {
  name: string;
  error: string | null;
}

/** What failed below a job, as its retry would take it. */
export interface FailedBelow {
  /** Nothing below them has failed or goes on. */
  ready: FailedJob[];
  /** They failed with their children, or before them: retried now, they would meet children that have not completed. */
  blocked: FailedJob[];
  /** They failed, and their parents were told to go on without them. */
  ignored: number;
  looked: number;
  /** False: a bound was met before everything was looked at. */
  exact: boolean;
}

export interface Bounds {
  jobs: number;
  ms: number;
}

/**
 * Walks down a flow, level by level, to what failed in it; flows that lead back into themselves are walked once. What completed, and what
 * its parent does without, is not looked into. Null: there is no such job.
 */
export async function findFailedBelow(
  flows: FlowMethods,
  top: JobRef,
  bounds: Bounds,
  signal?: AbortSignal,
): Promise<FailedBelow | null> {
  const walk = new Walk(flows, bounds, signal);
  if (!(await walk.open(top))) return null;
  while (walk.isGoingOn) await Promise.all(walk.take(AT_ONCE).map((parent) => walk.open(parent)));
  return walk.result;
}

const keyOf = ({ queue, id }: JobRef) => `${queue.length}:${queue}${id}`;

class Walk {
  readonly result: FailedBelow = { ready: [], blocked: [], ignored: 0, looked: 0, exact: true };
  #open: JobRef[] = [];
  #met = new Set<string>();
  #endsAt: number;

  constructor(
    private readonly flows: FlowMethods,
    private readonly bounds: Bounds,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.#endsAt = Date.now() + bounds.ms;
  }

  get isGoingOn(): boolean {
    return this.#open.length > 0 && !this.#isOver;
  }

  take(count: number): JobRef[] {
    return this.#open.splice(0, count);
  }

  get #isOver(): boolean {
    this.signal?.throwIfAborted();
    if (this.result.looked < this.bounds.jobs && Date.now() < this.#endsAt) return false;
    this.result.exact = false;
    return true;
  }

  /** False: the job is gone. */
  async open(parent: JobRef): Promise<boolean> {
    this.#met.add(keyOf(parent));
    const first = await this.#read(parent, 'failed');
    if (!first) return false;
    this.result.ignored += first.ignored;
    if (first.pending > 0 && !this.#isOver) await this.#read(parent, 'pending');
    return true;
  }

  async #read(parent: JobRef, kind: ChildKind): Promise<{ ignored: number; pending: number } | null> {
    for (let after: string | null = null; ; ) {
      const level = await this.flows.level(parent.queue, parent.id, { kind, after, limit: PAGE });
      if (!level) return null;
      for (const child of level.items) this.#take(child);
      this.result.looked += level.items.length;
      after = level.next;
      if (after === null || this.#isOver)
        return { ignored: level.children?.ignored ?? 0, pending: level.children?.pending ?? 0 };
    }
  }

  #take({ queue, id, job }: BrokerChild): void {
    if (!job || this.#met.has(keyOf({ queue, id }))) return;
    const { row, children } = job;
    const isHeld = children !== null && children.pending + children.failed > 0;
    if (row.state === 'failed') {
      this.#met.add(keyOf({ queue, id }));
      this.result[isHeld ? 'blocked' : 'ready'].push({ queue, id, name: row.name, error: row.error });
    }
    if (!isHeld) return;
    // It is opened once, though it may be met again before.
    this.#met.add(keyOf({ queue, id }));
    this.#open.push({ queue, id });
  }
}
