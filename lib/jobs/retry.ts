import { notSupported, settleChange } from '@/lib/jobs/change';
import { clearEffects } from '@/lib/jobs/clear-effects';
import { findSource } from '@/lib/sources/find';
import { action } from '@/lib/verbs';

/**
 * Puts a failed or completed job back. A failed one goes on where its effects stopped; a completed one is asked for again,
 * so what it recorded as done is forgotten first.
 */
export const retryJob = action('job.retry', async (ask, { source, queue, job }) => {
  const entry = findSource(ask.sources, source);
  if (!entry.backend.retry) throw notSupported(entry, 'retry a job');
  const before = await entry.backend.getJob(queue, job, 0);
  if (before?.state === 'completed') await clearEffects(ask.store, { source, queue, job });
  const change = await entry.backend.retry(queue, job);
  const { state } = await settleChange(ask.store, entry, { queue, job, doing: 'retried' }, change);
  return { source, queue, id: job, state };
});
