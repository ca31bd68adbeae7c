import { refuseToKeep, removeKept } from '@/lib/bin/remove-kept';
import type { SourceEntry } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import { BIN_ENTRY_HEADER } from '@/lib/contracts/headers';
import { changeJob, settleChange } from '@/lib/jobs/change';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import { findSource } from '@/lib/sources/find';
import { Answer, type Ask, action } from '@/lib/verbs';

/**
 * Takes the job out of the broker, and what it waits for unless told otherwise; what runs is refused (409). The recycle bin keeps it where it
 * can; with `undoable`, where it cannot, nothing is removed (409 not_undoable).
 */
export const removeJob = action(
  'job.remove',
  async (ask, input) => {
    const { source, queue, job, children, undoable } = input;
    const entry = findSource(ask.sources, source);
    const order = { queue, job, kind: 'remove', why: 'removed', withChildren: children } as const;
    const removal = entry.backend.remove ? await removeKept(ask, entry, order) : null;
    if (removal?.kind === 'kept') {
      sharedSnapshot(entry.backend).readSoon();
      return new Answer(undefined, 204, { [BIN_ENTRY_HEADER]: removal.entry });
    }
    if (removal !== null) await settleChange(ask.store, entry, { queue, job, doing: 'removed' }, removal);
    if (undoable) throw await notUndoable(ask, entry, input);
    await changeJob(ask, input, { doing: 'removed' }, (backend) => backend.remove?.(queue, job, children));
    return undefined;
  },
  ({ children }, output) => ({
    children,
    ...(output === null
      ? {}
      : { binEntry: output instanceof Answer ? (output.headers[BIN_ENTRY_HEADER] ?? null) : null }),
  }),
);

async function notUndoable(
  ask: Ask,
  { backend }: SourceEntry,
  { queue, job, children }: { queue: string; job: string; children: boolean },
): Promise<CodedError> {
  const now = await backend.getJob(queue, job, 0);
  const why = now && refuseToKeep(ask, backend, now, children);
  return new CodedError('not_undoable', why ?? 'The recycle bin cannot keep this job.');
}
