import type { SourceEntry } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import { requireQueue } from '@/lib/sources/find';
import type { Store } from '@/lib/store/store';
import { storedText } from '@/lib/store/stored-name';

interface Cancelled {
  name: string;
  state: string;
  by: string;
  reason: string | null;
  cancelled_at: Date;
}

/** Why a job is not there: cancelled before it began (410), its queue unknown (404), or simply gone (404). */
export async function explainMissing(
  store: Store,
  entry: SourceEntry,
  queue: string,
  job: string,
): Promise<CodedError> {
  const [row] = await store
    .query<Cancelled>(
      `SELECT name, state, by, reason, cancelled_at FROM queuedeck.cancelled_job
        WHERE source = $1 AND queue = $2 AND job = $3`,
      [entry.config.name, storedText(queue), storedText(job)],
    )
    .catch(() => []);
  if (row) {
    const why = row.reason ? `: ${row.reason}` : '';
    return new CodedError(
      'job_cancelled',
      `${row.name} was cancelled while ${row.state}, by ${row.by} at ${row.cancelled_at.toISOString()}${why}.`,
    );
  }
  await requireQueue(entry, queue);
  return new CodedError(
    'job_not_found',
    `Queue "${queue.slice(0, 100)}" has no job "${job.slice(0, 100)}"; it may have been removed.`,
  );
}
