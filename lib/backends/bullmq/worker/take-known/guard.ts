/**
 * Lets a BullMQ worker take a job only when its name is one that it can run. BullMQ's workers cannot choose by name; so the step that
 * takes a job looks first which one it would be, and takes nothing when that one is unknown: it was never touched, so there is nothing
 * to give back.
 */
export interface TakeGuard {
  names: readonly string[];
  /** Told at once, as often as it is tried: whoever hears it closes the worker. */
  onUnknown(job: NextJob): void;
}

/** `unreadable`: why it cannot be told which one it would be, or why the broker refuses to give it. */
export interface NextJob {
  id: string;
  /** '' = it has none. */
  name: string;
  unreadable: string | null;
}
