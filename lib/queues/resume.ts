import { CodedError } from '@/lib/contracts/errors';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import { findSource, requireQueue } from '@/lib/sources/find';
import { action } from '@/lib/verbs';

export const resumeQueue = action('queue.resume', async (ask, { source, queue }) => {
  const entry = findSource(ask.sources, source);
  if (!entry.backend.resume) throw new CodedError('not_supported', `${entry.backend.kind} cannot resume a queue.`);
  await requireQueue(entry, queue);
  await entry.backend.resume(queue);
  sharedSnapshot(entry.backend).readSoon();
  return { source, queue, paused: false };
});
