import type { RecordedEvent } from '@/lib/backends/recording';

/** What BullMQ says of a job, by its own names, on either backend. */
const KINDS = new Set<string>([
  'added',
  'waiting',
  'delayed',
  'waiting-children',
  'active',
  'stalled',
  'completed',
  'failed',
  'retries-exhausted',
  'removed',
  'progress',
]);

export const isJobEvent = (event: string): event is RecordedEvent['kind'] => KINDS.has(event);
