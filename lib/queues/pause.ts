import { CodedError } from '@/lib/contracts/errors';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import { findSource, requireQueue } from '@/lib/sources/find';
import { action } from '@/lib/verbs';

export const pauseQueue = action('queue.pause', async (ask, { source, queue }) => {
  const entry = findSource(ask.sources, source);
  if (!entry.backend.pause) throw new CodedError('not_supported', `${entry.backend.kind} cannot pause a queue.`);
  await requireQueue(entry, queue);
  await entry.backend.pause(queue);
  sharedSnapshot(entry.backend).readSoon();
  return { source, queue, paused: true };
});
