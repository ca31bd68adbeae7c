/** Streams that one blocking read names; beyond, those that had no news for long are asked in turn. */
const MOST_HOT = 500;
/** A stream of the others is asked once in this time. */
const COLD_EVERY_MS = 4_000;
const MOST_COLD_AT_ONCE = 1_500;
const REBUILD_EVERY_MS = 500;
/** One that cannot be read is tried again after this. */
const ASIDE_MS = 30_000;

/**
 * Which of many queues' streams are read when. A read that waits names each of its streams every time: at 10,000 that would be 0.6 MB a call,
 * so only the ones with the newest news (or that are new themselves) are waited for; every other one is asked without waiting, a slice at
 * a time. Streams that cannot be read are set aside for a while, because one of them refuses the read of all.
 */
export class StreamTiers {
  #names: readonly string[] = [];
  #newsAt = new Map<string, number>();
  #asideUntil = new Map<string, number>();
  #hot: string[] = [];
  #cold: string[] = [];
  #isStale = false;
  #builtAt = 0;
  #coldAt = 0;
  #coldFrom = 0;

  /** The same array again is no change. */
  keep(names: readonly string[], now: number): void {
    if (names === this.#names) return;
    const isFirst = this.#names.length === 0;
    const before = new Set(this.#names);
    const after = new Set(names);
    for (const map of [this.#newsAt, this.#asideUntil])
      for (const name of map.keys()) if (!after.has(name)) map.delete(name);
    if (!isFirst) for (const name of names) if (!before.has(name)) this.#newsAt.set(name, now);
    this.#names = names;
    this.#build(now);
  }

  noteNews(name: string, now: number): void {
    this.#newsAt.set(name, now);
    this.#isStale ||= this.#cold.length > 0;
  }

  setAside(name: string, now: number): void {
    this.#asideUntil.set(name, now + ASIDE_MS);
    this.#build(now);
  }

  /** Names of those that were set aside, tried again or not. */
  get aside(): string[] {
    return [...this.#asideUntil.keys()];
  }

  hot(now: number): readonly string[] {
    const isBack = this.#asideUntil.size > 0 && [...this.#asideUntil.values()].some((until) => until <= now);
    if (isBack || (this.#isStale && now - this.#builtAt >= REBUILD_EVERY_MS)) this.#build(now);
    return this.#hot;
  }

  /** Those whose turn it is. */
  coldSlice(now: number): string[] {
    const { length } = this.#cold;
    if (length === 0) return [];
    const share = Math.min(1, (now - this.#coldAt) / COLD_EVERY_MS);
    const count = Math.min(MOST_COLD_AT_ONCE, Math.floor(length * share));
    if (count === 0) return [];
    this.#coldAt = now;
    const from = this.#coldFrom % length;
    this.#coldFrom = (from + count) % length;
    return [...this.#cold.slice(from, from + count), ...this.#cold.slice(0, Math.max(0, from + count - length))];
  }

  get hasCold(): boolean {
    return this.#cold.length > 0;
  }

  #build(now: number): void {
    for (const [name, until] of this.#asideUntil) if (until <= now) this.#asideUntil.delete(name);
    const usable =
      this.#asideUntil.size === 0 ? this.#names : this.#names.filter((name) => !this.#asideUntil.has(name));
    this.#isStale = false;
    this.#builtAt = now;
    if (usable.length <= MOST_HOT) {
      this.#hot = [...usable];
      this.#cold = [];
      return;
    }
    const newest = usable.filter((name) => this.#newsAt.has(name));
    newest.sort((a, b) => (this.#newsAt.get(b) ?? 0) - (this.#newsAt.get(a) ?? 0));
    const hot = new Set(newest.slice(0, MOST_HOT));
    this.#hot = [...hot];
    this.#cold = usable.filter((name) => !hot.has(name));
  }
}
