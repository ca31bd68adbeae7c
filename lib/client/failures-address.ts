import { type Range, readRange } from '@/lib/client/range';

const STATES = ['open', 'muted', 'resolved', 'all'] as const;
const SORTS = ['last', 'count', 'first'] as const;

/** What the address of the failures says: `?state=muted&text=…&sort=count&range=24h`, or `from` and `to`. */
export interface FailuresAddress extends Range {
  state: (typeof STATES)[number];
  sort: (typeof SORTS)[number];
  text: string;
}

export function readFailuresAddress(params: URLSearchParams): FailuresAddress {
  return {
    ...readRange(params),
    state: STATES.find((each) => each === params.get('state')) ?? 'open',
    sort: SORTS.find((each) => each === params.get('sort')) ?? 'last',
    text: (params.get('text') ?? '').slice(0, 200),
  };
}
