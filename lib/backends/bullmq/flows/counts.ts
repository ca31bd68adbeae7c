import type { ChildCounts } from '@/lib/contracts/flows';

/** Unfinished children that are looked at for having failed: of one job, and of all jobs of one read. */
export const LOOKS_PER_PARENT = 1_000;
const LOOKS_PER_READ = 4_000;
/** Parents of a queue whose children are looked at, the longest waiting first. */
export const PARENTS_LOOKED = 50;

export const looksPerParent = (parents: number): number =>
  Math.max(20, Math.min(LOOKS_PER_PARENT, Math.floor(LOOKS_PER_READ / Math.max(1, parents))));

/**
 * BullMQ keeps a child that failed, and was told nothing about its parent, among those that its parent waits for. `holding`: as many of
 * the unprocessed ones have failed; `atLeast`: not all of them were looked at.
 */
export interface RawCounts {
  unprocessed: number;
  processed: number;
  unsuccessful: number;
  ignored: number;
  holding: number;
  atLeast: boolean;
}

/** Null: it has no children. */
export function toCounts(raw: RawCounts): ChildCounts | null {
  const { unprocessed, processed, unsuccessful, ignored, atLeast } = raw;
  const total = unprocessed + processed + unsuccessful + ignored;
  if (total === 0) return null;
  // Both were not read in one step.
  const holding = Math.min(raw.holding, unprocessed);
  return {
    total,
    pending: unprocessed - holding,
    processed,
    failed: unsuccessful + holding,
    holding,
    ignored,
    atLeast,
  };
}
