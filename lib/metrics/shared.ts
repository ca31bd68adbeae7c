import { CodedError } from '@/lib/contracts/errors';

const MOST_KEPT = 500;

interface Kept {
  at: number;
  answer: Promise<unknown>;
  isThere: boolean;
  readers: number;
  allLeft: AbortController;
}

/**
 * Answers that many ask for at once are read once, and serve for `freshMs`. One that failed is read anew; one that nobody waits for any
 * more is given up.
 */
export class SharedReads {
  #kept = new Map<string, Kept>();

  constructor(private readonly freshMs: number) {}

  async read<T>(key: string, signal: AbortSignal, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const known = this.#kept.get(key);
    if (!known || Date.now() - known.at >= this.freshMs) return this.#wait<T>(key, this.#begin(key, run), signal);
    try {
      return await this.#wait<T>(key, known, signal);
    } catch (error) {
      // It was refused to whoever had asked first: that is no answer to another.
      if (error instanceof CodedError && error.code === 'too_many_requests') return this.read(key, signal, run);
      throw error;
    }
  }

  /** What it says is not so any more: the next reader reads anew. */
  drop(key: string): void {
    this.#kept.delete(key);
  }

  #begin(key: string, run: (signal: AbortSignal) => Promise<unknown>): Kept {
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    const allLeft = new AbortController();
    const kept: Kept = { at: Date.now(), answer: run(allLeft.signal), isThere: false, readers: 0, allLeft };
    this.#kept.set(key, kept);
    kept.answer.then(
      () => {
        kept.isThere = true;
      },
      () => this.#forget(key, kept),
    );
    return kept;
  }

  async #wait<T>(key: string, kept: Kept, signal: AbortSignal): Promise<T> {
    const leave = () => {
      kept.readers -= 1;
      if (kept.readers > 0 || kept.isThere) return;
      this.#forget(key, kept);
      kept.allLeft.abort(signal.reason);
    };
    kept.readers += 1;
    signal.addEventListener('abort', leave, { once: true });
    try {
      return (await kept.answer) as T;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  #forget(key: string, kept: Kept): void {
    if (this.#kept.get(key) === kept) this.#kept.delete(key);
  }
}
