/** Answers to "why is it not moving?". Plain data: the browser picks an icon and a colour by them. */
export const WHY_CODES = [
  'paused',
  'no-worker',
  'workers-quiet',
  'rate-limited',
  'global-concurrency',
  'broker-slow',
  'slots-busy',
  'stalled',
  'delayed',
  'waiting-children',
  /** A job waits for children that have failed. */
  'children-failed',
  'behind-prioritized',
  'behind-waiting',
  'moving',
  /** The job runs. */
  'running',
  /** Nothing is there to be done. */
  'idle',
  /** The job has ended. */
  'ended',
  /** Work waits, nothing that can be seen stands in its way, and nothing is taken. */
  'unclear',
] as const;
