import type { JobState } from '@/lib/contracts/states';

/** What moved a queue, from its newest events back. */
export interface Movement {
  /** Over how long; 0 = there is no event to go by. At most a minute. */
  windowMs: number;
  /** Jobs that became ready, that were taken, and that ended, within it. */
  arrived: number;
  taken: number;
  ended: number;
  /** Epoch ms of the newest ones seen, also before the window; null = none among the events that were read. */
  lastTakenAt: number | null;
  pausedAt: number | null;
}

/** A job that is active without a lock: its worker died or hangs. */
export interface LostLock {
  id: string;
  startedAt: number | null;
  /** The workers' last check found it so already: the next one hands it out again. */
  marked: boolean;
}

/**
 * What there is to know of why a queue moves or not, read in one bounded round trip. Times are epoch ms by the broker's clock,
 * `at` included.
 */
export interface QueueMotion {
  at: number;
  /** Of this very read; the quicker of two when the first was slow. */
  latencyMs: number;
  paused: boolean;
  concurrency: number | null;
  rateLimit: { max: number; durationMs: number } | null;
  /** The limiter's window: jobs taken in it, and how long it still holds. */
  limiter: { taken: number; leftMs: number } | null;
  waiting: number;
  prioritized: number;
  /** Of `waiting`: where BullMQ 5 keeps the jobs of a paused queue, though this one is not paused. No worker takes them there. */
  setAside: number;
  /** Counting stopped at 10,000, or what holds the ready jobs could not be read whole: some of the counts are lower bounds. */
  atLeast: boolean;
  /** What could not be counted, and is 0 here: some of what holds the ready jobs, or only another part; null = all was. */
  unread: 'ready' | 'other' | null;
  active: number;
  delayed: number;
  waitingChildren: number;
  /** When the next delayed job is due. */
  nextDueAt: number | null;
  /** Since when the job that is next to run has been ready; null when none waits, or it is not known (a retry). */
  nextReadySince: number | null;
  /** Start of the active job that was taken last. */
  newestStartAt: number | null;
  /** Active jobs looked at (the oldest), and those of them that have no lock. */
  activeSeen: number;
  lost: LostLock[];
  recovery: Recovery;
  movement: Movement;
}

/**
 * The workers' search for lost locks: `nextCheckAt` = not before; null where nobody has searched lately. `assumed`: the broker does
 * not tell how often they search, and BullMQ's default (30 s) was taken.
 */
export interface Recovery {
  nextCheckAt: number | null;
  everyMs: number | null;
  assumed: boolean;
}

/** Where one job stands. */
export interface JobStanding {
  state: JobState;
  startedAt: number | null;
  finishedAt: number | null;
  /** Of a delayed job. */
  dueAt: number | null;
  worker: string | null;
  attempt: number;
  attempts: number;
  /** Of an active job. */
  locked: boolean;
  marked: boolean;
  /** Jobs that run before it; null when it does not wait, `atLeast` when the search stopped there. */
  ahead: { waiting: number; prioritized: number; atLeast: boolean } | null;
  /** The children that it waits for. */
  pending: PendingChildren | null;
}

/**
 * `failed` of them have failed and hold it until they are retried or removed; `atLeast`: not all of them were looked at. `some`: at most 20
 * of them, those that failed first; `state` null = gone.
 */
export interface PendingChildren {
  count: number;
  failed: number;
  atLeast: boolean;
  some: { queue: string; id: string; name: string | null; state: JobState | null }[];
}
