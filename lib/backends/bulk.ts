import type { JobState } from '@/lib/contracts/states';
import type { Position } from './backend';

/** What a scan chooses by, as far as the broker itself can; times in epoch ms. */
export interface ScanWants {
  names: readonly string[] | null;
  timeField: 'added' | 'finished';
  fromMs: number | null;
  toMs: number | null;
  /** Part of the failure's text, lower case. */
  error: string | null;
  /** Whether to give each job's data along, for conditions that are looked at above. */
  data: boolean;
}

export interface ScannedJob {
  id: string;
  /** JSON text; null when not wanted, or too big to be looked into (256 KB). */
  data: string | null;
}

/** One step of a scan. `searched` jobs were looked at; a job may come twice where jobs move meanwhile. */
export interface ScanStep {
  jobs: ScannedJob[];
  searched: number;
  next: Position | null;
}

/**
 * One change to many jobs. A job is changed only while it is in the state that it was chosen in (`from`), as the broker's
 * own single operation would, in one atomic step with its mark. `effectRun` as of RetryOptions.
 */
export type BulkChange =
  | { kind: 'retry'; from: JobState; resetAttempts: boolean; effectRun?: string }
  | { kind: 'promote'; from: JobState }
  /** Items carry `print`, of the job as it was kept. */
  | { kind: 'remove'; from: JobState }
  /** Like remove, from any state before it began. */
  | { kind: 'cancel'; from: JobState }
  /** Items carry `print`, of the data that was read, and the new `data`. */
  | { kind: 'edit-and-retry'; from: JobState; effectRun?: string }
  | { kind: 'duplicate'; from: JobState }
  | { kind: 'move'; from: JobState; toQueue: string }
  /** Items carry `kept`. */
  | { kind: 'restore' }
  /** Changes nothing: tells the marks that there are. */
  | { kind: 'look' };

export interface BulkItem {
  id: string;
  print?: string;
  data?: string;
  kept?: Buffer;
}

/**
 * `done`, `done: …`, `skipped: …`, `failed: …`: marked, and the same for ever when asked again.
 * `ended`: its marks were forgotten; nothing is changed in its name any more.
 * Not marked: `changed` (it is not what was read: read again), `active` (cancel: ask its worker), null (`look`: no mark).
 */
export type BulkOutcome = string | null;

/** A job with all that belongs to it, packed so that the same backend can put it back; `print` tells whether it changed since. */
export interface KeptJob {
  id: string;
  name: string;
  state: JobState;
  print: string;
  blob: Buffer;
}

export interface ReadData {
  id: string;
  /** JSON text. */
  data: string;
  print: string;
}

/** What a backend must be able to do for operations; all or none of it. */
export interface BulkMethods {
  /** What waits comes newest first. */
  scanJobs(queue: string, state: JobState, wants: ScanWants, position: Position | null): Promise<ScanStep>;
  /** In the order of the ids; null where there is none. At most 1,000 at a time. */
  readStates(queue: string, ids: readonly string[]): Promise<(JobState | null)[]>;
  /** The jobs that are there, from the first on as far as one short step reaches: `through` ids were looked at (≥ 1). */
  keepJobs(queue: string, ids: readonly string[]): Promise<{ through: number; jobs: KeptJob[] }>;
  readData(queue: string, ids: readonly string[]): Promise<{ through: number; jobs: ReadData[] }>;
  /**
   * Outcomes of the items from the first on, as many as one short step could do (≥ 1): call again with the rest. Items that are
   * marked already are not changed again.
   */
  changeJobs(operation: string, queue: string, change: BulkChange, items: readonly BulkItem[]): Promise<BulkOutcome[]>;
  /** The sentence that stands against moving jobs between two queues; null when nothing does. */
  refuseMove(queue: string, toQueue: string): string | null;
  /**
   * Deletes the marks; for an hour a note stays in their place, so that a step which comes late, from a monitor that had lost
   * its lease, changes nothing.
   */
  forgetMarks(operation: string, queue: string): Promise<void>;
  /** Deletes the marks and leaves nothing: where every step has been answered, so that none can come late. */
  clearMarks(operation: string, queue: string): Promise<void>;
}
