import { decodeCursor, encodeCursor } from '@/lib/cursor';
import { type ListFilter, searchList } from '@/lib/jobs/search-list';
import { findSource, requireQueue } from '@/lib/sources/find';
import { query } from '@/lib/verbs';

const SEARCH_MS = 1_500;

/** completed and failed newest first; delayed and prioritized soonest first; waiting and active next to run first. */
export const listJobs = query('job.list', async (ask, { source, queue, state, cursor, limit, ...given }) => {
  const entry = findSource(ask.sources, source);
  const position = decodeCursor(cursor);
  const filter = readFilter(given);
  const page = filter
    ? await searchList(entry.backend, { queue, state, limit }, filter, position, SEARCH_MS)
    : { searched: null, ...(await entry.backend.listJobs(queue, state, position, limit)) };
  if (page.items.length === 0 && position === null) await requireQueue(entry, queue);
  return {
    items: page.items.map((row) => ({ source, queue, ...row })),
    nextCursor: encodeCursor(page.next),
    searched: page.searched,
    leftOut: page.leftOut,
  };
});

interface Given {
  name?: string | undefined;
  error?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

function readFilter({ name, error, from, to }: Given): ListFilter | null {
  if ([name, error, from, to].every((condition) => condition === undefined)) return null;
  return {
    names: name === undefined ? null : new Set(name.split(',').map((each) => each.trim())),
    error: error?.toLowerCase() ?? null,
    from: from ?? null,
    to: to ?? null,
  };
}
