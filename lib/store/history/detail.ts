/**
 * `queuedeck.job.detail`: what is rarely asked for of a job, as JSON text; keys are left out when empty, the whole is NULL then.
 * `attempts`: only of jobs that ran more than once, oldest first. `s`, `e`: start and end (epoch ms); `w`, `r`: wait and run (ms);
 * `k`: worker; `x`: its error; `t`: it stalled. `more`: so many attempts between the first and the kept ones are left out.
 */
export interface JobDetail {
  attempts?: AttemptDetail[];
  more?: number;
  /** The newest trace, as the broker held it. */
  stack?: string;
  /** Raw JSON text. */
  progress?: string;
  parent?: [queue: string, id: string];
  scheduler?: string;
  dedup?: string;
  addedBy?: string;
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

export function encodeDetail(detail: JobDetail): string | null {
  const kept = Object.entries(detail).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return kept.length === 0 ? null : JSON.stringify(Object.fromEntries(kept));
}

export function decodeDetail(text: string | null): JobDetail {
  return text === null ? {} : (JSON.parse(text) as JobDetail);
}
