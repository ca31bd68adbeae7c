/**
 * `queuedeck.job.detail`: what is rarely asked for of a job, as JSON text; keys are left out when empty, the whole is NULL then.
 * `attempts`: only of jobs that ran more than once, oldest first. `s`, `e`: start and end (epoch ms); `w`, `r`: wait and run (ms);
 * `k`: worker; `x`: its error; `t`: it stalled. `more`: so many attempts between the first and the kept ones are left out.
 */
export interface JobDetail {
  attempts?: AttemptDetail[] | undefined;
  more?: number;
  /** Of a job that failed once and may be tried again: that attempt. */
  only?: AttemptDetail | undefined;
  /** Of the attempt that runs, ms. */
  lastWait?: number | undefined;
  /** Of one that waits to go on: since when it may be taken, and when it is due (epoch ms). */
  ready?: number | undefined;
  due?: number | undefined;
  /** The newest trace, as the broker held it. */
  stack?: string;
  /** Raw JSON text. */
  progress?: string;
  parent?: [queue: string, id: string];
  /** It has, or had, children. */
  hasChildren?: true;
  scheduler?: string;
  dedup?: string;
  priority?: number;
  delayMs?: number;
}

export interface AttemptDetail {
  s?: number;
  e?: number;
  w?: number;
  r?: number;
  k?: string;
  x?: string;
  t?: true;
}

export const MAX_DETAIL_ATTEMPTS = 50;

const OPEN_ONLY = new Set(['only', 'lastWait', 'ready', 'due']);

/** `open`: it may go on; then what only the next attempt needs is kept too. */
export function encodeDetail(detail: JobDetail, open = false): string | null {
  const kept = Object.entries(detail).filter(
    ([key, value]) => value !== undefined && value !== null && value !== '' && (open || !OPEN_ONLY.has(key)),
  );
  return kept.length === 0 ? null : JSON.stringify(Object.fromEntries(kept));
}

export function decodeDetail(text: string | null): JobDetail {
  return text === null ? {} : (JSON.parse(text) as JobDetail);
}
