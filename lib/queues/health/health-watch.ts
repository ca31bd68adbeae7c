import type { BackendEvent } from '@/lib/backends/backend';
import type { QueueFigures } from '@/lib/contracts/queues';
import type { StaffedFigures } from '@/lib/queues/join-workers';
import { decideHealth, type Health } from './decide-health';
import { type Lately, NOTHING_KNOWN, readyOf } from './facts';
import { RecentEvents } from './recent-events';
import { RECORD_EVERY_MS, type RecordWatch } from './record/record-watch';

/** What is known of a queue from one judgement to the next. */
interface Memory {
  /** Since when each look found jobs that are ready. */
  readySince: number | null;
  health: Health | null;
}

/** Two readings of when something began differ by this much at most (rounding, clocks). */
const SAME_MS = 2_000;

/** Judges the queues of one source by their figures and by what went by lately. Costs the broker nothing. */
export class HealthWatch {
  readonly events = new RecentEvents();
  #record: RecordWatch | null = null;
  readonly #memory = new Map<string, Memory>();

  attachRecord(record: RecordWatch): void {
    this.#record = record;
  }

  /** Reads the record anew where that is due; true when it was. Never rejects. */
  async refresh(): Promise<boolean> {
    return (await this.#record?.refresh()) ?? false;
  }

  noteEvents(events: readonly BackendEvent[]): void {
    this.events.take(events, Date.now());
  }

  /** All queues that there are, as they were at `at`. */
  judgeAll(queues: readonly StaffedFigures[], at: number): QueueFigures[] {
    const names = new Set(queues.map(({ name }) => name));
    for (const name of this.#memory.keys()) if (!names.has(name)) this.#memory.delete(name);
    this.events.keepOnly(names, Date.now());
    return queues.map((queue) => this.judge(queue, at));
  }

  judge(queue: StaffedFigures, at: number): QueueFigures {
    const memory = this.#memory.get(queue.name) ?? { readySince: null, health: null };
    this.#memory.set(queue.name, memory);
    const ready = readyOf(queue);
    memory.readySince = ready ? (memory.readySince ?? at) : null;
    const waitedMs = ready
      ? Math.max(queue.oldestWaitingMs ?? 0, memory.readySince === null ? 0 : at - memory.readySince)
      : null;
    const health = decideHealth({ queue, at, waitedMs, lately: this.#lately(queue.name, at) });
    memory.health = keepTimes(memory.health, health);
    const { resting: _, ...figures } = queue;
    return { ...figures, ...memory.health };
  }

  #lately(queue: string, at: number): Lately {
    const recorded = this.#record?.of(queue, at) ?? null;
    const { events } = this;
    const seenAt = events.takenAt(queue);
    if (recorded === null)
      return {
        ...NOTHING_KNOWN,
        takenAt: seenAt,
        watchedSince: events.since,
        ended: events.ended(queue, at),
        cause: events.cause(queue),
      };
    // A take that the newest reading of the record told of is not older than that until the next one.
    const toldAt = recorded.takenAt === null ? null : Math.min(at, recorded.takenAt + RECORD_EVERY_MS);
    return { ...recorded, takenAt: latest(seenAt, toldAt), cause: recorded.cause ?? events.cause(queue) };
  }
}

const latest = (a: number | null, b: number | null) => (a === null || b === null ? (a ?? b) : Math.max(a, b));

/** The same beginning is told by the same time, so that figures which stand still do so. */
function keepTimes(before: Health | null, next: Health): Health {
  const attention = next.attention.map((one) => {
    const known = before?.attention.find(({ lane }) => lane === one.lane)?.since ?? null;
    if (known === null || one.since === null) return one;
    return Math.abs(Date.parse(known) - Date.parse(one.since)) <= SAME_MS ? { ...one, since: known } : one;
  });
  return { ...next, attention };
}
