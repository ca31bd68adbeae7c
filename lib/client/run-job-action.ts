import { call } from '@/lib/client/call';
import type { JobAddress } from '@/lib/client/jobs';
import { BIN_ENTRY_HEADER } from '@/lib/contracts/headers';
import type { JobState } from '@/lib/contracts/states';

export const JOB_ACTIONS = ['job.retry', 'job.promote', 'job.cancel', 'job.remove'] as const;
export type JobAction = (typeof JOB_ACTIONS)[number];

/** What became of the job. `state` null: it is out of the broker. `binEntry`: of the recycle bin, from which it can be put back. */
export interface JobOutcome {
  done: string;
  state: JobState | null;
  note: string | null;
  binEntry: string | null;
}

export interface JobActionOptions {
  children: boolean;
  /** Nothing is removed that could not be put back. */
  undoable: boolean;
}

const flag = (value: boolean) => (value ? '1' : '0');

/** Runs one action on one job. Throws ProblemError. */
export async function runJobAction(
  action: JobAction,
  address: JobAddress,
  { children, undoable }: JobActionOptions = { children: true, undoable: false },
): Promise<JobOutcome> {
  if (action === 'job.remove') {
    let binEntry: string | null = null;
    const onHeaders = (headers: Headers) => {
      binEntry = headers.get(BIN_ENTRY_HEADER);
    };
    await call(action, { ...address, children: flag(children), undoable: flag(undoable) }, { onHeaders });
    return { done: 'Removed', state: null, note: null, binEntry };
  }
  if (action === 'job.cancel') {
    const { outcome, note, binEntry } = await call(action, { ...address, body: {} });
    if (outcome === 'removed') return { done: 'Cancelled before it began', state: null, note, binEntry };
    const done = outcome === 'acknowledged' ? 'Cancel acknowledged' : 'Cancel requested';
    return { done, state: 'active', note, binEntry };
  }
  const { state } = await call(action, address);
  return { done: action === 'job.retry' ? 'Put back' : 'Promoted', state, note: null, binEntry: null };
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

/** Not done at once by a press of its button: it takes something away, or makes happen again what was done. */
export function mustAsk(action: JobAction, state: JobState): boolean {
  return action === 'job.cancel' || action === 'job.remove' || (action === 'job.retry' && state === 'completed');
}

export const JOB_ACTION_LABELS: Record<JobAction, string> = {
  'job.retry': 'Retry',
  'job.promote': 'Promote',
  'job.cancel': 'Cancel',
  'job.remove': 'Remove',
};
