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
  /** The key of the last item when more follow. */
  next: string | null;
}

/** `taken`: an id of the tree is in the broker already, and nothing was added. */
export type FlowAdding =
  | { kind: 'done'; id: string; state: JobState }
  | { kind: 'taken'; job: JobRef }
  | { kind: 'refused'; reason: string };

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
  /** A job and a page of its children; null when there is no such job. */
  level(queue: string, id: string, wants: FlowWants): Promise<FlowLevel | null>;
  /**
   * All or none. `pinned`: ids that were chosen for this very tree, which may be there from an attempt before. `addedBy`: who, kept
   * with each job.
   */
  add(tree: FlowTree, pinned: boolean, addedBy?: string): Promise<FlowAdding>;
}
