import { formatCount, formatShare } from '@/lib/format';

/** Progress as workers report it, made comparable: a share from 0 to 1, and what was counted. */
export interface Progress {
  share: number | null;
  done: number | null;
  total: number | null;
  note: string | null;
}

/** Reads `{ done, total, note }`, a number of percent, or an object with `percent`/`progress`; anything else is only its text. */
export function readProgress(value: unknown): Progress | null {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'number') return { share: clamp(value / 100), done: null, total: null, note: null };
  if (typeof value === 'string') return { share: null, done: null, total: null, note: value };
  if (typeof value !== 'object') return null;
  const fields = value as Record<string, unknown>;
  const done = toNumber(fields.done ?? fields.current ?? fields.processed);
  const total = toNumber(fields.total);
  const percent = toNumber(fields.percent ?? fields.percentage ?? fields.progress);
  const share = done !== null && total ? clamp(done / total) : percent === null ? null : clamp(percent / 100);
  const note = [fields.note, fields.message, fields.step].find((each) => typeof each === 'string') as
    | string
    | undefined;
  if (share === null && done === null && note === undefined)
    return { share: null, done: null, total: null, note: JSON.stringify(value).slice(0, 200) };
  return { share, done, total, note: note ?? null };
}

const toNumber = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : null);
const clamp = (share: number) => Math.min(1, Math.max(0, share));

export interface ProgressSample {
  atMs: number;
  done: number;
}

/** The span that a rate is measured over: long enough to be steady, short enough to follow. */
export const RATE_WINDOW_MS = 15_000;

/** Adds a sample; those too old to matter go, and going backwards (a new attempt) starts over. */
export function addSample(samples: ProgressSample[], sample: ProgressSample): ProgressSample[] {
  const last = samples.at(-1);
  if (last && sample.done < last.done) return [sample];
  return [...samples.filter(({ atMs }) => sample.atMs - atMs <= RATE_WINDOW_MS), sample];
}

/** Units per second over the samples' span; null until two of them are half a second apart. */
export function measureRate(samples: ProgressSample[]): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.atMs - first.atMs < 500 || last.done <= first.done) return null;
  return ((last.done - first.done) / (last.atMs - first.atMs)) * 1000;
}

/** `62% · 620,000 of 1,000,000`. */
export function describeProgress({ share, done, total }: Progress): string {
  const parts = [];
  if (share !== null) parts.push(formatShare(share));
  if (done !== null) parts.push(total === null ? formatCount(done) : `${formatCount(done)} of ${formatCount(total)}`);
  return parts.join(' · ');
}
