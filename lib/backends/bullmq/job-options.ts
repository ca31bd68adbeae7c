import type { JobsOptions } from 'bullmq';
import type { JobOptions } from '@/lib/contracts/jobs';
import { parseShallow } from '@/lib/json-depth';

/** Our words → BullMQ's. `addedBy` is a name of our own among them: BullMQ keeps what it does not know. */
export function toJobsOptions(options: JobOptions, addedBy?: string): JobsOptions & { addedBy?: string } {
  const { id, delayMs, backoff, deduplication, ...same } = options;
  return {
    ...same,
    ...(addedBy === undefined ? {} : { addedBy }),
    ...(id === undefined ? {} : { jobId: id }),
    ...(delayMs === undefined ? {} : { delay: delayMs }),
    ...(backoff === undefined ? {} : { backoff: toBackoff(backoff) }),
    ...(deduplication === undefined ? {} : { deduplication: toDeduplication(deduplication) }),
  };
}

function toBackoff({ delayMs, ...same }: NonNullable<JobOptions['backoff']>) {
  return { ...same, delay: delayMs };
}

function toDeduplication({ id, ttlMs }: NonNullable<JobOptions['deduplication']>) {
  return ttlMs === undefined ? { id } : { id, ttl: ttlMs };
}

/** BullMQ stores some options under short names. */
const STORED_NAMES: Record<string, string> = {
  de: 'deduplication',
  fpof: 'failParentOnFailure',
  cpof: 'continueParentOnFailure',
  idof: 'ignoreDependencyOnFailure',
  rdof: 'removeDependencyOnFailure',
  kl: 'keepLogs',
  tm: 'telemetry',
};

/** The stored options with their public names; `{}` for what is no JSON object. */
export function decodeOptions(text: string): Record<string, unknown> {
  const stored = parseShallow(text || '{}');
  if (stored === null || typeof stored !== 'object' || Array.isArray(stored)) return {};
  return Object.fromEntries(Object.entries(stored).map(([name, value]) => [STORED_NAMES[name] ?? name, value]));
}
