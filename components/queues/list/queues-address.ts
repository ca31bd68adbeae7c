import { QUEUE_HEALTHS, type QueueHealth } from '@/lib/contracts/states';

/** What a table of queues can be sorted by; the names stand in addresses. */
export const QUEUE_SORTS = [
  'name',
  'source',
  'health',
  'jobs',
  'waiting',
  'prioritized',
  'ready',
  'active',
  'delayed',
  'children',
  'failed',
  'completed',
  'oldest',
  'in',
  'out',
  'p95',
  'workers',
] as const;
export type QueueSort = (typeof QUEUE_SORTS)[number];

export type QueueFilter = 'all' | QueueHealth;

/** `?name=mail&filter=failing&sort=waiting&dir=desc`. */
export interface QueuesAddress {
  name: string;
  filter: QueueFilter;
  sort: QueueSort;
  dir: 'asc' | 'desc';
}

export const MOST_NAME_CHARS = 200;
const WORDS: readonly QueueSort[] = ['name', 'source', 'health'];

export function readQueuesAddress(params: URLSearchParams): QueuesAddress {
  const [filter, sort, dir] = [params.get('filter') ?? params.get('show'), params.get('sort'), params.get('dir')];
  const by = QUEUE_SORTS.find((each) => each === sort) ?? 'name';
  return {
    name: (params.get('name') ?? '').slice(0, MOST_NAME_CHARS),
    // Links to what it was called before are kept.
    filter: QUEUE_HEALTHS.find((each) => each === filter) ?? (filter === 'backed-up' ? 'stuck' : 'all'),
    sort: by,
    dir: dir === 'asc' || dir === 'desc' ? dir : firstDirOf(by),
  };
}

/** Words begin at the beginning, figures with the greatest. */
export const firstDirOf = (sort: QueueSort): 'asc' | 'desc' => (WORDS.includes(sort) ? 'asc' : 'desc');

/** The query that sorts so; what goes without saying is left out. */
export function sortQuery(sort: QueueSort, dir: 'asc' | 'desc'): Record<'sort' | 'dir', string | null> {
  return { sort: sort === 'name' ? null : sort, dir: dir === firstDirOf(sort) ? null : dir };
}

/** A press on a head: its own direction first, then the other. */
export const nextDir = (address: QueuesAddress, sort: QueueSort): 'asc' | 'desc' =>
  address.sort !== sort ? firstDirOf(sort) : address.dir === 'asc' ? 'desc' : 'asc';
