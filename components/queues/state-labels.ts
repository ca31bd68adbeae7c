import type { JobState } from '@/lib/contracts/states';

export const STATE_LABELS: Record<JobState, string> = {
  waiting: 'Waiting',
  active: 'Active',
  delayed: 'Delayed',
  prioritized: 'Prioritized',
  'waiting-children': 'Waiting children',
  completed: 'Completed',
  failed: 'Failed',
};

/** Left to right in bars and tabs: the way a job goes. */
export const STATE_ORDER: JobState[] = [
  'waiting',
  'active',
  'delayed',
  'prioritized',
  'waiting-children',
  'completed',
  'failed',
];
