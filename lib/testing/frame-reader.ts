/** One server-sent event as it came. */
export interface SeenEvent {
  id: string;
  event: string;
  data: string;
  atMs: number;
}

/** Reads a text/event-stream body and keeps what came. */
export class FrameReader {
  readonly events: SeenEvent[] = [];
  comments = 0;
  isEnded = false;
  #reader: ReadableStreamDefaultReader<Uint8Array>;
  #waiting = new Set<() => void>();

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
    void this.#run();
  }

  /** The first event, past or to come, that fits; throws after `timeoutMs` naming those that came. */
  async until(fits: (event: SeenEvent) => boolean, timeoutMs = 5_000): Promise<SeenEvent> {
    const limit = Date.now() + timeoutMs;
    for (;;) {
      const found = this.events.find(fits);
      if (found) return found;
      const leftMs = limit - Date.now();
      if (leftMs <= 0 || this.isEnded)
        throw new Error(`no such event; ${this.events.length} came: ${this.events.map((e) => e.event).join(' ')}`);
      await this.#change(leftMs);
    }
  }

  async untilEnded(timeoutMs = 5_000): Promise<void> {
    const limit = Date.now() + timeoutMs;
    while (!this.isEnded && Date.now() < limit) await this.#change(limit - Date.now());
    if (!this.isEnded) throw new Error('the stream did not end');
  }

  /** Data of all events of one kind that came so far. */
  dataOf<T>(event: string): T[] {
    return this.events.filter((one) => one.event === event).map((one) => JSON.parse(one.data) as T);
  }

  async close(): Promise<void> {
    await this.#reader.cancel().catch(() => undefined);
  }

  async #run(): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    try {
      for (;;) {
        const { done, value } = await this.#reader.read();
        if (done) break;
        text += decoder.decode(value, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) this.#take(block);
        this.#tell();
      }
    } catch {
      // Ended by the other side.
    }
    this.isEnded = true;
    this.#tell();
  }

  #take(block: string): void {
    const fields = new Map<string, string>();
    for (const line of block.split('\n')) {
      const at = line.indexOf(':');
      if (at === 0) this.comments += 1;
      else fields.set(line.slice(0, at), line.slice(at + 2));
    }
    const data = fields.get('data');
    if (data === undefined) return;
    this.events.push({ id: fields.get('id') ?? '', event: fields.get('event') ?? 'message', data, atMs: Date.now() });
  }

  #change(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#waiting.add(done);
    });
  }

  #tell(): void {
    for (const wake of this.#waiting) wake();
  }
}
