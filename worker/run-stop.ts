import { setTimeout as sleep } from 'node:timers/promises';

/** Why a run was told to stop; the first reason counts. */
export type StopKind = 'cancelled' | 'timeout' | 'shutdown' | 'lost';

export class StopError extends Error {
  constructor(
    readonly kind: StopKind,
    message: string,
  ) {
    super(message);
    this.name = 'AbortError';
  }
}

/** A task that was told to stop has this long to let go; after that its job is settled without it. */
const LET_GO_MS = 5_000;

export class Stopper {
  private readonly controller = new AbortController();
  readonly signal = this.controller.signal;
  reason: StopError | null = null;

  stop(reason: StopError): void {
    if (this.reason !== null) return;
    this.reason = reason;
    this.controller.abort(reason);
  }

  /** The work's own end; or `abandoned` when it was told to stop and did not within `letGoMs`. */
  async settle<T>(work: Promise<T>, letGoMs = LET_GO_MS): Promise<Settled<T>> {
    const ended: Promise<Settled<T>> = work.then(
      (value) => ({ kind: 'resolved', value }),
      (error: unknown) => ({ kind: 'rejected', error }),
    );
    const over = new AbortController();
    const abandoned = onceAborted(this.signal, over.signal)
      .then(() => sleep(letGoMs, undefined, { signal: over.signal, ref: false }))
      .then((): Settled<T> => ({ kind: 'abandoned' }));
    abandoned.catch(() => undefined);
    try {
      return await Promise.race([ended, abandoned]);
    } finally {
      over.abort();
    }
  }
}

export type Settled<T> = { kind: 'resolved'; value: T } | { kind: 'rejected'; error: unknown } | { kind: 'abandoned' };

function onceAborted(signal: AbortSignal, unless: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true, signal: unless }));
}
