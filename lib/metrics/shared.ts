const MOST_KEPT = 500;

/** Answers that many ask for at once are read once, and serve for `freshMs`. One that failed is read anew. */
export class SharedReads {
  #kept = new Map<string, { at: number; answer: Promise<unknown> }>();

  constructor(private readonly freshMs: number) {}

  read<T>(key: string, run: () => Promise<T>): Promise<T> {
    const known = this.#kept.get(key);
    if (known && Date.now() - known.at < this.freshMs) return known.answer as Promise<T>;
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    const answer = run();
    this.#kept.set(key, { at: Date.now(), answer });
    answer.catch(() => this.#kept.delete(key));
    return answer;
  }
}
