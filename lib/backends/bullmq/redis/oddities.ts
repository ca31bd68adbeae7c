import { isRefusal, isWrongType } from '../broker-errors';

/** What could not be read of a queue (the name of a structure, or a word below) → the server's words. */
export type Oddities = Map<string, string>;

const OF_JOBS: Record<string, string> = {
  oldest: 'the job that waits longest',
  'newest failure': 'the job that failed last',
};

/** Pairs of what and the server's words, as scripts reply them. */
export function readOddities(flat: readonly string[]): Oddities {
  const found: Oddities = new Map();
  for (let i = 0; i + 1 < flat.length; i += 2) found.set(String(flat[i]), String(flat[i + 1]));
  return found;
}

/** Why a part cannot be read, as the end of a sentence. */
export function describeFault(words: string): string {
  if (isWrongType(words)) return 'holds something else than BullMQ keeps there';
  if (isRefusal(words)) return "is refused to Queuedeck's user";
  return `cannot be read (${words.slice(0, 120)})`;
}

/** What cannot be read, and why, in one sentence; null when all can be. */
export function describeOddities(oddities: Oddities): string | null {
  if (oddities.size === 0) return null;
  const byFault = new Map<string, string[]>();
  for (const [what, words] of oddities) {
    const fault = describeFault(words);
    byFault.set(fault, [...(byFault.get(fault) ?? []), OF_JOBS[what] ?? `its key "${what}"`]);
  }
  const parts = [...byFault].map(([fault, subjects]) => {
    const joined = subjects.join(' and ');
    return subjects.length === 1 ? `${joined} ${fault}` : `${joined}: each ${fault}`;
  });
  const text = parts.join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
