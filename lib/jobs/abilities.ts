import type { QueueBackend } from '@/lib/backends/backend';
import type { VerbName } from '@/lib/contracts/routes';
import type { JobState } from '@/lib/contracts/states';
import { type Abilities, listAbilities } from '@/lib/sources/capabilities';
import type { Ask } from '@/lib/verbs';

const APPLIES: Partial<Record<VerbName, readonly JobState[]>> = {
  'job.retry': ['failed', 'completed'],
  'job.promote': ['delayed'],
  'job.cancel': ['waiting', 'active', 'delayed', 'prioritized', 'waiting-children'],
  'job.remove': ['waiting', 'delayed', 'prioritized', 'waiting-children', 'completed', 'failed'],
};

const NEEDS: Partial<Record<VerbName, string>> = {
  'job.retry': 'Only a failed or completed job can be retried',
  'job.promote': 'Only a delayed job can be promoted',
  'job.cancel': 'Only a job that has not ended can be cancelled',
  'job.remove': 'A worker holds it; cancel it first',
};

export const JOB_VERBS = ['job.retry', 'job.promote', 'job.cancel', 'job.remove'] as const;

/** What may be done to a job in this state. A hint for the screen: the broker's atomic step is what decides. */
export function listJobAbilities(
  ask: Ask,
  backend: QueueBackend,
  state: JobState,
  cancelRequested: boolean,
): Abilities {
  return listAbilities(ask, backend, JOB_VERBS, (verb) => {
    if (!APPLIES[verb]?.includes(state)) return `${NEEDS[verb]}; this one is ${state}.`;
    if (verb === 'job.cancel' && state === 'active' && cancelRequested) return 'Its cancellation is under way.';
    return null;
  });
}
