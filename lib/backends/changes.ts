import type { JobState } from '@/lib/contracts/states';
import type { Position } from './backend';

/** What a retry may change in the same step. */
export interface RetryOptions {
  /** The job's attempts count from zero again. */
  resetAttempts?: boolean;
  /** New data, as JSON text: kept as it is, so that big integers survive. */
  dataText?: string;
  /** A completed job's options name its next run by this (`opts.effectRun`); of a failed one they stay. */
  effectRun?: string;
}

/** How much of a sweep (drain, clean, …) one call may do: it ends at whichever comes first. */
export interface SweepBounds {
  maxRemoved: number;
  maxMs: number;
  signal?: AbortSignal;
}

/** `done: false` = there is more: call again, from `next` where it is not null. */
export interface Swept {
  kind: 'swept';
  removed: number;
  done: boolean;
  next: Position | null;
}

/** `refused` = the queue does not allow it now; nothing was (or no more is) removed. */
export type Sweep = Swept | { kind: 'refused'; reason: string };

/** The states whose jobs BullMQ can clean. */
export type CleanState = Exclude<JobState, 'waiting-children'>;

export interface CleanOrder {
  state: CleanState;
  /** Epoch ms: what ended (or, where it has not, began or was added) later stays. */
  before: number;
  from: Position | null;
}

/** (at, seq) is an event's place among those of its queue; `at` epoch ms by the broker's clock. */
export interface EventPlace {
  at: number;
  seq: number;
}

/** `was`: it was paused before. `event`: by which the broker told; null where it cannot be found. */
export interface Paused {
  kind: 'done';
  was: boolean;
  event: EventPlace | null;
}

export interface RateLimit {
  max: number;
  durationMs: number;
}

/** `holdsMs`: how long the queue takes no more jobs; 0 = it does not hold; null = only the workers know their limit. */
export interface RateLimitNow {
  limit: RateLimit | null;
  holdsMs: number | null;
}

/** A queue's settings as the broker has them. */
export interface QueueMeta {
  fields: Record<string, string>;
  schedulers: number;
  /** null = not known without reading them all. */
  events: number | null;
}

/** `left` unprocessed children remain: held by workers, or (`done: false`) for the next call. */
export type ChildrenRemoved =
  | { kind: 'removed'; removed: number; left: number; done: boolean }
  | { kind: 'gone' }
  | { kind: 'refused'; reason: string };
