import type { IdRange } from '@/lib/store/recording/marks';

/** All of them, in order and with none that meet. */
export function joinRanges(ranges: readonly IdRange[]): IdRange[] {
  const joined: IdRange[] = [];
  for (const [after, upTo] of ranges.toSorted(([a], [b]) => a - b)) {
    const before = joined.at(-1);
    if (before && after <= before[1]) before[1] = Math.max(before[1], upTo);
    else joined.push([after, upTo]);
  }
  return joined;
}

/** What of `range` is in none of `others`. */
export function leaveOut(range: IdRange, others: readonly IdRange[]): IdRange[] {
  const left: IdRange[] = [];
  let [from] = range;
  for (const [after, upTo] of joinRanges(others)) {
    if (after > from && from < range[1]) left.push([from, Math.min(after, range[1])]);
    from = Math.max(from, upTo);
  }
  if (from < range[1]) left.push([from, range[1]]);
  return left;
}
