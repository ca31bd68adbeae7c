import type { Why } from '@/lib/contracts/why';
import { notSupported } from '@/lib/jobs/change';
import { readPause } from '@/lib/queues/pause-notes';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import { decideQueue } from '@/lib/queues/why/decide-queue';
import { type Found, staffOf } from '@/lib/queues/why/facts';
import { findSource, requireQueue } from '@/lib/sources/find';
import { query } from '@/lib/verbs';

/** One sentence on why a queue does not move, or how it does, with its figures and what else holds. */
export const explainQueue = query('queue.why', async (ask, { source, queue }) => {
  const entry = findSource(ask.sources, source);
  const { backend } = entry;
  if (!backend.motion) throw notSupported(entry, 'tell why a queue does not move');
  await requireQueue(entry, queue);
  const [motion, { workers }] = await Promise.all([backend.motion(queue), sharedSnapshot(backend).workers()]);
  const pause = await readPause(ask, { source, name: queue, paused: motion.paused });
  return { source, queue, ...answer(decideQueue({ motion, staff: staffOf(queue, workers), pause }), motion.at) };
});

/** The first is the answer; of the others their sentences. */
export function answer([first, ...others]: Found[], atMs: number): Omit<Why, 'source' | 'queue'> {
  if (!first) throw new Error('why: no cause was found');
  return {
    ...first,
    others: others.map(({ figures: _, ...cause }) => cause),
    asOf: new Date(atMs).toISOString(),
  };
}
