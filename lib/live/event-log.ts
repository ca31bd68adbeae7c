/** One event as it was logged: its frame without the id line, serialised once for all. */
export interface LoggedEvent {
  seq: number;
  atMs: number;
  source: string;
  /** Channels that it belongs to. */
  channels: readonly string[];
  kind: 'state' | 'progress' | 'log' | 'reset';
  /** Progress of the same subject replaces earlier progress within one flush. */
  subject: string;
  /** `event: …\ndata: …\n\n` */
  text: string;
}

export interface LogBounds {
  events: number;
  chars: number;
  ageMs: number;
}

/**
 * What happened lately, over all sources, bounded by number, size and age; it is both the buffer that all streams read
 * from, each with its own cursor, and what a returning one resumes from. A stream therefore holds no events of its own.
 *
 * `floor` is the newest sequence that has left: a cursor below it may have missed something. Channels are indexed while
 * somebody watches them, so that a flush costs what is new in them, not what is new anywhere.
 */
export class EventLog {
  #events: LoggedEvent[] = [];
  #head = 0;
  #chars = 0;
  #floor = 0;
  #index = new Map<string, LoggedEvent[]>();

  constructor(private readonly bounds: LogBounds) {}

  get floor(): number {
    return this.#floor;
  }

  get size(): number {
    return this.#events.length - this.#head;
  }

  /** Indexes a channel from what is still here. */
  openChannel(channel: string): void {
    if (this.#index.has(channel)) return;
    const known: LoggedEvent[] = [];
    for (let i = this.#head; i < this.#events.length; i += 1) {
      const event = this.#events[i];
      if (event?.channels.includes(channel)) known.push(event);
    }
    this.#index.set(channel, known);
  }

  closeChannel(channel: string): void {
    this.#index.delete(channel);
  }

  append(event: LoggedEvent): void {
    this.#events.push(event);
    this.#chars += event.text.length;
    for (const channel of event.channels) this.#index.get(channel)?.push(event);
    this.evict(event.atMs);
  }

  /** Lets go of what is over the bounds. Call now and then, so that age counts also when nothing comes. */
  evict(nowMs: number): void {
    const { events, chars, ageMs } = this.bounds;
    for (;;) {
      const oldest = this.#events[this.#head];
      if (!oldest) break;
      if (this.size <= events && this.#chars <= chars && nowMs - oldest.atMs <= ageMs) break;
      this.#head += 1;
      this.#chars -= oldest.text.length;
      this.#floor = oldest.seq;
    }
    if (this.#head > 1000 && this.#head * 2 > this.#events.length) this.#compact();
  }

  /** Events after `seq` in any of the channels, in order, each once. */
  since(channels: readonly string[], seq: number): LoggedEvent[] {
    const found = channels.map((channel) => tailAfter(this.#index.get(channel) ?? [], Math.max(seq, this.#floor)));
    const some = found.filter((events) => events.length > 0);
    if (some.length <= 1) return some[0] ?? [];
    const merged = some.flat().sort((a, b) => a.seq - b.seq);
    return merged.filter((event, i) => event.seq !== merged[i - 1]?.seq);
  }

  #compact(): void {
    this.#events = this.#events.slice(this.#head);
    this.#head = 0;
    for (const [channel, events] of this.#index) this.#index.set(channel, tailAfter(events, this.#floor));
  }
}

/** Looked for from the end: what is new is short. */
function tailAfter(events: LoggedEvent[], seq: number): LoggedEvent[] {
  let at = events.length;
  while (at > 0 && (events[at - 1]?.seq ?? 0) > seq) at -= 1;
  return events.slice(at);
}
