import type { Audience } from '@/lib/live/send/audience';

/** Chunks that may lie unread in a stream; what comes beyond waits in the shared log. */
const HIGH_WATER_CHUNKS = 2;
const HEARTBEAT_MS = 14_000;
/** A reader that has taken nothing for so long is gone. */
const STUCK_MS = 90_000;

const encoder = new TextEncoder();
const PRELUDE = encoder.encode('retry: 1000\n: queuedeck\n\n');
const HEARTBEAT = encoder.encode(': heartbeat\n\n');

/**
 * One open stream: a cursor into the shared log, and a writer that never buffers.
 *
 * opening → (first figures written) → open → (reader stalls at a flush) → behind → (reader drained) → open
 * While opening or behind the cursor stands still; the next write covers all since.
 */
export class LiveStream {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  cursor: number;
  isOpening = true;
  isBehind = false;
  /** Frames for this stream alone, written after what is new to all. */
  privately: string[] = [];
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | null = null;
  #writtenAt = Date.now();
  #ending = new AbortController();

  constructor(
    readonly audience: Audience,
    cursor: number,
    onDrain: (stream: LiveStream) => void,
  ) {
    this.cursor = cursor;
    this.body = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller;
          controller.enqueue(PRELUDE);
        },
        pull: () => onDrain(this),
        cancel: () => this.#end(),
      },
      { highWaterMark: HIGH_WATER_CHUNKS },
    );
  }

  /** Aborts when the stream has ended, whoever ended it. */
  get ended(): AbortSignal {
    return this.#ending.signal;
  }

  get isWritable(): boolean {
    return (this.#controller?.desiredSize ?? 0) > 0;
  }

  write(chunk: Uint8Array<ArrayBuffer>): void {
    if (!this.#controller) return;
    this.#writtenAt = Date.now();
    try {
      this.#controller.enqueue(chunk);
    } catch {
      this.#end();
    }
  }

  /** Keeps the connection awake; ends it when its reader has long been stuck. */
  beat(nowMs: number): void {
    const quietMs = nowMs - this.#writtenAt;
    if (quietMs < HEARTBEAT_MS) return;
    if (this.isWritable) this.write(HEARTBEAT);
    else if (quietMs > STUCK_MS) this.close();
  }

  close(): void {
    const controller = this.#controller;
    const isStuck = !this.isWritable;
    this.#end();
    try {
      // What a stuck reader has not taken would keep its connection open for ever. An abort is no fault to Next.
      if (isStuck) controller?.error(new DOMException('The stream was closed.', 'AbortError'));
      else controller?.close();
    } catch {
      // It had ended already.
    }
  }

  #end(): void {
    this.#controller = null;
    this.#ending.abort();
  }
}

export const encodeText = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text);
