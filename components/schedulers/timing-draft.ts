import type { Timing } from '@/lib/client/schedulers';
import type { JobOptions } from '@/lib/contracts/jobs';
import type { Scheduler } from '@/lib/contracts/schedulers';

/** A schedule as it is typed. Times are those of the reader's zone. */
export interface TimingDraft {
  rhythm: 'pattern' | 'every';
  pattern: string;
  tz: string;
  every: string;
  unit: string;
  startAt: string;
  endAt: string;
  limit: string;
}

export const UNITS = [
  { value: '1000', label: 'seconds' },
  { value: '60000', label: 'minutes' },
  { value: '3600000', label: 'hours' },
  { value: '86400000', label: 'days' },
];

export function startTiming(scheduler: Scheduler | null, ownZone: string): TimingDraft {
  const everyMs = scheduler?.everyMs ?? 900_000;
  const unit = UNITS.toReversed().find(({ value }) => everyMs % Number(value) === 0)?.value ?? '1000';
  return {
    rhythm: scheduler && scheduler.everyMs !== null ? 'every' : 'pattern',
    pattern: scheduler?.pattern ?? '0 9 * * 1-5',
    tz: scheduler ? (scheduler.tz ?? '') : ownZone,
    every: String(everyMs / Number(unit)),
    unit,
    startAt: toLocal(scheduler?.startAt ?? null),
    endAt: toLocal(scheduler?.endAt ?? null),
    limit: scheduler?.limit == null ? '' : String(scheduler.limit),
  };
}

/** What the server takes; null while something essential is missing. */
export function toTiming(draft: TimingDraft): Timing | null {
  const limit = /^\d+$/.test(draft.limit.trim()) ? Number(draft.limit) : undefined;
  const bounds = {
    ...(fromLocal(draft.startAt) ? { startAt: fromLocal(draft.startAt) } : {}),
    ...(fromLocal(draft.endAt) ? { endAt: fromLocal(draft.endAt) } : {}),
    ...(limit ? { limit } : {}),
  };
  if (draft.rhythm === 'pattern') {
    const pattern = draft.pattern.trim();
    return pattern ? { pattern, ...(draft.tz ? { tz: draft.tz } : {}), ...bounds } : null;
  }
  const everyMs = Math.round(Number(draft.every) * Number(draft.unit));
  return draft.every.trim() && everyMs > 0 ? { everyMs, ...bounds } : null;
}

/** BullMQ's own options of a template, as far as the API can set them. */
export function readTemplateOptions(given: unknown): JobOptions {
  const from = typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {};
  const options: JobOptions = {};
  if (isCount(from.attempts) && from.attempts > 0) options.attempts = from.attempts;
  if (isCount(from.priority) && from.priority > 0) options.priority = from.priority;
  if (from.lifo === true) options.lifo = true;
  const backoff = readBackoff(from.backoff);
  if (backoff) options.backoff = backoff;
  const complete = readKeep(from.removeOnComplete);
  if (complete !== null) options.removeOnComplete = complete;
  const fail = readKeep(from.removeOnFail);
  if (fail !== null) options.removeOnFail = fail;
  return options;
}

function readBackoff(value: unknown): JobOptions['backoff'] | null {
  if (isCount(value)) return { type: 'fixed', delayMs: value };
  if (typeof value !== 'object' || value === null) return null;
  const { type, delay } = value as Record<string, unknown>;
  return (type === 'fixed' || type === 'exponential') && isCount(delay) ? { type, delayMs: delay } : null;
}

function readKeep(value: unknown): boolean | number | null {
  if (typeof value === 'boolean' || isCount(value)) return value;
  if (typeof value !== 'object' || value === null) return null;
  const { count } = value as Record<string, unknown>;
  return isCount(count) ? count : null;
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0;

function toLocal(iso: string | null): string {
  if (iso === null) return '';
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function fromLocal(text: string): string | undefined {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
