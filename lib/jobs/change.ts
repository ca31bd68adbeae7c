import type { Change } from '@/lib/backends/backend';
import type { SourceEntry } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import { explainMissing } from '@/lib/jobs/missing';
import type { Store } from '@/lib/store/store';

/** What the broker's atomic step met → the state it left behind, or the error that says why nothing changed. */
export async function settleChange(
  store: Store,
  entry: SourceEntry,
  { queue, job, doing }: { queue: string; job: string; doing: string },
  change: Change,
): Promise<Extract<Change, { kind: 'done' }>> {
  switch (change.kind) {
    case 'done':
      return change;
    case 'gone':
      throw await explainMissing(store, entry, queue, job);
    case 'wrong-state':
      throw new CodedError('wrong_state', `The job is ${change.state}: it cannot be ${doing}.`, {
        state: change.state,
      });
    case 'locked':
      throw new CodedError(
        'job_locked',
        `A worker holds the job (or one of its children): it cannot be ${doing} now.`,
        {
          state: 'active',
        },
      );
    case 'refused':
      throw new CodedError('wrong_state', change.reason);
  }
}

export const notSupported = (entry: SourceEntry, what: string) =>
  new CodedError('not_supported', `${entry.backend.kind} cannot ${what}.`);
