import type { QueueFigures } from '@/lib/contracts/queues';
import type { JobState } from '@/lib/contracts/states';

/** A wait that a person should hear of. */
export const LONG_WAIT_MS = 60_000;

export type QueueFilter = 'all' | 'backed-up' | 'failing' | 'paused';

export const QUEUE_FILTERS: { id: QueueFilter; label: string }[] = [
  { id: 'all', label: 'All' },
  { id: 'backed-up', label: 'Backed up' },
  { id: 'failing', label: 'Failing' },
  { id: 'paused', label: 'Paused' },
];

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

export function isFailing(queue: QueueFigures): boolean {
  return (queue.counts.failed ?? 0) > 0;
}

/** Jobs wait, and either nobody is there to take them or the oldest has waited for a minute. */
export function isBackedUp(queue: QueueFigures): boolean {
  if (!countReady(queue)) return false;
  return queue.workers === 0 || (queue.oldestWaitingMs ?? 0) >= LONG_WAIT_MS;
}

export function matchesFilter(queue: QueueFigures, filter: QueueFilter): boolean {
  if (filter === 'backed-up') return isBackedUp(queue);
  if (filter === 'failing') return isFailing(queue);
  return filter === 'all' || queue.paused;
}

export function readQueueFilter(given: string | null): QueueFilter {
  return QUEUE_FILTERS.find(({ id }) => id === given)?.id ?? 'all';
}
