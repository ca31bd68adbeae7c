import type { QueueBackend } from '@/lib/backends/backend';
import type { VerbName } from '@/lib/contracts/routes';
import type { JobState } from '@/lib/contracts/states';
import { type Abilities, listAbilities } from '@/lib/sources/capabilities';
import type { Ask } from '@/lib/verbs';

/** What a job's abilities depend on. */
export interface JobSituation {
  state: JobState;
  cancelRequested: boolean;
  deduplicationId: string | null;
  hasChildren: boolean;
  logs: number;
}

const NOT_RUNNING: readonly JobState[] = [
  'waiting',
  'delayed',
  'prioritized',
  'waiting-children',
  'completed',
  'failed',
];

const APPLIES: Partial<Record<VerbName, readonly JobState[]>> = {
  'job.retry': ['failed', 'completed'],
  'job.promote': ['delayed'],
  'job.cancel': ['waiting', 'active', 'delayed', 'prioritized', 'waiting-children'],
  'job.remove': NOT_RUNNING,
  'job.edit': NOT_RUNNING,
  'job.prioritize': ['waiting', 'prioritized', 'delayed'],
  'job.reschedule': ['delayed'],
};

const NEEDS: Partial<Record<VerbName, string>> = {
  'job.retry': 'Only a failed or completed job can be retried',
  'job.promote': 'Only a delayed job can be promoted',
  'job.cancel': 'Only a job that has not ended can be cancelled',
  'job.remove': 'A worker holds it; cancel it first',
  'job.edit': 'A worker runs it with the data that it was given',
  'job.prioritize': 'Only a job that waits or is delayed has a place in the order',
  'job.reschedule': 'Only a delayed job has a time at which it runs',
};

export const JOB_VERBS = [
  'job.retry',
  'job.promote',
  'job.cancel',
  'job.remove',
  'job.duplicate',
  'job.edit',
  'job.prioritize',
  'job.reschedule',
  'job.progress',
  'job.log',
  'job.clear-logs',
  'job.undeduplicate',
  'job.remove-children',
] as const;

/** What may be done to a job in this situation. A hint for the screen: the broker's atomic step is what decides. */
export function listJobAbilities(ask: Ask, backend: QueueBackend, job: JobSituation): Abilities {
  return listAbilities(ask, backend, JOB_VERBS, (verb) => refuse(verb, job));
}

function refuse(verb: VerbName, { state, cancelRequested, deduplicationId, hasChildren, logs }: JobSituation) {
  const states = APPLIES[verb];
  if (states && !states.includes(state)) return `${NEEDS[verb]}; this one is ${state}.`;
  if (verb === 'job.cancel' && state === 'active' && cancelRequested) return 'Its cancellation is under way.';
  if (verb === 'job.clear-logs' && logs === 0) return 'It has no log.';
  if (verb === 'job.undeduplicate' && deduplicationId === null) return 'It was added without a deduplication key.';
  if (verb === 'job.remove-children' && !hasChildren) return 'It has no children.';
  return null;
}
