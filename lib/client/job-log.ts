import { call } from '@/lib/client/call';
import { LOG_LINES_PER_PAGE } from '@/lib/client/http/page-sizes';
import type { JobLogs } from '@/lib/contracts/jobs';

/** A job's log from its first line on, as far as it has been read. */
export interface JobLog {
  lines: string[];
  /** Lines that the broker holds. */
  total: number;
  /** The page that was read last, to go on from there: the API only reads forward. */
  last: { cursor: string | null; from: number };
  nextCursor: string | null;
}

/** Read on its own; a longer log is read to its end only when asked. */
export const EAGER_LINES = 5_000;

export function startLog(page: JobLogs): JobLog {
  return { lines: page.items, total: page.total, nextCursor: page.nextCursor, last: { cursor: null, from: 0 } };
}

/** Adds a page that was read from `cursor`; lines known already are replaced. */
export function addLogPage(log: JobLog, page: JobLogs, cursor: string | null, from: number): JobLog {
  return {
    lines: [...log.lines.slice(0, from), ...page.items, ...log.lines.slice(from + page.items.length)],
    total: Math.max(page.total, log.total),
    nextCursor: page.nextCursor,
    last: { cursor, from },
  };
}

/** Adds live lines where they follow on; past a gap only the new total is kept, and the gap is read. */
export function appendLog(log: JobLog, frame: { lines: string[]; from: number; total: number }): JobLog {
  const total = Math.max(frame.total, frame.from + frame.lines.length);
  if (frame.from > log.lines.length) return { ...log, total };
  const after = log.lines.slice(frame.from + frame.lines.length);
  return { ...log, total, lines: [...log.lines.slice(0, frame.from), ...frame.lines, ...after] };
}

export const hasMoreLog = (log: JobLog) => log.lines.length < log.total;

/** Reads the page after what is known, or the last one again where live lines left a gap. */
export async function readMoreLog(
  of: { source: string; queue: string; job: string },
  log: JobLog,
  signal?: AbortSignal,
): Promise<(known: JobLog) => JobLog> {
  const isOnPageEnd = log.nextCursor !== null && log.lines.length === log.last.from + LOG_LINES_PER_PAGE;
  const cursor = isOnPageEnd ? log.nextCursor : log.last.cursor;
  const from = isOnPageEnd ? log.lines.length : log.last.from;
  const page = await call('job.logs', { ...of, cursor: cursor ?? undefined, limit: LOG_LINES_PER_PAGE }, { signal });
  return (known) => addLogPage(known, page, cursor, from);
}
