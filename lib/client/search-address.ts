import type { SearchSort } from '@/lib/contracts/search';

export const FOUND_PER_PAGE = 50;

/** What the address of the page of jobs says. */
export interface Search {
  q: string;
  sort: SearchSort;
  order: 'desc' | 'asc';
  /** Of the page that is shown; null is the first. */
  cursor: string | null;
}

const SORTS: readonly SearchSort[] = ['added', 'finished', 'wait', 'run'];

/** Reads `?q=state:failed&sort=run&order=asc&at=…`; what does not fit is left out. */
export function readSearch(params: URLSearchParams): Search {
  return {
    q: (params.get('q') ?? '').slice(0, 2000),
    sort: SORTS.find((each) => each === params.get('sort')) ?? 'added',
    order: params.get('order') === 'asc' ? 'asc' : 'desc',
    cursor: params.get('at'),
  };
}
