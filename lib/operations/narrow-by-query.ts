import { CodedError } from '@/lib/contracts/errors';
import type { JobFilter } from '@/lib/contracts/operations';
import { readQuery } from '@/lib/jobs/search/read-query';
import { readLag } from '@/lib/sources/read-lag';
import { readFittingIds } from '@/lib/store/search/fitting-ids';
import { inTurn } from '@/lib/turns';
import type { Ask } from '@/lib/verbs';

/** Behind by more, the record may not know the jobs that are meant. */
const BEHIND_MS = 10_000;

/** A filter's query as the ids of the jobs whose record fits it. Throws validation_failed for one that cannot be read, busy while the record is behind. */
export async function narrowByQuery(ask: Ask, filter: JobFilter): Promise<JobFilter> {
  if (filter.q === undefined) return filter;
  const node = readQuery(filter.q);
  const lagMs = await readLag(ask.store, [filter.source]);
  if (lagMs === null || lagMs > BEHIND_MS)
    throw new CodedError('busy', 'The record of this source is behind: what a query finds now may not be all.', {
      retryAfterSeconds: 10,
    });
  const clock = { nowMs: Date.now(), offsetMinutes: 0 };
  const found = await inTurn(ask, 'search', (reader) =>
    readFittingIds(reader, node, filter.source, filter.queue, clock),
  );
  const only = filter.ids ? new Set(filter.ids) : null;
  return { ...filter, ids: only ? found.filter((id) => only.has(id)) : found };
}
