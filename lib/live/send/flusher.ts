import { setImmediate as nextTurn } from 'node:timers/promises';
import { formatId } from '@/lib/live/frames';
import type { Audience } from '@/lib/live/send/audience';
import { composeFlush, composeTooSlow, type Sources } from '@/lib/live/send/compose';
import { encodeText, type LiveStream } from '@/lib/live/send/live-stream';
import { log } from '@/lib/log';

/** With the write at opening at most ten a second for each stream. */
const FLUSH_EVERY_MS = 110;
/** Streams written before other work has its turn. */
const SLICE = 250;
/** A flush that takes long makes the next one wait, so that streams never take more than half of the process. */
const REST_FACTOR = 1;

/** `null` = nothing to send. */
type Chunk = Uint8Array<ArrayBuffer> | null;

/**
 * Writes to all streams what is new to them: at once after a pause, else ten times a second. Streams of one audience that
 * stand at the same place get the same bytes, made once.
 */
export class Flusher {
  /** All streams that are neither opening nor behind have been written everything up to here. */
  #flushedTo = 0;
  #dirty = new Set<Audience>();
  #drained = new Set<LiveStream>();
  #timer: NodeJS.Timeout | null = null;
  #isFlushing = false;
  #notBefore = 0;

  constructor(
    private readonly sources: Sources,
    private readonly currentSeq: () => number,
  ) {}

  /** Something is new for these. */
  mark(audiences: Iterable<Audience>): void {
    for (const audience of audiences) this.#dirty.add(audience);
    if (this.#dirty.size > 0) this.#schedule();
  }

  /** A stream that was behind can take more. */
  noteDrained(stream: LiveStream): void {
    if (!stream.isBehind || stream.isOpening) return;
    this.#drained.add(stream);
    this.#schedule();
  }

  /** The first write of a stream: all figures, and the events since its cursor. */
  open(stream: LiveStream): void {
    stream.isOpening = false;
    const to = this.currentSeq();
    this.#write(stream, this.#compose(stream, stream.cursor, to, true), to);
  }

  /** Writes a frame to one stream, as soon as it can take it. */
  tell(stream: LiveStream, frame: string): void {
    stream.privately.push(frame);
    if (stream.isOpening) return;
    if (!stream.isBehind) stream.cursor = Math.max(stream.cursor, this.#flushedTo);
    stream.isBehind = true;
    this.noteDrained(stream);
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#dirty.clear();
    this.#drained.clear();
  }

  #schedule(): void {
    if (this.#timer || this.#isFlushing) return;
    this.#timer = setTimeout(() => void this.#flush(), Math.max(0, this.#notBefore - Date.now()));
    this.#timer.unref();
  }

  async #flush(): Promise<void> {
    this.#timer = null;
    this.#isFlushing = true;
    const startedAt = Date.now();
    try {
      await this.#flushOnce();
    } catch (error) {
      log.error({ err: error }, 'live flush failed');
    }
    this.#isFlushing = false;
    const tookMs = Date.now() - startedAt;
    this.#notBefore = startedAt + Math.max(FLUSH_EVERY_MS, tookMs * (1 + REST_FACTOR));
    if (this.#dirty.size > 0 || this.#drained.size > 0) this.#schedule();
  }

  async #flushOnce(): Promise<void> {
    const to = this.currentSeq();
    const dirty = this.#dirty;
    const drained = this.#drained;
    this.#dirty = new Set();
    this.#drained = new Set();
    let written = 0;
    for (const audience of dirty) {
      const chunks = new Map<number, Chunk>();
      for (const stream of audience.streams) {
        this.#deliver(stream, to, chunks);
        written += 1;
        if (written % SLICE === 0) await nextTurn();
      }
    }
    for (const stream of drained) if (stream.isBehind) this.#deliver(stream, to, new Map());
    this.#flushedTo = Math.max(this.#flushedTo, to);
  }

  #deliver(stream: LiveStream, to: number, chunks: Map<number, Chunk>): void {
    const from = stream.isBehind || stream.isOpening ? stream.cursor : Math.max(stream.cursor, this.#flushedTo);
    if (stream.isOpening || (from >= to && stream.privately.length === 0)) return;
    if (!stream.isWritable) {
      stream.cursor = from;
      stream.isBehind = true;
      return;
    }
    let chunk = chunks.get(from);
    if (chunk === undefined) {
      chunk = this.#compose(stream, from, to, false);
      chunks.set(from, chunk);
    }
    this.#write(stream, chunk, to);
  }

  #compose({ audience, isBehind }: LiveStream, from: number, to: number, allFigures: boolean): Chunk {
    // One that is not behind was written all that it watches; what has left the log since was not for it.
    const missed = audience.hasEvents && (isBehind || allFigures) && from < this.sources.log.floor;
    const text = missed ? null : composeFlush(this.sources, audience, { from, to, allFigures });
    if (text === '') return null;
    return encodeText(text ?? composeTooSlow(this.sources, audience, to));
  }

  #write(stream: LiveStream, chunk: Chunk, to: number): void {
    stream.cursor = to;
    stream.isBehind = false;
    if (chunk) stream.write(chunk);
    if (stream.privately.length === 0) return;
    const id = `id: ${formatId(this.sources.epoch, to)}\n`;
    stream.write(encodeText(stream.privately.map((frame) => id + frame).join('')));
    stream.privately = [];
  }
}
