/** The seven states a job can be in; BullMQ's own names. "paused" is a property of the queue, never of a job. */
export const JOB_STATES = [
  'waiting',
  'active',
  'delayed',
  'prioritized',
  'waiting-children',
  'completed',
  'failed',
] as const;

export type JobState = (typeof JOB_STATES)[number];
