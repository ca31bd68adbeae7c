import { call } from '@/lib/client/call';
import type { JobAddress } from '@/lib/client/jobs';
import type { JobState } from '@/lib/contracts/states';

export const JOB_ACTIONS = ['job.retry', 'job.promote', 'job.cancel', 'job.remove'] as const;
export type JobAction = (typeof JOB_ACTIONS)[number];

/** What became of the job. `state` null: it is out of the broker. */
export interface JobOutcome {
  done: string;
  state: JobState | null;
  note: string | null;
}

/** Runs one action on one job. Throws ProblemError. */
export async function runJobAction(
  action: JobAction,
  address: JobAddress,
  options: { children: boolean } = { children: true },
): Promise<JobOutcome> {
  if (action === 'job.remove') {
    await call(action, { ...address, children: options.children ? '1' : '0' });
    return { done: 'Removed', state: null, note: null };
  }
  if (action === 'job.cancel') {
    const { outcome, note } = await call(action, { ...address, body: {} });
    if (outcome === 'removed') return { done: 'Cancelled before it began', state: null, note };
    return { done: outcome === 'acknowledged' ? 'Cancel acknowledged' : 'Cancel requested', state: 'active', note };
  }
  const { state } = await call(action, address);
  return { done: action === 'job.retry' ? 'Put back' : 'Promoted', state, note: null };
}

/** Which jobs of a list an action can apply to; the broker has the last word, by its answer. */
const APPLIES: Record<JobAction, JobState[]> = {
  'job.retry': ['failed', 'completed'],
  'job.promote': ['delayed'],
  'job.cancel': ['waiting', 'active', 'delayed', 'prioritized'],
  'job.remove': ['waiting', 'delayed', 'prioritized', 'waiting-children', 'completed', 'failed'],
};

export function listJobActions(state: JobState): JobAction[] {
  return JOB_ACTIONS.filter((action) => APPLIES[action].includes(state));
}

export const JOB_ACTION_LABELS: Record<JobAction, string> = {
  'job.retry': 'Retry',
  'job.promote': 'Promote',
  'job.cancel': 'Cancel',
  'job.remove': 'Remove',
};
