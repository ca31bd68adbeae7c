import { notSupported, settleChange } from '@/lib/jobs/change';
import { findSource } from '@/lib/sources/find';
import { action } from '@/lib/verbs';

/** Takes the job and what it waits for out of the broker; a job that runs is refused (409). */
export const removeJob = action('job.remove', async (ask, { source, queue, job }) => {
  const entry = findSource(ask.sources, source);
  if (!entry.backend.remove) throw notSupported(entry, 'remove a job');
  await settleChange(ask.store, entry, { queue, job, doing: 'removed' }, await entry.backend.remove(queue, job));
  return undefined;
});
