import { pageByKey } from '@/lib/cursor';
import { withAbilities } from '@/lib/queues/abilities';
import { readKnownFigures } from '@/lib/queues/known-figures';
import { readPauses } from '@/lib/queues/pause-notes';
import { chooseSources } from '@/lib/sources/find';
import { query } from '@/lib/verbs';

/**
 * All queues of all sources, by source and name. A source that is away contributes its last known figures, and `asOf` is
 * the oldest read among them; when nothing is known of any, the broker's error is the answer.
 */
export const listQueues = query('queue.list', async (ask, { source, cursor, limit }) => {
  const entries = chooseSources(ask.sources, source);
  const reads = await Promise.allSettled(entries.map(({ backend }) => readKnownFigures(backend)));
  const known = reads.flatMap((read) => (read.status === 'fulfilled' ? [read.value] : []));
  if (known.length === 0 && reads[0]?.status === 'rejected') throw reads[0].reason;
  const queues = known.flatMap((read) => read.queues).sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  const page = pageByKey(queues, sortKey, cursor, limit);
  const pauseOf = await readPauses(ask, page.items);
  const items = page.items.flatMap((figures) => {
    const entry = ask.sources.get(figures.source);
    return entry ? [withAbilities(ask, entry.backend, figures, pauseOf(figures))] : [];
  });
  return { items, nextCursor: page.nextCursor, asOf: new Date(Math.min(...known.map(({ at }) => at))).toISOString() };
});

const sortKey = (queue: { source: string; name: string }) => `${queue.source}\u0000${queue.name}`;
