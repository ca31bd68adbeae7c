import { notSupported, settleChange } from '@/lib/jobs/change';
import { findSource } from '@/lib/sources/find';
import { action } from '@/lib/verbs';

export const promoteJob = action('job.promote', async (ask, { source, queue, job }) => {
  const entry = findSource(ask.sources, source);
  if (!entry.backend.promote) throw notSupported(entry, 'promote a job');
  const change = await entry.backend.promote(queue, job);
  const { state } = await settleChange(ask.store, entry, { queue, job, doing: 'promoted' }, change);
  return { source, queue, id: job, state };
});
