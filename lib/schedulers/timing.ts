import { CodedError } from '@/lib/contracts/errors';
import { findFault, nextRuns, type Schedule } from '@/lib/cron';

interface Timing {
  pattern?: string | undefined;
  everyMs?: number | undefined;
  tz?: string | undefined;
  startAt?: string | undefined;
  endAt?: string | undefined;
}

/** A pattern is always given its time zone: without one each worker would take its host's own. */
export function toSchedule({ pattern, everyMs, tz, startAt, endAt }: Timing): Schedule {
  return {
    pattern: pattern ?? null,
    everyMs: everyMs ?? null,
    tz: pattern === undefined ? null : (tz ?? 'UTC'),
    startMs: startAt === undefined ? null : Date.parse(startAt),
    endMs: endAt === undefined ? null : Date.parse(endAt),
  };
}

/** validation_failed for a schedule that cannot be followed, or would never run. */
export function checkSchedule(schedule: Schedule): void {
  const fault = findFault(schedule);
  if (fault) throw invalid(fault.path, fault.field ? `${fault.field}: ${fault.message}` : fault.message);
  if (schedule.endMs !== null && schedule.endMs <= Date.now()) throw invalid('endAt', 'is past');
  const { runs } = nextRuns(schedule, { fromMs: Date.now(), count: 1 });
  if (runs.length === 0) throw invalid(schedule.endMs === null ? 'pattern' : 'endAt', 'leaves no run before it');
}

export function invalid(path: string, message: string): CodedError {
  return new CodedError('validation_failed', `${path}: ${message}`, { errors: [{ path, message }] });
}
