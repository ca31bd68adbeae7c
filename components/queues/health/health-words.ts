import { QUEUE_HEALTHS, type QueueHealth } from '@/lib/contracts/states';

export const HEALTH_LABELS: Record<QueueHealth, string> = {
  paused: 'Paused',
  failing: 'Failing',
  stuck: 'Stuck',
  unclear: 'Unclear',
  moving: 'Moving',
  idle: 'Idle',
  empty: 'Empty',
};

/** A state's hue; `unknown` is none. */
export const HEALTH_TONES = {
  paused: 'paused',
  failing: 'failed',
  stuck: 'waiting',
  unclear: 'unknown',
  moving: 'active',
  idle: 'unknown',
  empty: 'unknown',
} as const satisfies Record<QueueHealth, string>;

/** What each means, for whoever points at it. */
export const HEALTH_MEANINGS: Record<QueueHealth, string> = {
  paused: 'It hands out no job until it is resumed',
  failing: 'Of the jobs that ended lately many failed',
  stuck: 'Jobs are ready and nobody takes any',
  unclear: 'A part of it cannot be read, or it is not known yet whether jobs are taken',
  moving: 'Jobs run, or are taken',
  idle: 'Jobs are there for later only',
  empty: 'Nothing waits and nothing runs',
};

/** Of these a person should hear; the rest goes as it should. */
export const isPressing = (health: QueueHealth): boolean =>
  QUEUE_HEALTHS.indexOf(health) < QUEUE_HEALTHS.indexOf('moving');
