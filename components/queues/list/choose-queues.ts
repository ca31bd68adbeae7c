import type { QueueFilter, QueueSort, QueuesAddress } from '@/components/queues/list/queues-address';
import { countReady } from '@/components/queues/ready';
import type { SeenQueue } from '@/lib/client/live/apply-frame';
import type { Summary } from '@/lib/contracts/metrics';
import { ATTENTION_LANES, QUEUE_HEALTHS } from '@/lib/contracts/states';

export type QueuePeriod = Summary['queues'][number];
export type Periods = ReadonlyMap<string, QueuePeriod>;

export const queueKey = ({ source, name }: Pick<SeenQueue, 'source' | 'name'>) => `${source}/${name}`;

/** Null = not known. */
type Value = number | string | null;
type Read = (queue: SeenQueue, period: QueuePeriod | undefined) => Value;

const VALUES: Record<QueueSort, Read> = {
  name: ({ name }) => name,
  source: ({ source }) => source,
  health: ({ health }) => QUEUE_HEALTHS.indexOf(health),
  jobs: ({ counts }) =>
    Object.values(counts).reduce<number | null>((sum, one) => (one === null ? sum : (sum ?? 0) + one), null),
  waiting: ({ counts }) => counts.waiting ?? null,
  prioritized: ({ counts }) => counts.prioritized ?? null,
  ready: countReady,
  active: ({ counts }) => counts.active ?? null,
  delayed: ({ counts }) => counts.delayed ?? null,
  children: ({ counts }) => counts['waiting-children'] ?? null,
  failed: ({ counts }) => counts.failed ?? null,
  completed: ({ counts }) => counts.completed ?? null,
  oldest: ({ oldestWaitingMs }) => oldestWaitingMs,
  in: (_, period) => period?.addedPerMinute ?? null,
  out: (_, period) => period?.finishedPerMinute ?? null,
  p95: (_, period) => period?.runP95 ?? null,
  workers: ({ workers }) => workers,
};

const WORDS = new Intl.Collator('en', { numeric: true });

/** In the order of the address; what is not known comes last whichever way, and equals by their name. A new array. */
export function sortQueues(
  queues: readonly SeenQueue[],
  { sort, dir }: Pick<QueuesAddress, 'sort' | 'dir'>,
  periods: Periods,
): SeenQueue[] {
  const sign = dir === 'asc' ? 1 : -1;
  return queues
    .map((queue) => ({ queue, key: queueKey(queue), value: VALUES[sort](queue, periods.get(queueKey(queue))) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null)
        return Number(a.value === null) - Number(b.value === null) || compareKeys(a, b);
      return sign * compareValues(a.value, b.value) || compareKeys(a, b);
    })
    .map(({ queue }) => queue);
}

function compareValues(a: number | string, b: number | string): number {
  return typeof a === 'string' || typeof b === 'string' ? WORDS.compare(String(a), String(b)) : a - b;
}

type Keyed = { queue: SeenQueue; key: string };
const compareKeys = (a: Keyed, b: Keyed) =>
  WORDS.compare(a.queue.name, b.queue.name) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** Of what a person should hear a queue may be several things at once, of the rest it is one. */
export function matchesFilter({ health, attention }: SeenQueue, filter: QueueFilter): boolean {
  if (filter === 'all') return true;
  const isLane = ATTENTION_LANES.some((lane) => lane === filter);
  return isLane ? attention.some(({ lane }) => lane === filter) : health === filter;
}

/** Its name has the text, whatever the case. */
export const matchesName = ({ name }: SeenQueue, text: string): boolean =>
  name.toLowerCase().includes(text.toLowerCase());
