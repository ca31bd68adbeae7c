/** Numbers that follow from a seed: the same seed and place give the same request, whatever came before. */
export class Random {
  #state: number;

  constructor(seed: number, place = 0) {
    this.#state = (Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) ^ Math.imul(place + 1, 0xc2b2_ae35)) >>> 0;
    for (let i = 0; i < 4; i += 1) this.unit();
  }

  /** 0 ≤ x < 1 (mulberry32). */
  unit(): number {
    this.#state = (this.#state + 0x6d2b_79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** 0 … below − 1 */
  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }

  between(from: number, to: number): number {
    return from + this.below(to - from + 1);
  }

  chance(share: number): boolean {
    return this.unit() < share;
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new Error('nothing to pick from');
    return from[this.below(from.length)] as T;
  }

  /** By weights. */
  weighted<T>(from: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.unit() * from.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of from) {
      left -= weight;
      if (left < 0) return value;
    }
    return (from.at(-1) as readonly [number, T])[1];
  }
}
