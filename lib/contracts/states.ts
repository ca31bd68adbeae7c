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

/** How a queue fares: what its badge tells, the most pressing first. What each means: lib/queues/health/decide-health.ts. */
export const QUEUE_HEALTHS = ['paused', 'failing', 'stuck', 'unclear', 'moving', 'idle', 'empty'] as const;

export type QueueHealth = (typeof QUEUE_HEALTHS)[number];

/** Of these a person should hear; a queue may be several of them at once. */
export const ATTENTION_LANES = ['failing', 'stuck', 'paused'] as const;

export type AttentionLane = (typeof ATTENTION_LANES)[number];

/** Of fewer jobs nothing is judged against others: by chance alone they differ too much. */
export const ENOUGH_JOBS = 20;
