import type { BackendEvent } from '@/lib/backends/backend';
import type { FailureCause } from '@/lib/contracts/queues';
import { normaliseError } from '@/lib/failures/naming/normalise';
import type { Ended } from './facts';

const SLOT_MS = 10_000;
/** What ended is counted over so long. */
export const WINDOW_MS = 600_000;
const MOST_ERRORS = 20;
const MOST_CHARS = 300;
const UNKNOWN_MS = 60_000;

interface Seen {
  takenAt: number | null;
  lastAt: number;
  /** By the number of the slot. */
  slots: Map<number, Ended>;
  /** Newest first. */
  errors: string[];
}

/**
 * What went by on a source's tail while somebody watches: it is read anyway, so that it costs the broker nothing. Per queue sixty
 * slots of ten seconds, and the newest 20 errors.
 */
export class RecentEvents {
  #since: number | null = null;
  readonly #queues = new Map<string, Seen>();

  /** Since when no event was missed; null = nothing is followed. */
  get since(): number | null {
    return this.#since;
  }

  begin(nowMs: number): void {
    this.#since ??= nowMs;
  }

  stop(): void {
    this.#since = null;
    this.#queues.clear();
  }

  take(events: readonly BackendEvent[], nowMs: number): void {
    for (const event of events) {
      if (event.type === 'gap') {
        this.stop();
        this.begin(nowMs);
      } else if (event.type === 'state') this.#takeState(event, nowMs);
    }
  }

  /** Forgets the queues that are gone. One whose events have only just come may not be among those that are known yet. */
  keepOnly(names: ReadonlySet<string>, nowMs: number): void {
    for (const [name, { lastAt }] of this.#queues)
      if (!names.has(name) && nowMs - lastAt > UNKNOWN_MS) this.#queues.delete(name);
  }

  takenAt(queue: string): number | null {
    return this.#queues.get(queue)?.takenAt ?? null;
  }

  ended(queue: string, nowMs: number): Ended | null {
    if (this.#since === null) return null;
    const seen = this.#queues.get(queue);
    const ended = { jobs: 0, failed: 0 };
    for (const [slot, counts] of seen?.slots ?? []) {
      if (slot * SLOT_MS < nowMs - WINDOW_MS) seen?.slots.delete(slot);
      else {
        ended.jobs += counts.jobs;
        ended.failed += counts.failed;
      }
    }
    return ended;
  }

  /** The cause that most of the newest errors have. */
  cause(queue: string): FailureCause | null {
    const errors = this.#queues.get(queue)?.errors ?? [];
    const byTitle = new Map<string, number>();
    let worst: string | null = null;
    for (const error of errors) {
      const { title } = normaliseError(error, null);
      byTitle.set(title, (byTitle.get(title) ?? 0) + 1);
      if (worst === null || (byTitle.get(title) ?? 0) > (byTitle.get(worst) ?? 0)) worst = title;
    }
    if (worst === null) return null;
    return { group: null, message: worst, jobs: byTitle.get(worst) ?? 0, atLeast: false, sample: errors.length };
  }

  #takeState({ queue, state, error }: Extract<BackendEvent, { type: 'state' }>, nowMs: number): void {
    if (state !== 'active' && state !== 'completed' && state !== 'failed') return;
    const seen = this.#queues.get(queue) ?? { takenAt: null, lastAt: nowMs, slots: new Map(), errors: [] };
    this.#queues.set(queue, seen);
    seen.lastAt = nowMs;
    if (state === 'active') {
      seen.takenAt = nowMs;
      return;
    }
    const slot = Math.floor(nowMs / SLOT_MS);
    const counts = seen.slots.get(slot) ?? { jobs: 0, failed: 0 };
    seen.slots.set(slot, counts);
    if (counts.jobs === 0) this.ended(queue, nowMs);
    counts.jobs += 1;
    if (state === 'completed') return;
    counts.failed += 1;
    if (error !== null) seen.errors = [error.slice(0, MOST_CHARS), ...seen.errors.slice(0, MOST_ERRORS - 1)];
  }
}
