import type { FailureCause } from '@/lib/contracts/queues';
import type { StaffedFigures } from '@/lib/queues/join-workers';

/** Jobs that ended within a time, and how many of them failed for good. */
export interface Ended {
  jobs: number;
  failed: number;
}

/** What is known of a queue's last minutes and hours, from the record or, without it, from the events that went by. */
export interface Lately {
  /** Epoch ms when a job was last known to be taken; null = none since `watchedSince`. */
  takenAt: number | null;
  /** Since when every take would be known; null = nobody watches. */
  watchedSince: number | null;
  /** Null = not known. */
  ended: Ended | null;
  /** What is usual for it; null = not known. */
  usual: Ended | null;
  failingSince: number | null;
  cause: FailureCause | null;
}

export const NOTHING_KNOWN: Lately = {
  takenAt: null,
  watchedSince: null,
  ended: null,
  usual: null,
  failingSince: null,
  cause: null,
};

export interface HealthFacts {
  queue: StaffedFigures;
  /** When they were read, epoch ms. */
  at: number;
  /** How long a job has been ready at least; null = none is, or it is not known. */
  waitedMs: number | null;
  lately: Lately;
}

/** Jobs that could run now; null when a part of them is not known. */
export function readyOf({ counts }: Pick<StaffedFigures, 'counts'>): number | null {
  const { waiting, prioritized } = counts;
  return waiting == null || prioritized == null ? null : waiting + prioritized;
}

/** For how long nothing was taken, at least; null = not known. */
export function stillMs({ at, lately: { takenAt, watchedSince } }: HealthFacts): number | null {
  const since = takenAt ?? watchedSince;
  return since === null ? null : Math.max(0, at - since);
}
