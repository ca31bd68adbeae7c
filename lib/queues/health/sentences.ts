import { ENOUGH_JOBS } from '@/lib/contracts/states';
import { formatCount, formatDuration, formatPlural, formatShare } from '@/lib/format';
import type { StaffedFigures } from '@/lib/queues/join-workers';
import type { Ended } from './facts';

export function failingSentence({ jobs, failed }: Ended, usual: Ended | null): string {
  return `${formatShare(failed / jobs)} of ${formatCount(jobs)} finished jobs failed${usualText(usual)}`;
}

/** What is not known at all is left out; of a few jobs it is said that they are too few to compare with. */
function usualText(usual: Ended | null): string {
  if (usual === null || usual.jobs === 0) return '';
  if (usual.jobs < ENOUGH_JOBS)
    return ` (no comparison: only ${formatPlural(usual.jobs, 'earlier job is', 'earlier jobs are')} known)`;
  return ` (usually ${formatShare(usual.failed / usual.jobs)})`;
}

export function pausedSentence(queue: StaffedFigures, ready: number | null): string {
  const running = queue.counts.active
    ? `; ${formatPlural(queue.counts.active, 'job')} that had begun still ${queue.counts.active === 1 ? 'runs' : 'run'}`
    : '';
  if (ready === null) return `How many jobs wait cannot be read; none begins until it is resumed${running}`;
  if (ready === 0) return `Nothing waits in it${running}`;
  return `${waits(queue, ready)}; none begins until it is resumed${running}`;
}

export function stuckSentence(queue: StaffedFigures, ready: number, absent: 'no-worker' | 'quiet' | null): string {
  if (absent === 'no-worker') return `${waits(queue, ready)} and no worker is connected`;
  if (absent === 'quiet') {
    const who = queue.workers === 1 ? 'its one worker takes' : `all its ${formatCount(queue.workers)} workers take`;
    return `${waits(queue, ready)} and ${who} no jobs (quiet or stopping)`;
  }
  return `${waits(queue, ready)}; ${whatHolds(queue)}`;
}

function whatHolds({ slots, busy, concurrency, rateLimit, counts, workers }: StaffedFigures): string {
  if (concurrency !== null && (counts.active ?? 0) >= concurrency)
    return `the same jobs hold the queue's limit of ${formatCount(concurrency)} at once`;
  if (slots !== null && busy !== null && slots > 0 && busy >= slots)
    return `${formatCount(busy)} of ${formatCount(slots)} slots are held by the same jobs`;
  if (rateLimit)
    return `none is taken; a limit of ${formatCount(rateLimit.max)} per ${formatDuration(rateLimit.durationMs)} is set`;
  if (workers === null) return 'none is taken, and which workers are connected cannot be read';
  return `none is taken although ${formatPlural(workers, 'worker is', 'workers are')} connected`;
}

function waits({ countsAtLeast }: StaffedFigures, ready: number): string {
  const atLeast = countsAtLeast.includes('waiting') || countsAtLeast.includes('prioritized');
  return `${formatCount(ready, atLeast)} ${ready === 1 && !atLeast ? 'waits' : 'wait'}`;
}
