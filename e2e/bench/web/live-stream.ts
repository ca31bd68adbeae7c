import { type ClientRequest, get } from 'node:http';

export interface LiveEvent {
  event: string;
  data: unknown;
  atMs: number;
}

/** An open `GET /api/v1/live`, as a browser holds it. */
export interface LiveStream {
  /** Resolves with the first event from now on that `matches`; rejects after `timeoutMs`. */
  next(matches: (event: LiveEvent) => boolean, timeoutMs?: number): Promise<LiveEvent>;
  /** Events seen so far. */
  seen(): number;
  close(): void;
}

/** Resolves once the server has answered 200. */
export function openLive(port: number, topics: string): Promise<LiveStream> {
  return new Promise((resolve, reject) => {
    const path = `/api/v1/live?topics=${encodeURIComponent(topics)}`;
    const request = get(
      { host: '127.0.0.1', port, path, agent: false, headers: { accept: 'text/event-stream' } },
      (response) => {
        if (response.statusCode !== 200) {
          request.destroy();
          reject(new Error(`live answered ${response.statusCode}`));
          return;
        }
        response.setEncoding('utf8');
        const stream = new Stream(request);
        response.on('data', (text: string) => stream.take(text));
        response.on('error', () => undefined);
        resolve(stream);
      },
    );
    request.on('error', reject);
  });
}

class Stream implements LiveStream {
  private text = '';
  private count = 0;
  private readonly watchers = new Set<(event: LiveEvent) => void>();

  constructor(private readonly request: ClientRequest) {}

  take(text: string): void {
    const blocks = (this.text + text).split('\n\n');
    this.text = blocks.pop() ?? '';
    // Parsing is only paid for when somebody looks at the frames.
    if (this.watchers.size > 0) for (const block of blocks) this.announce(block);
    this.count += blocks.length;
  }

  next(matches: (event: LiveEvent) => boolean, timeoutMs = 10_000): Promise<LiveEvent> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => end(() => reject(new Error('no such event came'))), timeoutMs);
      const watch = (event: LiveEvent) => {
        if (matches(event)) end(() => resolve(event));
      };
      const end = (then: () => void) => {
        clearTimeout(timer);
        this.watchers.delete(watch);
        then();
      };
      this.watchers.add(watch);
    });
  }

  seen(): number {
    return this.count;
  }

  close(): void {
    this.request.destroy();
  }

  private announce(block: string): void {
    const event = block.match(/^event: ?(.*)$/m)?.[1];
    const data = block.match(/^data: ?(.*)$/m)?.[1];
    if (!event || !data) return;
    const parsed: LiveEvent = { event, data: JSON.parse(data), atMs: Date.now() };
    for (const watch of [...this.watchers]) watch(parsed);
  }
}
