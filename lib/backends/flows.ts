import type { ChildCounts, ChildKind, FlowTree } from '@/lib/contracts/flows';
import type { JobRef } from '@/lib/contracts/jobs';
import type { JobState } from '@/lib/contracts/states';
import type { BrokerRow } from './backend';

/** Where a search goes on: after that job, or with or after all of that moment. */
export interface FlowPlace {
  atMs: number;
  after: Omit<FlowSpot, 'atMs'> | 'none' | 'all';
}

/** A job's place in the order of (newest moment, queue, state, the broker's own order of ids). */
export interface FlowSpot {
  /** When it ended, else when it was added. */
  atMs: number;
  queue: string;
  state: JobState;
  id: string;
}

/** A job with children and no parent, where it was found: `row` may know it in another state by now. */
export interface BrokerFlow {
  spot: FlowSpot;
  row: BrokerRow;
  children: ChildCounts;
}

/** `flows` are all there are before and at `reached`, in order; null = all to the end. */
export interface FlowSearch {
  flows: BrokerFlow[];
  searched: number;
  reached: FlowSpot | null;
}

export interface BrokerChild extends JobRef {
  kind: ChildKind;
  /** null: the job is gone. */
  job: { row: BrokerRow; children: ChildCounts | null } | null;
}

/** Order of children: by their key, which says nothing of when or how; it holds still while they run. */
export interface FlowLevel {
  row: BrokerRow;
  parent: JobRef | null;
  /** The key of a parent that lies outside this source. */
  parentKey?: string;
  children: ChildCounts | null;
  items: BrokerChild[];
  /** Keys of children of this page that lie outside this source. */
  elsewhere?: string[];
  /** The key of the last child looked at when more follow. */
  next: string | null;
}

/** `taken`: an id of the tree is in the broker already, and nothing was added. */
export type FlowAdding =
  | { kind: 'done'; id: string; state: JobState }
  | { kind: 'taken'; job: JobRef }
  | { kind: 'refused'; reason: string };

/** Jobs of a queue that wait for children of which some have failed, among so many of those that wait. */
export interface HeldParents {
  looked: number;
  /** `failed`: how many of its children, at least. */
  held: { id: string; failed: number }[];
  /** More wait than were looked at, or have more children. */
  atLeast: boolean;
}

export interface FlowWants {
  kind: ChildKind | null;
  after: string | null;
  limit: number;
}

/** What a backend must be able to do for flows; all or none of it. */
export interface FlowMethods {
  /** Looks at a bounded number of jobs in these states, for flows from `from` on. */
  search(states: readonly JobState[], from: FlowPlace | null, limit: number): Promise<FlowSearch>;
  /** What the search never reaches, in a sentence. */
  readonly limits: string | null;
  /** Jobs with the counts of their children, in the order of the refs; null where one is gone. At most a few hundred. */
  nodes(refs: readonly JobRef[]): Promise<({ row: BrokerRow; children: ChildCounts | null } | null)[]>;
  /** A job and a page of its children, which may be short and still go on where one kind is wanted; null when there is no such job. */
  level(queue: string, id: string, wants: FlowWants): Promise<FlowLevel | null>;
  /** Those that have waited longest are looked at, a bounded number. */
  held(queue: string): Promise<HeldParents>;
  /**
   * All or none. `pinned`: ids that were chosen for this very tree, which may be there from an attempt before. `addedBy`: who, kept
   * with each job.
   */
  add(tree: FlowTree, pinned: boolean, addedBy?: string): Promise<FlowAdding>;
}
