import type { Ordered, QueueWorker } from '@/lib/backends/bullmq/worker';
import type { NextJob } from '@/lib/backends/bullmq/worker/take-known/guard';
import { log } from '@/lib/log';
import { describeNext, NOT_LOOKED, type Reason, unreadable } from './find-reason';

/** What our worker does on a queue, and since when (epoch ms). `reason` is null where it works. */
export interface Standing {
  queue: string;
  state: 'works' | 'left-alone';
  reason: string | null;
  since: number;
}

export interface KeptQueueOptions {
  source: string;
  queue: string;
  /**
   * Begins to take jobs; `onUnknown` hears of the first that it does not know, which is not taken. `before`: what the last worker
   * there had been ordered.
   */
  open(onUnknown: (job: NextJob) => void, before: Ordered | null): QueueWorker;
  changed(): void;
}

/**
 * One queue of a broker that is somebody else's.
 *
 *     left alone ──a look finds nothing──▶ works ──a look finds something, or an unknown name comes up──▶ leaving
 *         ▲                                                                                                  │
 *         └────────────────────────────── the jobs that run have ended ──────────────────────────────────────┘
 *
 * It begins as left alone. A queue that is being left takes no jobs and is told as left alone already.
 */
export class KeptQueue {
  readonly #options: KeptQueueOptions;
  #worker: QueueWorker | null = null;
  #leaving: Promise<void> | null = null;
  #before: Ordered | null = null;
  #closed = false;
  #reason: Reason | null = NOT_LOOKED;
  #since = Date.now();

  constructor(options: KeptQueueOptions) {
    this.#options = options;
  }

  get standing(): Standing {
    const reason = this.#reason?.sentence ?? null;
    return { queue: this.#options.queue, state: reason === null ? 'works' : 'left-alone', reason, since: this.#since };
  }

  /** Whether this process holds a worker there, be it one that is leaving. */
  get isWorkedOn(): boolean {
    return this.#worker !== null;
  }

  /** Null where there is no worker that could be ordered anything. */
  get ordered(): Ordered | null {
    return this.#leaving === null ? (this.#worker?.ordered() ?? null) : null;
  }

  /** What the last look has found against it; null = nothing. */
  judge(reason: Reason | null): void {
    if (reason !== null) this.#leave(reason);
    else if (!this.#closed && this.#leaving === null && this.#worker === null) this.#take();
  }

  /** Takes no more jobs; resolves when those that run have ended. */
  async close(): Promise<void> {
    this.#closed = true;
    await (this.#leaving ?? this.#worker?.close());
  }

  #take(): void {
    const worker = this.#options.open((job) => this.#leave(describeNext(job)), this.#before);
    this.#worker = worker;
    this.#stand(null);
    // BullMQ does not try a first connection again that has failed: the next look begins anew.
    worker.ready().catch((error: Error) => {
      if (this.#worker === worker && this.#leaving === null && !this.#closed) this.#leave(unreadable(error.message));
    });
  }

  #leave(reason: Reason): void {
    this.#stand(reason);
    if (this.#worker === null || this.#leaving !== null || this.#closed) return;
    const { source, queue } = this.#options;
    this.#before = this.#worker.ordered();
    this.#leaving = this.#worker
      .close()
      .catch((error: Error) => log.warn({ source, queue, err: error.message }, 'the worker of a queue did not close'))
      .finally(() => {
        this.#worker = null;
        this.#leaving = null;
      });
  }

  #stand(reason: Reason | null): void {
    const before = this.#reason;
    this.#reason = reason;
    const { source, queue, changed } = this.#options;
    if (before?.kind !== reason?.kind) {
      if ((before === null) !== (reason === null)) this.#since = Date.now();
      if (reason === null) log.info({ source, queue }, 'our worker takes the jobs of a queue');
      else log.warn({ source, queue, reason: reason.sentence }, 'our worker leaves a queue alone');
    }
    if (before?.sentence !== reason?.sentence) changed();
  }
}
