/** What many ask for at once, and again and again, is read once for all of them in so many ms. */
export class SharedReads<T> {
  readonly #known = new Map<string, { at: number; read: Promise<T> }>();

  constructor(
    private readonly everyMs: number,
    private readonly most = 500,
  ) {}

  get(key: string, read: () => Promise<T>): Promise<T> {
    const last = this.#known.get(key);
    if (last && Date.now() - last.at < this.everyMs) return last.read;
    if (this.#known.size >= this.most) this.#known.clear();
    const one = { at: Date.now(), read: read() };
    this.#known.set(key, one);
    one.read.catch(() => {
      if (this.#known.get(key) === one) this.#known.delete(key);
    });
    return one.read;
  }

  drop(key: string): void {
    this.#known.delete(key);
  }
}
