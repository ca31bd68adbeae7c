import type { Paused } from '@/lib/backends/changes';
import { CodedError } from '@/lib/contracts/errors';
import { log } from '@/lib/log';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import { findSource, requireQueue } from '@/lib/sources/find';
import { confirmPauseNote, dropPauseNotes, openPauseNote } from '@/lib/store/pause-notes';
import type { Store } from '@/lib/store/store';
import { action } from '@/lib/verbs';

/** Pauses a queue, and notes who did and why. One that is paused already keeps its note: it is not ours then. */
export const pauseQueue = action(
  'queue.pause',
  async (ask, { source, queue, body }) => {
    const entry = findSource(ask.sources, source);
    const { backend } = entry;
    if (!backend.pause) throw new CodedError('not_supported', `${backend.kind} cannot pause a queue.`);
    await requireQueue(entry, queue);
    const note = await openPauseNote(ask.store, { source, queue, by: ask.actor.name, reason: body.reason ?? null });
    let paused: Paused | null = null;
    try {
      paused = await backend.pause(queue);
    } finally {
      await settleNote(ask.store, note, paused);
    }
    sharedSnapshot(backend).readSoon();
    return { source, queue, paused: true, changed: !paused.was };
  },
  ({ body }, output) => ({
    reason: body.reason ?? null,
    ...(output && 'changed' in output ? { changed: output.changed } : {}),
  }),
);

/** The queue is as it is: a note that is lost makes it only unknown who paused it. */
async function settleNote(store: Store, note: string, paused: Paused | null): Promise<void> {
  try {
    if (paused && !paused.was && paused.event) await confirmPauseNote(store, note, paused.event);
    else await dropPauseNotes(store, [note]);
  } catch (error) {
    log.warn({ err: (error as Error).message }, 'who paused a queue was not noted');
  }
}
