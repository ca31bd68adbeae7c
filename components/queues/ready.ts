import type { QueueFigures } from '@/lib/contracts/queues';
import type { JobState } from '@/lib/contracts/states';

/** A wait that a person should hear of. */
export const LONG_WAIT_MS = 60_000;

const READY_STATES = ['waiting', 'prioritized'] as const;

/** Jobs that could run now and do not; null when neither count is known. */
export function countReady({ counts }: Pick<QueueFigures, 'counts'>): number | null {
  const { waiting, prioritized } = counts;
  if (waiting == null && prioritized == null) return null;
  return (waiting ?? 0) + (prioritized ?? 0);
}

/** More may be ready than counted: counting stopped, or one of the two cannot be read. */
export function isReadyAtLeast({ counts, countsAtLeast }: Pick<QueueFigures, 'counts' | 'countsAtLeast'>): boolean {
  return READY_STATES.some((state) => countsAtLeast.includes(state) || counts[state] == null);
}

/** Where the jobs that are ready are listed: those of the other state, where only they are. */
export const readyState = ({ counts }: Pick<QueueFigures, 'counts'>): JobState =>
  !counts.waiting && counts.prioritized ? 'prioritized' : 'waiting';
