import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { BackendEvent, QueueBackend } from '@/lib/backends/backend';
import { CodedError } from '@/lib/contracts/errors';
import type { ResetFrame } from '@/lib/contracts/live';
import { EventLog, type LoggedEvent } from '@/lib/live/event-log';
import { linesText, logJobEvent, logLines, logOperation, logReset, parseId, resetText } from '@/lib/live/frames';
import { Latest } from '@/lib/live/latest';
import {
  type Audience,
  AudienceIndex,
  audienceKey,
  jobsOf,
  makeAudience,
  needOf,
  watchesOperations,
} from '@/lib/live/send/audience';
import { Flusher } from '@/lib/live/send/flusher';
import { LiveStream } from '@/lib/live/send/live-stream';
import { StreamCount } from '@/lib/live/stream-count';
import { jobChannel, OPERATIONS, OVERVIEW, type Topic } from '@/lib/live/topics';
import { LogWatch } from '@/lib/live/watch/watch-logs';
import { OperationsWatch, type ReadOperations } from '@/lib/live/watch/watch-operations';
import { SourceWatch } from '@/lib/live/watch/watch-source';

const LOG_BOUNDS = { events: 20_000, chars: 16_000_000, ageMs: 60_000 };
const TICK_MS = 500;
const CLOSE_SLICE = 100;
/** A broker that is slow to answer does not hold back the others. */
const FIRST_FIGURES_MS = 1_000;

export interface HubSource {
  backend: QueueBackend;
}

/**
 * One per web process: follows each source once, while anybody watches, and tells all who do.
 *
 * Every change gets the next sequence number. Job events go into the EventLog, figures into Latest; the Flusher writes to
 * each stream what is after its cursor. So a stream costs a cursor, a slow one never a buffer, and a returning one
 * (Last-Event-ID) just takes up its cursor again.
 */
export class LiveHub {
  readonly streams: StreamCount;
  readonly #epoch = randomBytes(6).toString('hex');
  #seq = 1;
  readonly #log = new EventLog(LOG_BOUNDS);
  readonly #latest = new Latest();
  readonly #audiences = new AudienceIndex();
  readonly #flusher: Flusher;
  readonly #logs: LogWatch;
  readonly #watches = new Map<string, SourceWatch>();
  readonly #operations: OperationsWatch;
  /** Per source, and for operations, since which sequence nothing of it was missed. */
  readonly #standingSince = new Map<string, number>();
  #tick: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(sources: ReadonlyMap<string, HubSource>, readOperations: ReadOperations, streams = new StreamCount()) {
    this.streams = streams;
    this.#flusher = new Flusher({ epoch: this.#epoch, log: this.#log, latest: this.#latest }, () => this.#seq);
    this.#logs = new LogWatch((job, lines, from, total) =>
      this.#append(logLines(job, lines, from, total, this.#nextSeq())),
    );
    this.#operations = new OperationsWatch(readOperations, {
      onStanding: () => this.#standingSince.set(OPERATIONS, this.#nextSeq()),
      onChanged: (operation) => this.#append(logOperation(operation, this.#nextSeq())),
      onStopped: () => this.#standingSince.delete(OPERATIONS),
    });
    for (const [name, { backend }] of sources) this.#watches.set(name, this.#makeWatch(name, backend));
  }

  /**
   * Opens a stream; it ends by its reader, by `signal`, or by `closeAll`. `lastEventId` resumes without a gap or says
   * `reset`. Throws source_not_found, and what StreamCount refuses by.
   */
  open(topics: readonly Topic[], lastEventId: string | null, signal: AbortSignal, caller = ''): LiveStream {
    this.#refuse(topics, caller);
    const audience = this.#enter(topics);
    const resumeAt = lastEventId ? this.#resumeAt(audience, lastEventId) : null;
    const stream = new LiveStream(audience, resumeAt ?? this.#seq, (drained) => this.#flusher.noteDrained(drained));
    audience.streams.add(stream);
    this.streams.add(caller);
    this.#tick ??= setInterval(() => this.#onTick(), TICK_MS).unref();
    const close = () => stream.close();
    signal.addEventListener('abort', close, { once: true });
    stream.ended.addEventListener('abort', () => {
      signal.removeEventListener('abort', close);
      this.#leave(stream, caller);
    });
    if (signal.aborted) stream.close();
    else void this.#begin(stream, resumeAt !== null ? null : lastEventId ? 'resume-too-old' : 'started');
    return stream;
  }

  /** Follows nothing any more, lets no stream begin, and ends those that are open: the process is to exit. */
  closeAll(): void {
    this.#isClosed = true;
    for (const watch of this.#watches.values()) watch.stop();
    this.#logs.stop();
    this.#operations.stop();
    this.#flusher.stop();
    if (this.#tick) clearInterval(this.#tick);
    this.#tick = null;
    void this.#closeStreams();
  }

  /** Ending a stream costs a quarter of a millisecond in the layers below: thousands must not hold up the timers. */
  async #closeStreams(): Promise<void> {
    let closed = 0;
    for (const audience of [...this.#audiences.all()])
      for (const stream of [...audience.streams]) {
        stream.close();
        closed += 1;
        if (closed % CLOSE_SLICE === 0) await nextTurn();
      }
  }

  #refuse(topics: readonly Topic[], caller: string): void {
    for (const topic of topics)
      if (topic.kind !== 'overview' && topic.kind !== 'operations' && !this.#watches.has(topic.source))
        throw new CodedError('source_not_found', `No source is called "${topic.source.slice(0, 80)}".`);
    if (this.#isClosed) throw new CodedError('busy', 'This process is stopping.', { retryAfterSeconds: 2 });
    this.streams.refuse(caller);
  }

  /** First figures as soon as they are there; then, when the tail stands, the word to fetch what may have been missed. */
  async #begin(stream: LiveStream, reset: ResetFrame['reason'] | null): Promise<void> {
    const { audience } = stream;
    const watches = [...audience.scopes.keys()].flatMap((source) => this.#watches.get(source) ?? []);
    const fed = watches.filter((watch) => needOf(audience, watch.backend.name).figures);
    const read = fed.map(async (watch) => {
      this.#take(this.#latest.takeFigures(await watch.snapshot.figures(), () => this.#nextSeq()));
      if (audience.hasOverview) this.#takeWorkers(watch);
    });
    await Promise.race([Promise.all(read), sleep(FIRST_FIGURES_MS, undefined, { ref: false })]);
    if (stream.ended.aborted) return;
    this.#flusher.open(stream);
    this.#tellLogPositions(stream);
    // Whoever watches figures alone has just got all of them.
    if (reset === null || (reset === 'started' && !audience.hasEvents)) return;
    const waits = watches.map((watch) => watch.waitStanding());
    await Promise.all(watchesOperations(audience) ? [...waits, this.#operations.waitStanding()] : waits);
    if (stream.ended.aborted) return;
    this.#flusher.tell(stream, resetText(reset));
  }

  #tellLogPositions(stream: LiveStream): void {
    for (const ref of jobsOf(stream.audience)) {
      const position = this.#logs.position(ref);
      if (position !== null) this.#flusher.tell(stream, linesText(ref, [], position, position));
    }
  }

  /** The sequence to go on from; null when something after it may be missing. */
  #resumeAt(audience: Audience, lastEventId: string): number | null {
    const seq = parseId(this.#epoch, lastEventId);
    if (seq === null || seq > this.#seq) return null;
    if (!audience.hasEvents) return seq;
    if (seq < this.#log.floor) return null;
    for (const source of audience.scopes.keys()) {
      const since = this.#standingSince.get(source);
      if (!this.#watches.get(source)?.isStanding || since === undefined || seq < since) return null;
    }
    if (watchesOperations(audience) && seq < (this.#standingSince.get(OPERATIONS) ?? Number.POSITIVE_INFINITY))
      return null;
    return seq;
  }

  #enter(topics: readonly Topic[]): Audience {
    const known = this.#audiences.find(audienceKey(topics));
    if (known) return known;
    const audience = makeAudience(topics, [...this.#watches.keys()]);
    this.#audiences.add(audience);
    for (const channel of audience.channels) this.#log.openChannel(channel);
    for (const source of audience.scopes.keys()) this.#watches.get(source)?.retain(needOf(audience, source));
    if (watchesOperations(audience)) this.#operations.retain();
    for (const ref of jobsOf(audience)) {
      const watch = this.#watches.get(ref.source);
      if (watch) this.#logs.retain(watch.backend, ref);
    }
    return audience;
  }

  #leave(stream: LiveStream, caller: string): void {
    const { audience } = stream;
    if (!audience.streams.delete(stream)) return;
    this.streams.remove(caller);
    if (audience.streams.size > 0) return;
    for (const channel of this.#audiences.remove(audience)) this.#log.closeChannel(channel);
    for (const source of audience.scopes.keys()) this.#watches.get(source)?.release(needOf(audience, source));
    if (watchesOperations(audience)) this.#operations.release();
    for (const ref of jobsOf(audience)) this.#logs.release(ref);
  }

  #makeWatch(source: string, backend: QueueBackend): SourceWatch {
    return new SourceWatch(backend, {
      // A number of its own: an id from before the tail stood must not equal one from after.
      onStanding: () => this.#standingSince.set(source, this.#nextSeq()),
      onEvents: (events) => this.#onEvents(source, events),
      onFigures: (figures) => this.#take(this.#latest.takeFigures(figures, () => this.#nextSeq())),
      onWorkers: () => {
        const watch = this.#watches.get(source);
        if (watch) this.#takeWorkers(watch);
      },
    });
  }

  #onEvents(source: string, events: readonly BackendEvent[]): void {
    for (const event of events) {
      if (event.type === 'gap') {
        this.#logs.noteGap(source);
        this.#append(logReset(source, 'source-gap', this.#nextSeq()));
      } else if (event.type === 'state' || event.type === 'progress') {
        const channel = jobChannel(source, event.queue, event.id);
        if (event.type === 'state') this.#logs.noteState(channel, event.state);
        else this.#logs.noteProgress(channel);
        this.#append(logJobEvent(source, event, this.#nextSeq()));
      }
    }
  }

  #append(event: LoggedEvent): void {
    this.#log.append(event);
    for (const channel of event.channels) this.#flusher.mark(this.#audiences.listening(channel));
  }

  #take(channels: readonly string[]): void {
    for (const channel of channels) this.#flusher.mark(this.#audiences.listening(channel));
  }

  #takeWorkers(watch: SourceWatch): void {
    const source = watch.backend.name;
    if (this.#latest.takeWorkers(source, watch.snapshot.lastWorkers(), () => this.#nextSeq())) this.#take([OVERVIEW]);
  }

  #onTick(): void {
    const nowMs = Date.now();
    this.#log.evict(nowMs);
    for (const watch of this.#watches.values()) watch.tick(nowMs);
    for (const audience of this.#audiences.all()) for (const stream of audience.streams) stream.beat(nowMs);
    if (this.streams.open > 0 || this.#tick === null) return;
    clearInterval(this.#tick);
    this.#tick = null;
  }

  #nextSeq(): number {
    this.#seq += 1;
    return this.#seq;
  }
}
