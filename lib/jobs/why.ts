import { notSupported } from '@/lib/jobs/change';
import { explainMissing } from '@/lib/jobs/missing';
import { readPause } from '@/lib/queues/pause-notes';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import { answer } from '@/lib/queues/why';
import { decideJob } from '@/lib/queues/why/decide-job';
import { staffOf } from '@/lib/queues/why/facts';
import { findSource } from '@/lib/sources/find';
import { query } from '@/lib/verbs';

/** One sentence on why a job is not done, or how it goes. */
export const explainJob = query('job.why', async (ask, { source, queue, job: id }) => {
  const entry = findSource(ask.sources, source);
  const { backend } = entry;
  if (!backend.standing) throw notSupported(entry, 'tell why a job does not move');
  const [found, { workers }] = await Promise.all([backend.standing(queue, id), sharedSnapshot(backend).workers()]);
  if (found === null) throw await explainMissing(ask.store, entry, queue, id);
  const { motion, job } = found;
  const pause = await readPause(ask, { source, name: queue, paused: motion.paused });
  const causes = decideJob({ motion, staff: staffOf(queue, workers), pause }, job);
  return { source, queue, id, state: job.state, waitsFor: job.pending?.some ?? [], ...answer(causes, motion.at) };
});
