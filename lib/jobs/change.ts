import type { Change, QueueBackend } from '@/lib/backends/backend';
import type { SourceEntry } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import type { JobChanged } from '@/lib/contracts/jobs';
import { explainMissing } from '@/lib/jobs/missing';
import { findSource } from '@/lib/sources/find';
import type { Store } from '@/lib/store/store';
import type { Ask } from '@/lib/verbs';

interface Doing {
  /** As in "it cannot be …". */
  doing: string;
  /** Why not, in a sentence, where the state alone does not say it. */
  because?: string;
}

/** What the broker's atomic step met → the state it left behind, or the error that says why nothing changed. */
export async function settleChange(
  store: Store,
  entry: SourceEntry,
  { queue, job, doing, because }: { queue: string; job: string } & Doing,
  change: Change,
): Promise<Extract<Change, { kind: 'done' }>> {
  switch (change.kind) {
    case 'done':
      return change;
    case 'gone':
      throw await explainMissing(store, entry, queue, job);
    case 'wrong-state': {
      const why = because ? ` ${because}` : '';
      throw new CodedError('wrong_state', `The job is ${change.state}: it cannot be ${doing}.${why}`, {
        state: change.state,
      });
    }
    case 'locked': {
      const holder = change.holder;
      const what = holder ? `its child "${holder.id}" of queue "${holder.queue.slice(0, 100)}"` : 'the job';
      throw new CodedError('job_locked', `A worker holds ${what}: it cannot be ${doing} now.`, { state: 'active' });
    }
    case 'refused':
      throw new CodedError('wrong_state', change.reason);
  }
}

export const notSupported = (entry: SourceEntry, what: string) =>
  new CodedError('not_supported', `${entry.backend.kind} cannot ${what}.`);

/** One change to one job, by a method that the backend may lack. */
export async function changeJob(
  ask: Ask,
  { source, queue, job }: { source: string; queue: string; job: string },
  doing: Doing,
  run: (backend: QueueBackend) => Promise<Change> | undefined,
): Promise<JobChanged> {
  const entry = findSource(ask.sources, source);
  const changing = run(entry.backend);
  if (!changing) throw new CodedError('not_supported', `On ${entry.backend.kind} a job cannot be ${doing.doing}.`);
  const { state } = await settleChange(ask.store, entry, { queue, job, ...doing }, await changing);
  return { source, queue, id: job, state };
}
