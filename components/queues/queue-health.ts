import type { QueueFigures } from '@/lib/contracts/queues';

/** A wait that a person should hear of. */
export const LONG_WAIT_MS = 60_000;

export type QueueFilter = 'all' | 'backed-up' | 'failing' | 'paused';

export const QUEUE_FILTERS: { id: QueueFilter; label: string }[] = [
  { id: 'all', label: 'All' },
  { id: 'backed-up', label: 'Backed up' },
  { id: 'failing', label: 'Failing' },
  { id: 'paused', label: 'Paused' },
];

/** Jobs that could run now and do not; null when neither count is known. */
export function countReady({ counts }: Pick<QueueFigures, 'counts'>): number | null {
  const { waiting, prioritized } = counts;
  if (waiting == null && prioritized == null) return null;
  return (waiting ?? 0) + (prioritized ?? 0);
}

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
