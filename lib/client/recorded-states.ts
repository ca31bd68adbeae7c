import type { FoundJob, RecordedState } from '@/lib/contracts/search';

export const RECORDED_LABELS: Record<RecordedState, string> = {
  waiting: 'Waiting',
  active: 'Active',
  delayed: 'Delayed',
  prioritized: 'Prioritized',
  'waiting-children': 'Waiting children',
  completed: 'Completed',
  failed: 'Failed',
  removed: 'Removed',
  unseen: 'Ended unseen',
};

/** Whose colour it has: removed ones and those whose end was not seen have none. */
export function recordedTone({ state, cancelled }: Pick<FoundJob, 'state' | 'cancelled'>): string {
  return cancelled || state === 'removed' || state === 'unseen' ? 'unknown' : state;
}

export function recordedLabel({ state, cancelled }: Pick<FoundJob, 'state' | 'cancelled'>): string {
  return cancelled ? 'Cancelled' : RECORDED_LABELS[state];
}
