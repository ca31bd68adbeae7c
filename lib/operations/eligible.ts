import type { OperationKind } from '@/lib/contracts/operations';
import type { JobState } from '@/lib/contracts/states';

const ENDED: readonly JobState[] = ['failed', 'completed'];
const STILL: readonly JobState[] = ['waiting', 'delayed', 'prioritized', ...ENDED];

const FROM: Record<Exclude<OperationKind, 'restore'>, readonly JobState[]> = {
  retry: ENDED,
  'edit-and-retry': ENDED,
  promote: ['delayed'],
  remove: STILL,
  move: STILL,
  cancel: ['waiting', 'active', 'delayed', 'prioritized'],
  duplicate: ['active', 'waiting-children', ...STILL],
};

const DONE: Record<Exclude<OperationKind, 'restore'>, string> = {
  retry: 'retried',
  'edit-and-retry': 'retried',
  promote: 'promoted',
  remove: 'removed here',
  move: 'moved',
  cancel: 'cancelled',
  duplicate: 'duplicated',
};

/** Why jobs in this state are left out; null when they are changed. */
export function refuseState(kind: Exclude<OperationKind, 'restore'>, state: JobState): string | null {
  if (FROM[kind].includes(state)) return null;
  if (state === 'active') return `a worker holds them: ${state} jobs cannot be ${DONE[kind]}`;
  if (state === 'waiting-children') return `they wait for their children: such jobs cannot be ${DONE[kind]} in bulk`;
  return `${state} jobs cannot be ${DONE[kind]}`;
}
