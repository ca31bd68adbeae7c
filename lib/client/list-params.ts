import { JOB_STATES, type JobState } from '@/lib/contracts/states';

/** Cursors of the pages before this one that the address keeps; further back there is only the first page. */
const MOST_STEPS = 20;

export interface ListParams {
  state: JobState;
  /** Cursor of the page that is shown; null is the first. */
  cursor: string | null;
  /** Cursors of the pages from the second one to this one, the oldest dropped when there are many. */
  steps: string[];
  /** 1 is the first page. */
  page: number;
}

/** What a new visitor wants to see first: what failed, then what runs, then what waits. */
const FIRST: JobState[] = ['failed', 'active', 'waiting', 'prioritized', 'delayed', 'waiting-children', 'completed'];

/** Reads `?state=failed&at=c1&at=c2&page=3`. Without a state: the first that holds jobs, failures first. */
export function readListParams(
  params: URLSearchParams,
  counts: Partial<Record<JobState, number | null>> | undefined,
): ListParams {
  const given = params.get('state');
  const state =
    JOB_STATES.find((each) => each === given) ?? FIRST.find((each) => (counts?.[each] ?? 0) > 0) ?? 'waiting';
  const steps = params.getAll('at');
  const page = Math.max(steps.length + 1, Number.parseInt(params.get('page') ?? '1', 10) || 1);
  return { state, cursor: steps.at(-1) ?? null, steps, page };
}

/** The query for the page after this one. */
export function nextPageParams({ steps, page }: ListParams, cursor: string): Record<string, string | string[]> {
  return { at: [...steps, cursor].slice(-MOST_STEPS), page: String(page + 1) };
}

/** The query for the page before this one: the first one when the steps do not reach further back. */
export function previousPageParams({ steps, page }: ListParams): Record<string, string | string[] | null> {
  const left = steps.slice(0, -1);
  return left.length === 0 ? { at: null, page: null } : { at: left, page: String(page - 1) };
}
