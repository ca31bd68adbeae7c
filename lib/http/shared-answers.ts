const MOST = 100;

interface Held {
  until: number;
  answer: Promise<unknown>;
}

/** Answers that all who ask for the same within a moment get together. Where the first got none, each of the others asks for himself. */
export class SharedAnswers {
  readonly #held = new Map<string, Held>();

  /** What was asked under `key` less than `forMs` ago, or what `ask` gives. */
  get<T>(key: string, forMs: number, ask: () => Promise<T>): Promise<T> {
    const now = Date.now();
    const held = this.#held.get(key);
    if (held && held.until > now) return (held.answer as Promise<T>).catch(ask);
    for (const [one, { until }] of this.#held) if (until <= now) this.#held.delete(one);
    const answer = ask();
    if (this.#held.size >= MOST) return answer;
    const own = { until: now + forMs, answer };
    this.#held.set(key, own);
    answer.catch(() => {
      if (this.#held.get(key) === own) this.#held.delete(key);
    });
    return answer;
  }
}
