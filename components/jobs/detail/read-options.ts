import type { JobOptions } from '@/lib/contracts/jobs';
import { formatDuration } from '@/lib/format';

/** BullMQ's own options as far as this page uses them; whoever added the job may have set anything. */
export function readJobOptions(options: unknown): { backoff: string | null; again: JobOptions } {
  const given = typeof options === 'object' && options !== null ? (options as Record<string, unknown>) : {};
  const backoff = readBackoff(given.backoff);
  const again: JobOptions = {};
  if (isCount(given.attempts) && given.attempts > 1) again.attempts = given.attempts;
  if (isCount(given.priority) && given.priority > 0) again.priority = given.priority;
  if (backoff) again.backoff = backoff;
  return { backoff: backoff && `${backoff.type}, ${formatDuration(backoff.delayMs)}`, again };
}

function readBackoff(value: unknown): NonNullable<JobOptions['backoff']> | null {
  if (isCount(value)) return { type: 'fixed', delayMs: value };
  if (typeof value !== 'object' || value === null) return null;
  const { type, delay } = value as Record<string, unknown>;
  return (type === 'fixed' || type === 'exponential') && isCount(delay) ? { type, delayMs: delay } : null;
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0;
