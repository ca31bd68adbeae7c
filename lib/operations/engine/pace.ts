import { setTimeout as sleep } from 'node:timers/promises';

const WINDOW_MS = 5_000;
const MAX_SLICE = 200;

/** Holds an operation to its rate, and tells the rate that it has. */
export class Pace {
  #nextAt = 0;
  #settled: { at: number; jobs: number }[] = [];
  readonly #beganAt = Date.now();

  constructor(private readonly perSecond: number | null) {}

  /** Jobs to change at a time: a fifth of a second's worth when there is a rate. */
  get slice(): number {
    return this.perSecond === null ? MAX_SLICE : Math.max(1, Math.min(MAX_SLICE, Math.ceil(this.perSecond / 5)));
  }

  /** Waits until `jobs` more may be changed. */
  async wait(jobs: number, signal: AbortSignal): Promise<void> {
    if (this.perSecond === null) return;
    const now = Date.now();
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + (jobs / this.perSecond) * 1000;
    if (at > now) await sleep(at - now, undefined, { signal });
  }

  note(jobs: number): void {
    this.#settled.push({ at: Date.now(), jobs });
  }

  /** Over the last seconds; null while there is too little to tell by. */
  measure(): number | null {
    const now = Date.now();
    this.#settled = this.#settled.filter(({ at }) => now - at < WINDOW_MS);
    const spanMs = Math.min(WINDOW_MS, now - this.#beganAt);
    if (spanMs < 200) return null;
    return (this.#settled.reduce((sum, { jobs }) => sum + jobs, 0) / spanMs) * 1000;
  }
}
