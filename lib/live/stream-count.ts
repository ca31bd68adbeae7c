import { CodedError } from '@/lib/contracts/errors';

export interface StreamBounds {
  all: number;
  perCaller: number;
}

/** Nobody can take the streams of the others. */
const STREAMS: StreamBounds = { all: 10_000, perCaller: 2_000 };

/** How many streams are open, of whom. */
export class StreamCount {
  #open = 0;
  readonly #of = new Map<string, number>();

  constructor(private readonly bounds = STREAMS) {}

  get open(): number {
    return this.#open;
  }

  /** Throws too_many_requests when the caller has as many as it may, busy when all have. */
  refuse(caller: string): void {
    const { all, perCaller } = this.bounds;
    if ((this.#of.get(caller) ?? 0) >= perCaller)
      throw new CodedError('too_many_requests', `${perCaller} live streams are open from here.`, {
        retryAfterSeconds: 10,
      });
    if (this.#open >= all)
      throw new CodedError('busy', `${all} live streams are open here.`, { retryAfterSeconds: 10 });
  }

  add(caller: string): void {
    this.#open += 1;
    this.#of.set(caller, (this.#of.get(caller) ?? 0) + 1);
  }

  remove(caller: string): void {
    this.#open -= 1;
    const own = (this.#of.get(caller) ?? 0) - 1;
    if (own > 0) this.#of.set(caller, own);
    else this.#of.delete(caller);
  }
}
