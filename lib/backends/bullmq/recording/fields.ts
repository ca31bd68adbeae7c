import type { RecordedFields } from '@/lib/backends/recording';
import type { JobState } from '@/lib/contracts/states';
import { timeOf } from '@/lib/iso-time';
import { cutPayload } from '../job-shape';

export const PAYLOAD_CAP = 65_536;
export const ERROR_CAP = 2_048;
export const STACK_CAP = 4_096;
/** Of all traces of a job: of more none is kept. */
export const STACKS_CAP = 262_144;
export const OPTIONS_CAP = 8_192;
export const PROGRESS_CAP = 2_048;
export const NAME_CAP = 1_000;
/** What a column of the store holds: a record that is read back there compares with what is read here. */
export const MOST_ATTEMPTS = 32_767;
export const WORKER_CAP = 1_024;
export const ID_CAP = 4_096;

/** A job as a broker holds it: texts, numbers as texts; '' and null are "not there". */
export type RawFields = Partial<Record<RawName, string | null>>;
export type RawName =
  | 'name'
  | 'timestamp'
  | 'processedOn'
  | 'finishedOn'
  | 'delay'
  | 'atm'
  | 'ats'
  | 'stc'
  | 'pb'
  | 'data'
  | 'returnvalue'
  | 'opts'
  | 'failedReason'
  | 'stacktrace'
  | 'progress'
  | 'parent'
  | 'rjk'
  | 'deid';

/** `sizes`: true sizes of texts that came cut. */
export function toRecordedFields(
  queue: string,
  id: string,
  state: JobState | null,
  raw: RawFields,
  parent: RecordedFields['parent'],
  sizes: { data?: number; result?: number } = {},
): RecordedFields {
  const data = cutText(raw.data, PAYLOAD_CAP, sizes.data);
  const result = cutText(raw.returnvalue, PAYLOAD_CAP, sizes.result);
  const options = raw.opts ?? null;
  return {
    queue,
    id,
    name: (raw.name ?? '').slice(0, NAME_CAP),
    state,
    addedAt: timeOf(toNumber(raw.timestamp)) ?? 0,
    startedAt: timeOf(toNumber(raw.processedOn)),
    finishedAt: timeOf(toNumber(raw.finishedOn)),
    delayMs: toCount(raw.delay),
    attemptsMade: toCount(raw.atm, MOST_ATTEMPTS),
    attemptsStarted: toCount(raw.ats, MOST_ATTEMPTS),
    stalledCount: toCount(raw.stc, MOST_ATTEMPTS),
    data: data.text,
    dataBytes: data.bytes,
    result: result.text,
    resultBytes: result.bytes,
    options: options !== null && isWithin(options, OPTIONS_CAP) ? options : null,
    error: raw.failedReason ? raw.failedReason.slice(0, ERROR_CAP) : null,
    stack: readLastTrace(raw.stacktrace),
    progress: raw.progress && isWithin(raw.progress, PROGRESS_CAP) ? raw.progress : null,
    worker: raw.pb || null,
    parent,
    hasChildren: null,
    schedulerId: readSchedulerId(raw.rjk, id),
    deduplicationId: raw.deid || null,
  };
}

function cutText(text: string | null | undefined, max: number, trueSize?: number) {
  if (text === null || text === undefined) return { text: null, bytes: trueSize ?? 0 };
  const bytes = trueSize ?? Buffer.byteLength(text);
  return { text: bytes <= max && text.length <= max ? text : cutPayload(text, bytes, max).text, bytes };
}

function toNumber(text: string | null | undefined): number | null {
  if (text === null || text === undefined || text === '') return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** A number that is counted with: what is none, or beyond what a job can have, is told as the nearest that is. */
const toCount = (text: string | null | undefined, most = 2_147_483_647): number =>
  Math.min(most, Math.max(0, Math.trunc(toNumber(text) ?? 0)));

const isWithin = (text: string, bytes: number): boolean => text.length <= bytes && Buffer.byteLength(text) <= bytes;

/** A JSON array of traces, oldest first; what is too long to be worth parsing, or broken, has none. */
function readLastTrace(text: string | null | undefined): string | null {
  if (!text || text.length > STACKS_CAP) return null;
  try {
    const traces: unknown = JSON.parse(text);
    const last: unknown = Array.isArray(traces) ? traces.at(-1) : null;
    return typeof last === 'string' ? last.slice(0, STACK_CAP) : null;
  } catch {
    return null;
  }
}

/** `repeat:<scheduler>:<ms>` is the id of a run; the hash names its scheduler where it knows. */
function readSchedulerId(key: string | null | undefined, id: string): string | null {
  if (key) return key;
  return /^repeat:(.+):\d+$/.exec(id)?.[1] ?? null;
}
