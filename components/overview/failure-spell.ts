import type { FailureGroup } from '@/lib/contracts/failures';

/** Buckets without a failure that do not end a spell. */
const QUIET = 2;

/** ISO time; null where it began before the period. */
export interface Spell {
  group: FailureGroup;
  since: string | null;
}

/**
 * Since when a group fails, by the buckets of a period: the last of them that had failures, back to where three had none. Null when
 * it did not fail lately (in the last tenth of the period).
 */
export function findSpell(group: FailureGroup, fromMs: number, stepMs: number): Spell | null {
  const { line } = group;
  const last = line.findLastIndex((count) => count > 0);
  if (last < 0 || last < line.length * 0.9 - QUIET - 1) return null;
  let start = last;
  for (let at = last - 1, quiet = 0; at >= 0 && quiet <= QUIET; at -= 1) {
    quiet = line[at] ? 0 : quiet + 1;
    if (line[at]) start = at;
  }
  const startMs = Math.max(fromMs + start * stepMs, Date.parse(group.firstAt));
  const isOlder = start <= QUIET && Date.parse(group.firstAt) < fromMs;
  return { group, since: isOlder ? null : new Date(startMs).toISOString() };
}
