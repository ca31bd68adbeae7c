/** A take this new proves a worker, whatever the client list says. */
export const PROOF_MS = 5_000;

interface Staff {
  workers: number | null;
  resting: number | null;
}

/**
 * Whether anybody is there to take a job: the one test of it, for the badge as for "why". `takenAgoMs`: since the last take that is
 * known; null = none is.
 */
export function nobodyTakes({ workers, resting }: Staff, takenAgoMs: number | null): 'no-worker' | 'quiet' | null {
  if (workers === 0) return takenAgoMs !== null && takenAgoMs < PROOF_MS ? null : 'no-worker';
  return workers !== null && resting !== null && resting >= workers ? 'quiet' : null;
}
