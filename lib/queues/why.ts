import type { Why } from '@/lib/contracts/why';
import { notSupported } from '@/lib/jobs/change';
import { readPause } from '@/lib/queues/pause-notes';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import { decideQueue } from '@/lib/queues/why/decide-queue';
import { type Found, staffOf } from '@/lib/queues/why/facts';
import { sharedHeld } from '@/lib/queues/why/shared-held';
import { findSource, requireQueue } from '@/lib/sources/find';
import { query } from '@/lib/verbs';

/** One sentence on why a queue does not move, or how it does, with its figures and what else holds. */
export const explainQueue = query('queue.why', async (ask, { source, queue }) => {
  const entry = findSource(ask.sources, source);
  const { backend } = entry;
  if (!backend.motion) throw notSupported(entry, 'tell why a queue does not move');
  await requireQueue(entry, queue);
  const [motion, { workers }] = await Promise.all([backend.motion(queue), sharedSnapshot(backend).workers()]);
  const [held, pause] = await Promise.all([
    motion.waitingChildren > 0 ? sharedHeld(backend, queue, ask.signal) : null,
    readPause(ask, { source, name: queue, paused: motion.paused }),
  ]);
  const facts = { motion, staff: staffOf(queue, workers), held, pause };
  return { source, queue, ...answer(decideQueue(facts), motion.at) };
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
