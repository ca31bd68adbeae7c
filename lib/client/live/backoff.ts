const FIRST_MS = 500;
/** Nobody waits longer than this for figures to follow again, once the server is back. */
export const LONGEST_WAIT_MS = 15_000;

/** Wait before reconnect number `attempt` (0 is the first): 0.5 s doubling to 15 s, spread over its upper half by `random` (0–1). */
export function computeBackoffMs(attempt: number, random: number): number {
  const ceilingMs = Math.min(LONGEST_WAIT_MS, FIRST_MS * 2 ** attempt);
  return Math.round(ceilingMs / 2 + (ceilingMs / 2) * random);
}
