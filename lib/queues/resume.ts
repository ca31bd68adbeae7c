import { CodedError } from '@/lib/contracts/errors';
import { log } from '@/lib/log';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import { findSource, requireQueue } from '@/lib/sources/find';
import { dropPauseNotes, listPauseNoteIds } from '@/lib/store/pause-notes';
import { action } from '@/lib/verbs';

export const resumeQueue = action('queue.resume', async (ask, { source, queue }) => {
  const entry = findSource(ask.sources, source);
  if (!entry.backend.resume) throw new CodedError('not_supported', `${entry.backend.kind} cannot resume a queue.`);
  await requireQueue(entry, queue);
  // Those of a pause that comes after this are not meant.
  const notes = await listPauseNoteIds(ask.store, source, queue);
  await entry.backend.resume(queue);
  await dropPauseNotes(ask.store, notes).catch((error: Error) =>
    log.warn({ err: error.message }, 'a note on a pause was not dropped: the recorder does'),
  );
  sharedSnapshot(entry.backend).readSoon();
  return { source, queue, paused: false };
});
