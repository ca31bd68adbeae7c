import type { BackendEvent, QueueBackend } from '@/lib/backends/backend';
import { followEvents } from '@/lib/live/watch/follow-events';
import {
  type SharedSnapshot,
  type SourceFigures,
  type SourceWorkers,
  sharedSnapshot,
  WORKERS_EVERY_MS,
} from '@/lib/queues/snapshot';

/** How long a source is still followed after its last viewer, so that a quick return resumes. */
export const LINGER_MS = 5_000;
/** With no event, figures are read this often: some changes make none, and a broker that is away says nothing. */
const IDLE_READ_MS = 2_000;
const AWAY_READ_MS = 1_000;
/** Events that come this close together share a read of the figures. */
const JOIN_EVENTS_MS = 20;
/** How long an opening stream waits for the tail to stand. */
const STANDING_WAIT_MS = 2_000;

/** What a stream needs of a source. */
export interface Need {
  figures: boolean;
  workers: boolean;
}

interface Listener {
  onStanding(): void;
  onEvents(events: BackendEvent[]): void;
  onFigures(figures: SourceFigures): void;
  onWorkers(workers: SourceWorkers): void;
}

/**
 * Follows one source while anybody needs it: one tail, figures on change, workers by the clock.
 *
 * stopped → (first need) → starting → (tail stands) → standing → (last need ends) → lingering 5 s → stopped
 */
export class SourceWatch {
  readonly snapshot: SharedSnapshot;
  #needs = { any: 0, figures: 0, workers: 0 };
  #stop: (() => void) | null = null;
  #linger: NodeJS.Timeout | null = null;
  #standing: Promise<void> = Promise.resolve();
  #isStanding = false;
  #askedFiguresAt = 0;
  #askedWorkersAt = 0;

  constructor(
    readonly backend: QueueBackend,
    private readonly listener: Listener,
  ) {
    this.snapshot = sharedSnapshot(backend);
  }

  get isRunning(): boolean {
    return this.#stop !== null;
  }

  get isStanding(): boolean {
    return this.#isStanding;
  }

  retain(need: Need): void {
    this.#count(need, 1);
    if (this.#linger) clearTimeout(this.#linger);
    this.#linger = null;
    if (!this.#stop) this.#start();
  }

  release(need: Need): void {
    this.#count(need, -1);
    if (this.#needs.any > 0 || this.#linger) return;
    this.#linger = setTimeout(() => this.stop(), LINGER_MS);
    this.#linger.unref();
  }

  stop(): void {
    if (this.#linger) clearTimeout(this.#linger);
    this.#linger = null;
    this.#stop?.();
    this.#stop = null;
    this.#isStanding = false;
  }

  /** Resolves when the tail stands, or after 2 s when it cannot. */
  async waitStanding(): Promise<void> {
    if (this.#isStanding) return;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      this.#standing,
      new Promise<void>((done) => {
        timer = setTimeout(done, STANDING_WAIT_MS);
      }),
    ]);
    clearTimeout(timer);
  }

  /** Called twice a second: reads what is due although no event asked for it. */
  tick(nowMs: number): void {
    const { at, status } = this.snapshot.last();
    if (this.#needs.figures > 0) {
      const ageMs = nowMs - Math.max(status === 'up' ? (at ?? 0) : 0, this.#askedFiguresAt);
      if (ageMs >= (status === 'up' ? IDLE_READ_MS : AWAY_READ_MS)) {
        this.#askedFiguresAt = nowMs;
        this.snapshot.readSoon();
      }
    }
    if (this.#needs.workers > 0 && nowMs - this.#askedWorkersAt >= WORKERS_EVERY_MS) {
      this.#askedWorkersAt = nowMs;
      void this.snapshot.workers().then((workers) => this.#stop && this.listener.onWorkers(workers));
    }
  }

  #start(): void {
    let stand = () => {};
    this.#standing = new Promise((done) => {
      stand = done;
    });
    const stopReads = this.snapshot.onRead((figures) => this.listener.onFigures(figures));
    const stopEvents = followEvents(this.backend, {
      onStanding: () => {
        this.#isStanding = true;
        this.snapshot.health.events.begin(Date.now());
        // What changed between the first read and now made no event here.
        if (this.#needs.figures > 0) this.snapshot.readSoon();
        this.listener.onStanding();
        stand();
      },
      onEvents: (events) => {
        this.snapshot.health.noteEvents(events);
        if (this.#needs.figures > 0 && events.some((event) => event.type !== 'progress'))
          this.snapshot.readSoon(JOIN_EVENTS_MS);
        this.listener.onEvents(events);
      },
    });
    this.#stop = () => {
      stopReads();
      stopEvents();
      this.snapshot.health.events.stop();
    };
  }

  #count(need: Need, by: 1 | -1): void {
    this.#needs.any += by;
    if (need.figures) this.#needs.figures += by;
    if (need.workers) this.#needs.workers += by;
  }
}
