/**
 * When the next shared read may start: one a second over time, and one spare for a change that comes right after a
 * quiet read, so that it need not wait out the second. Over any N seconds at most N + 1 reads. Pure: times are passed in.
 */
export class ReadPacer {
  #spare: number;
  #since: number;

  constructor(
    private readonly everyMs: number,
    nowMs: number,
  ) {
    this.#spare = 2;
    this.#since = nowMs;
  }

  /** Milliseconds until a read may start; 0 = now. */
  waitMs(nowMs: number): number {
    return Math.max(0, Math.ceil((1 - this.#level(nowMs)) * this.everyMs));
  }

  /** Records that a read starts now. */
  take(nowMs: number): void {
    this.#spare = Math.max(0, this.#level(nowMs) - 1);
    this.#since = nowMs;
  }

  #level(nowMs: number): number {
    return Math.min(2, this.#spare + Math.max(0, nowMs - this.#since) / this.everyMs);
  }
}
