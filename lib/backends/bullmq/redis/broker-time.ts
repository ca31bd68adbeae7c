const REFRESH_MS = 60_000;

/**
 * About how long a Redis was busy with our commands: how many there were of each name, times what a command of that name takes it on
 * average by its own statistics (`INFO commandstats`, since it started, whoever sent them).
 */
export class BrokerTime {
  #calls = new Map<string, number>();
  #microsPerCall: ReadonlyMap<string, number> | null = null;
  #settledMs = 0;
  #askedAt = Number.NEGATIVE_INFINITY;

  note(name: string, times = 1): void {
    this.#calls.set(name, (this.#calls.get(name) ?? 0) + times);
  }

  /** Milliseconds since the beginning; null until the broker told. */
  get ms(): number | null {
    return this.#microsPerCall === null ? null : this.#settledMs + this.#openMs();
  }

  /** Asks for the statistics, once a minute at most and in the background: `read` resolves to the text of INFO. */
  refresh(read: () => Promise<string>): void {
    const now = performance.now();
    if (now - this.#askedAt < REFRESH_MS) return;
    this.#askedAt = now;
    read().then(
      (text) => {
        this.#settledMs += this.#openMs();
        // What was sent before the first answer is weighed by it.
        if (this.#microsPerCall !== null) this.#calls.clear();
        this.#microsPerCall = parseCommandStats(text);
      },
      () => undefined,
    );
  }

  #openMs(): number {
    let micros = 0;
    for (const [name, times] of this.#calls) micros += times * (this.#microsPerCall?.get(name) ?? 0);
    return micros / 1000;
  }
}

/** `cmdstat_hmget:calls=21,usec=120,usec_per_call=5.71,…` → mean µs by name; of subcommands (`config|get`) the command's own too. */
export function parseCommandStats(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const [, name = '', micros = ''] of text.matchAll(/^cmdstat_([^:]+):.*?usec_per_call=([\d.]+)/gm))
    found.set(name.toLowerCase(), Number(micros));
  return found;
}
