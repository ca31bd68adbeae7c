import { type CronExpression, type CronExpressionOptions, CronExpressionParser } from 'cron-parser';
import type { ScheduleFault } from '@/lib/contracts/schedulers';

/** A schedule as BullMQ keeps it; one of `pattern` and `everyMs`. Times in epoch ms. */
export interface Schedule {
  pattern: string | null;
  everyMs: number | null;
  tz: string | null;
  startMs: number | null;
  endMs: number | null;
}

const FIELDS = ['second', 'minute', 'hour', 'day of month', 'month', 'day of week'] as const;
/** One search for a run is bounded by cron-parser (10,000 steps); those after the first, which loads the time zone too, by this. */
const BUDGET_MS = 100;
/** Of a list each scheduler is looked at: one run before is always found, others as long as this. */
const EARLIER_MS = 20;
const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Null when the schedule can be followed. */
export function findFault({ pattern, tz }: Pick<Schedule, 'pattern' | 'tz'>): ScheduleFault | null {
  if (tz !== null && !isTimeZone(tz))
    return { ...nowhere('tz'), message: `"${tz}" is no time zone; take an IANA name such as Europe/Berlin` };
  if (pattern === null) return null;
  const atoms = readAtoms(pattern);
  const named = pattern.trim().startsWith('@');
  if (!named && (atoms.length < 5 || atoms.length > 6))
    return { ...nowhere('pattern'), message: `has ${atoms.length} fields; it takes five, or six with seconds first` };
  const first = named ? 0 : FIELDS.length - atoms.length;
  for (const [i, { text, start }] of named ? [] : atoms.entries()) {
    const alone = FIELDS.map((_, n) => (n === first + i ? text : n === 3 || n === 5 ? '?' : '*')).join(' ');
    const message = parseError(alone);
    if (message) return { path: 'pattern', field: FIELDS[first + i] ?? null, message, start, end: start + text.length };
  }
  const message = parseError(pattern) ?? (firstRun(pattern, tz) === null ? 'never comes: no such day exists' : null);
  return message === null ? null : { ...nowhere('pattern'), message };
}

const nowhere = (path: 'pattern' | 'tz') => ({ path, field: null, start: null, end: null }) as const;

const readAtoms = (pattern: string) =>
  [...pattern.matchAll(/\S+/g)].map((match) => ({ text: match[0], start: match.index }));

function parseError(pattern: string): string | null {
  try {
    CronExpressionParser.parse(pattern, { tz: 'UTC' });
    return null;
  } catch (error) {
    return (error as Error).message
      .replace(/^(Constraint|Validation) error, /, '')
      .replace(/^Invalid explicit day of month definition$/, 'that day is in none of these months')
      .slice(0, 200);
  }
}

function firstRun(pattern: string, tz: string | null): Date | null {
  try {
    return open(pattern, { tz: tz ?? 'UTC' })
      .next()
      .toDate();
  } catch {
    return null;
  }
}

/** Throws where no such day exists: to find that out cron-parser would go through a century, for a second of everybody's time. */
function open(pattern: string, options: CronExpressionOptions): CronExpression {
  const cron = CronExpressionParser.parse(pattern, options);
  const { dayOfMonth, dayOfWeek, month } = cron.fields;
  // With a day of the week, either of the two will do.
  if (!dayOfWeek.isWildcard || dayOfMonth.hasLastChar) return cron;
  const first = Math.min(...dayOfMonth.values.map(Number));
  if (month.values.some((one) => first <= (LONGEST_MONTHS[one - 1] ?? 0))) return cron;
  throw new Error('no such day exists');
}

export function isTimeZone(tz: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: tz });
    return true;
  } catch {
    return false;
  }
}

/**
 * The runs after `fromMs`, at most `count`; `ends` when there is none after the last of them. An interval that has a run planned
 * (`anchorMs`) goes on from that one.
 */
export function nextRuns(
  schedule: Schedule,
  { fromMs, count, anchorMs = null }: { fromMs: number; count: number; anchorMs?: number | null },
): { runs: number[]; ends: boolean } {
  return schedule.everyMs !== null
    ? intervalRuns(schedule, schedule.everyMs, fromMs, count, anchorMs)
    : cronRuns(schedule, fromMs, count);
}

function intervalRuns(
  { startMs, endMs }: Schedule,
  everyMs: number,
  fromMs: number,
  count: number,
  anchor: number | null,
) {
  const first = anchor ?? Math.max(startMs ?? fromMs, fromMs);
  const all = Array.from({ length: count }, (_, i) => first + i * everyMs);
  const runs = all.filter((at) => endMs === null || at <= endMs);
  return { runs, ends: runs.length < count };
}

function cronRuns({ pattern, tz, startMs, endMs }: Schedule, fromMs: number, count: number) {
  const runs: number[] = [];
  let deadline = Number.POSITIVE_INFINITY;
  try {
    const currentDate = new Date(Math.max(fromMs, startMs ?? 0));
    const cron = open(pattern ?? '', { currentDate, ...(tz === null ? {} : { tz }) });
    while (runs.length < count) {
      if (performance.now() > deadline) return { runs, ends: false };
      const at = cron.next().getTime();
      if (endMs !== null && at > endMs) return { runs, ends: true };
      runs.push(at);
      if (runs.length === 1) deadline = performance.now() + BUDGET_MS;
    }
    return { runs, ends: false };
  } catch {
    return { runs, ends: true };
  }
}

/** The runs before `beforeMs`, newest first: where the last one should be found. */
export function earlierRuns({ pattern, everyMs, tz }: Schedule, beforeMs: number, count: number): number[] {
  if (everyMs !== null) return Array.from({ length: count }, (_, i) => beforeMs - (i + 1) * everyMs);
  if (pattern === null) return [];
  const runs: number[] = [];
  const deadline = performance.now() + EARLIER_MS;
  try {
    const cron = open(pattern, {
      currentDate: new Date(beforeMs),
      ...(tz === null ? {} : { tz }),
    });
    while (runs.length < count && (runs.length === 0 || performance.now() < deadline)) runs.push(cron.prev().getTime());
  } catch {
    // A pattern of someone else's that this version cannot read.
  }
  return runs;
}

/** The words of a schedule; null where cronstrue finds none. It is loaded when first needed. */
export async function describeSchedule({
  pattern,
  everyMs,
}: Pick<Schedule, 'pattern' | 'everyMs'>): Promise<string | null> {
  if (everyMs !== null) return `Every ${describeInterval(everyMs)}`;
  if (pattern === null) return null;
  const { toString: toWords } = await import('cronstrue');
  try {
    return toWords(pattern, { use24HourTimeFormat: true, verbose: false });
  } catch {
    return null;
  }
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
  ['millisecond', 1],
] as const;

function describeInterval(ms: number): string {
  const [unit, size] = UNITS.find(([, one]) => ms % one === 0) ?? UNITS[4];
  const count = ms / size;
  return count === 1 ? unit : `${count.toLocaleString('en')} ${unit}s`;
}
