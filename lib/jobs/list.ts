import { decodeCursor, encodeCursor } from '@/lib/cursor';
import { findSource, requireQueue } from '@/lib/sources/find';
import { query } from '@/lib/verbs';

/** completed and failed newest first; delayed and prioritized soonest first; waiting and active next to run first. */
export const listJobs = query('job.list', async (ask, { source, queue, state, cursor, limit }) => {
  const entry = findSource(ask.sources, source);
  const position = decodeCursor(cursor);
  const page = await entry.backend.listJobs(queue, state, position, limit);
  if (page.items.length === 0 && position === null) await requireQueue(entry, queue);
  return { items: page.items.map((row) => ({ source, queue, ...row })), nextCursor: encodeCursor(page.next) };
});
