import { CodedError } from '@/lib/contracts/errors';
import { notSupported } from '@/lib/jobs/change';
import { explainMissing } from '@/lib/jobs/missing';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import { findSource } from '@/lib/sources/find';
import { action } from '@/lib/verbs';

/** Removes the children that have not been processed, with what is below them. What a worker holds stays. */
export const removeJobChildren = action(
  'job.remove-children',
  async (ask, { source, queue, job }) => {
    const entry = findSource(ask.sources, source);
    if (!entry.backend.removeChildren) throw notSupported(entry, "remove a job's children");
    const outcome = await entry.backend.removeChildren(queue, job);
    if (outcome.kind === 'gone') throw await explainMissing(ask.store, entry, queue, job);
    if (outcome.kind === 'refused') throw new CodedError('wrong_state', outcome.reason);
    sharedSnapshot(entry.backend).readSoon();
    const { removed, left, done } = outcome;
    return { source, queue, id: job, removed, left, done };
  },
  (_input, output) => (output && 'removed' in output ? { removed: output.removed, left: output.left } : null),
);
