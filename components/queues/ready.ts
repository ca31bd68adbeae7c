import type { QueueFigures } from '@/lib/contracts/queues';

/** A wait that a person should hear of. */
export const LONG_WAIT_MS = 60_000;

/** Jobs that could run now and do not; null when neither count is known. */
export function countReady({ counts }: Pick<QueueFigures, 'counts'>): number | null {
  const { waiting, prioritized } = counts;
  if (waiting == null && prioritized == null) return null;
  return (waiting ?? 0) + (prioritized ?? 0);
}
