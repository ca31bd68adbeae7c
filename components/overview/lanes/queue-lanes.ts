import type { LaneItem } from '@/components/overview/lanes/lane-item';
import { readyState } from '@/components/queues/ready';
import { groupHref, queueHref } from '@/lib/client/http/url';
import type { SeenQueue } from '@/lib/client/live/apply-frame';
import type { FailureCause, QueueAttention } from '@/lib/contracts/queues';
import { ATTENTION_LANES, type AttentionLane } from '@/lib/contracts/states';
import { formatCount } from '@/lib/format';

/**
 * The queues of each lane; one that is several things is in several. The largest first by powers of ten, then by name: 18,000 stands
 * before 9, and the order does not change with every figure. `lost`: sources that are away, whose queues tell nothing of now.
 */
export function fillQueueLanes(
  queues: readonly SeenQueue[],
  lost: ReadonlySet<string>,
): Record<AttentionLane, LaneItem[]> {
  const known = queues.filter(({ source }) => !lost.has(source));
  const fill = (lane: AttentionLane) =>
    known
      .flatMap((queue) => queue.attention.filter((one) => one.lane === lane).map((one) => ({ queue, one })))
      .sort((a, b) => digits(b.one.weight) - digits(a.one.weight) || compareNames(a.queue, b.queue))
      .map(({ queue, one }) => toItem(queue, one));
  return Object.fromEntries(ATTENTION_LANES.map((lane) => [lane, fill(lane)])) as Record<AttentionLane, LaneItem[]>;
}

function toItem(queue: SeenQueue, { lane, sentence, since, cause }: QueueAttention): LaneItem {
  return {
    id: `${queue.source}/${queue.name}`,
    subject: queue.name,
    href: queueHref(queue.source, queue.name, lane === 'failing' ? 'failed' : readyState(queue)),
    sentence: lane === 'paused' ? `${sentence}${sayWho(queue)}` : sentence,
    since,
    cause: cause && {
      message: cause.message,
      note: describeCause(cause),
      href: cause.group === null ? null : groupHref(cause.group),
    },
  };
}

function sayWho({ pause }: SeenQueue): string {
  if (!pause) return '';
  return ` · by ${pause.by}${pause.reason === null ? '' : `: ${pause.reason}`}`;
}

/** How many have it: of the jobs that are failed now, or of a sample, which is called one. */
function describeCause({ jobs, atLeast, sample }: FailureCause): string {
  if (sample !== null) return `${formatCount(jobs)} of newest ${formatCount(sample)}`;
  return `${formatCount(jobs, atLeast)} now`;
}

const digits = (n: number) => (n <= 0 ? 0 : Math.floor(Math.log10(n)) + 1);

function compareNames(a: SeenQueue, b: SeenQueue): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : a.source < b.source ? -1 : 1;
}
