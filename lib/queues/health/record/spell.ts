/** What ended in a minute, or in ten; `at` = its beginning, epoch ms. */
export interface Bucket {
  at: number;
  jobs: number;
  failed: number;
}

const MINUTE_MS = 60_000;
/** A break this long between two bad buckets begins another spell. */
const BREAK_MS = 4 * MINUTE_MS;
const LONG_BREAK_MS = 25 * MINUTE_MS;

/**
 * Since when so large a share fails: from the newest bad bucket back to the first break. `minutes` and `tens` newest first; where the
 * spell is older than the minutes reach, it goes on by the tens. Null = none is bad.
 */
export function findSpellStart(minutes: readonly Bucket[], tens: readonly Bucket[], share: number): number | null {
  const isBad = ({ jobs, failed }: Bucket) => failed > 0 && failed / jobs >= share;
  const fine = walkBack(minutes.filter(isBad), BREAK_MS);
  const oldest = minutes.at(-1)?.at ?? null;
  if (fine !== null && oldest !== null && fine > oldest + BREAK_MS) return fine;
  const coarse = walkBack(tens.filter(isBad), LONG_BREAK_MS);
  if (fine === null || coarse === null) return fine ?? coarse;
  // A bucket of ten minutes begins before what happened in it.
  return coarse > fine - 10 * MINUTE_MS ? fine : coarse;
}

function walkBack(bad: readonly Bucket[], breakMs: number): number | null {
  let start: number | null = null;
  for (const { at } of bad) {
    if (start !== null && start - at > breakMs) break;
    start = at;
  }
  return start;
}
