import type { OrderChannel, WorkerOrder } from './orders';
import type { WorkerSign } from './worker-sign';

/** A worker of this process, as orders act on it. */
export interface AttachedWorker {
  queue: string;
  closing: boolean;
  /** Set by an order: what a fetch still brings is given back. */
  quiet: boolean;
  sign(): WorkerSign;
  slots(): number;
  setSlots(slots: number): void;
  isPaused(): boolean;
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
  onStop: OnStop | null;
}

/** Takes the stopping of the process into its own hands; must not wait for its end. */
export type OnStop = (order: { graceMs: number; by: string }) => void;

interface Process {
  workers(): AttachedWorker[];
  running(): { abort: AbortController }[];
  changed(): void;
}

const DEFAULT_GRACE_MS = 30_000;
const REMEMBERED = 100;

/** Does each order that means this very process once, and says so. */
export class OrderBook {
  readonly #done: string[] = [];

  constructor(
    private readonly worker: string,
    private readonly startedAt: number,
    private readonly process: Process,
  ) {}

  async look(channel: OrderChannel): Promise<void> {
    for (const order of await channel.readOrders(this.worker)) {
      if (order.startedAt !== this.startedAt || order.acknowledgedAt !== null) continue;
      const isNew = !this.#done.includes(order.id);
      if (isNew) this.#done.push(order.id);
      if (this.#done.length > REMEMBERED) this.#done.shift();
      const refused = isNew ? await this.#obey(order) : null;
      this.process.changed();
      // A process that ends can say nothing more: its word goes first.
      await channel.acknowledgeOrder(order, Date.now(), refused).finally(() => {
        if (isNew && order.kind === 'stop' && refused === null) this.#stop(order.graceMs ?? DEFAULT_GRACE_MS, order.by);
      });
    }
  }

  /** Why it was not done; null when it was, or is under way. */
  async #obey(order: WorkerOrder): Promise<string | null> {
    const workers = this.process.workers().filter((worker) => !worker.closing);
    if (workers.length === 0) return 'It is stopping already.';
    switch (order.kind) {
      case 'quiet':
        for (const worker of workers) worker.quiet = true;
        await Promise.all(workers.map((worker) => worker.pause()));
        return null;
      case 'resume':
        for (const worker of workers) worker.quiet = false;
        await Promise.all(workers.map((worker) => worker.resume()));
        return null;
      case 'concurrency':
        return setConcurrency(workers, order);
      case 'stop':
        return null;
      default:
        return 'Its control module is too old for this.';
    }
  }

  /** Takes no more jobs; those that run get the grace, then their signals abort. */
  #stop(graceMs: number, by: string): void {
    const workers = this.process.workers().filter((worker) => !worker.closing);
    const own = new Set(workers.flatMap(({ onStop }) => onStop ?? []));
    for (const onStop of own) onStop({ graceMs, by });
    const others = workers.filter(({ onStop }) => onStop === null);
    if (others.length === 0) return;
    const timer = setTimeout(() => {
      for (const { abort } of this.process.running()) abort.abort(new Error(`stopped: by ${by}`));
    }, graceMs);
    for (const worker of others) worker.closing = true;
    void Promise.allSettled(others.map((worker) => worker.close())).then(() => clearTimeout(timer));
  }
}

/** Several workers of one queue in a process share the slots. */
function setConcurrency(workers: AttachedWorker[], { queue, concurrency }: WorkerOrder): string | null {
  const here = workers.filter((worker) => worker.queue === queue);
  if (here.length === 0 || concurrency === null) return 'It does not work on that queue.';
  if (concurrency < here.length) return `It has ${here.length} workers on that queue, each with a slot at least.`;
  const share = Math.floor(concurrency / here.length);
  here.forEach((worker, i) => {
    worker.setSlots(share + (i < concurrency % here.length ? 1 : 0));
  });
  return null;
}
