import type { QueueOf } from '@/lib/client/query-keys';
import { type Range, readRange } from '@/lib/client/range';

/** What the page shows at first, and what the badge in the rail counts: causes of a night are there in the morning. */
export const FAILURES_RANGE = '24h';

const STATES = ['open', 'muted', 'resolved', 'all'] as const;
const SORTS = ['last', 'count', 'first'] as const;

/** What the address of the failures says: `?state=muted&text=…&sort=count&range=24h`, or `from` and `to`; `source` and `queue` of one queue. */
export interface FailuresAddress extends Range {
  state: (typeof STATES)[number];
  sort: (typeof SORTS)[number];
  text: string;
  /** Null: of all queues. */
  of: QueueOf | null;
}

export function readFailuresAddress(params: URLSearchParams): FailuresAddress {
  const [source, queue] = [params.get('source'), params.get('queue')];
  return {
    ...readRange(params, FAILURES_RANGE),
    state: STATES.find((each) => each === params.get('state')) ?? 'open',
    sort: SORTS.find((each) => each === params.get('sort')) ?? 'last',
    text: (params.get('text') ?? '').slice(0, 200),
    of: source && queue ? { source, queue } : null,
  };
}
