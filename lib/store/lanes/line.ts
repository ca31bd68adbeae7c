export interface LineBounds {
  /** Held at once: by all, and by one caller. */
  places: number;
  perCaller: number;
  /** How many of one caller may wait for a place, and how long. */
  waiting: number;
  waitMs: number;
}

/** No place was had. `isStuck`: while it was waited for, none became free at all. */
export class NoPlaceError extends Error {
  constructor(readonly isStuck: boolean) {
    super('no place was free in time');
    this.name = 'NoPlaceError';
  }
}

interface Waiter {
  since: number;
  enter(): void;
}

interface Wish {
  signal?: AbortSignal | undefined;
  /** In place of the line's own time; whoever brings it may join a line that is full. */
  patienceMs?: number | undefined;
}

/**
 * Places for which callers stand in line. A place that becomes free goes to the caller who holds the fewest, among those the one who
 * has waited longest: who asks for much waits for himself.
 */
export class Line {
  #free: number;
  #freedAt = Number.NEGATIVE_INFINITY;
  readonly #held = new Map<string, number>();
  readonly #waiting = new Map<string, Waiter[]>();

  constructor(private readonly bounds: LineBounds) {
    this.#free = bounds.places;
  }

  /** How many places are held. */
  get taken(): number {
    return this.bounds.places - this.#free;
  }

  /** A place, as the function that gives it back. Throws NoPlaceError, or the signal's reason. */
  async take(caller: string, { signal, patienceMs }: Wish = {}): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#free > 0 && this.#mayHold(caller)) return this.#enter(caller);
    const queue = this.#waiting.get(caller) ?? [];
    if (patienceMs === undefined && queue.length >= this.bounds.waiting) throw new NoPlaceError(false);
    this.#waiting.set(caller, queue);
    return this.#wait(caller, queue, signal, patienceMs ?? this.bounds.waitMs);
  }

  #wait(caller: string, queue: Waiter[], signal: AbortSignal | undefined, ms: number): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const since = performance.now();
      const leave = (reason: unknown) => {
        settle();
        queue.splice(queue.indexOf(waiter), 1);
        if (queue.length === 0) this.#waiting.delete(caller);
        reject(reason);
      };
      const onAbort = () => leave(signal?.reason);
      const giveUp = () => {
        if (queue.includes(waiter)) leave(new NoPlaceError(this.#freedAt < since));
      };
      // Where the process itself is late, a place may be free already and only its news not be read yet.
      const timer = setTimeout(() => setImmediate(giveUp), ms);
      const settle = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter = {
        since,
        enter: () => {
          settle();
          resolve(this.#enter(caller));
        },
      };
      queue.push(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  #mayHold = (caller: string) => (this.#held.get(caller) ?? 0) < this.bounds.perCaller;

  #enter(caller: string): () => void {
    this.#free -= 1;
    this.#held.set(caller, (this.#held.get(caller) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#leave(caller);
    };
  }

  #leave(caller: string): void {
    this.#free += 1;
    this.#freedAt = performance.now();
    const held = (this.#held.get(caller) ?? 1) - 1;
    if (held > 0) this.#held.set(caller, held);
    else this.#held.delete(caller);
    this.#callNext();
  }

  #callNext(): void {
    let next: { caller: string; held: number; since: number } | null = null;
    for (const [caller, [first]] of this.#waiting) {
      if (!first || !this.#mayHold(caller)) continue;
      const held = this.#held.get(caller) ?? 0;
      if (next === null || held < next.held || (held === next.held && first.since < next.since))
        next = { caller, held, since: first.since };
    }
    if (next === null) return;
    const queue = this.#waiting.get(next.caller);
    const waiter = queue?.shift();
    if (queue?.length === 0) this.#waiting.delete(next.caller);
    waiter?.enter();
  }
}
