import type { EndedTotals } from '@/lib/backends/recording';

const MINUTE_MS = 60_000;
/** More in one minute, or ids in all, no broker has given out: such a number is somebody's own. */
const MOST_PER_MINUTE = 100_000_000;
const MOST_IDS = 1e15;

/** A counter as a broker keeps it; null = it is none. */
export function toCount(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  const count = Number(value);
  return Number.isInteger(count) && count >= 0 && count <= MOST_IDS ? count : null;
}

/** BullMQ's metrics from their parts (`prevTs` epoch ms, `points` newest first); null when they cannot be what was counted. */
export function checkEnded(count: number, prevCount: number, prevTs: number, points: number[]): EndedTotals | null {
  const perMinute = [count - prevCount, ...points];
  const isCounted = perMinute.every((one) => Number.isInteger(one) && one >= 0 && one <= MOST_PER_MINUTE);
  if (!isCounted || !(prevTs > 0) || prevTs > Date.now() + MINUTE_MS) return null;
  return { count, newestMinute: Math.floor(prevTs / MINUTE_MS), perMinute };
}
