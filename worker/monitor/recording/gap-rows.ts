import type { OddQueue } from '@/lib/backends/recording';
import type { GapRow } from '@/lib/store/recording/gaps';
import type { PendingGap } from '@/lib/store/recording/marks';
import type { SetAside } from '@/lib/store/recording/set-aside';
import type { RefusedJob } from './refused-jobs';

export const TRIMMED = 'events were trimmed before they were recorded';
export const REMOVED = 'the queue was removed, and its events with it';
export const MISSING = 'jobs that were open in the record were gone from the broker';

/** Rows of what was not seen: stretches that are told before they are healed (first, in their order), and jobs set aside. */
export function gapsOf(
  pending: readonly { queue: string; gap: PendingGap }[],
  refused: readonly RefusedJob[],
): GapRow[] {
  const told = pending.map(({ queue, gap: { fromMs, toMs, reason } }) => ({
    queue,
    fromMs,
    toMs,
    unseen: null,
    reason,
  }));
  const queues = new Map<string, RefusedJob[]>();
  for (const job of refused) queues.set(job.queue, [...(queues.get(job.queue) ?? []), job]);
  const aside = [...queues].map(([queue, jobs]) => {
    const reason = `jobs could not be recorded and were set aside: ${jobs[0]?.reason.slice(0, 200)}`;
    return { queue, fromMs: Date.now(), toMs: Date.now(), unseen: jobs.length, reason };
  });
  return [...told, ...aside];
}

export function setAsideOf({
  odd,
  compared,
  refused,
}: {
  odd: readonly OddQueue[];
  compared: readonly SetAside[];
  refused: readonly RefusedJob[];
}): SetAside[] {
  return [
    ...odd.map(({ queue, why }) => ({ queue, job: null, reason: why, sample: null })),
    ...compared,
    ...refused.map(({ queue, id, reason, sample }) => ({ queue, job: id, reason, sample })),
  ];
}
