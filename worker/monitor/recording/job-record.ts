import type { RecordedFields } from '@/lib/backends/recording';
import type { RecordedState } from '@/lib/contracts/search';
import type { JobDetail } from '@/lib/store/history/detail';
import { hasFlag } from '@/lib/store/history/states';

/** Without fields of it, two times of adding this near mean the same life of an id. */
export const SAME_LIFE_MS = 5_000;

/** A job as the record has it, while it changes. Times epoch ms, by the broker's clock where an event told them. */
export interface JobRecord {
  queue: string;
  id: string;
  name: string;
  state: RecordedState;
  flags: number;
  addedAt: number;
  /** Its events were met: one more that adds its id is another life. False where a comparison found it before them. */
  isBegun: boolean;
  /** The time of adding under which it is stored; null = not yet. */
  storedAt: number | null;
  /** Since when it could have been taken; null while it cannot. */
  readyAt: number | null;
  /** When a delayed one is due. */
  dueAt: number | null;
  startedAt: number | null;
  finishedAt: number | null;
  waitMs: number | null;
  runMs: number | null;
  attemptsMade: number;
  /** Attempts of which the end was counted, by the same count as `attemptsMade`. */
  endsCounted: number;
  /** Met as it started: the start that was its newest when it was read. It may be a later one, and ends before it in `endsCounted`. */
  metStartedAt: number | null;
  starts: number;
  attempts: number;
  priority: number;
  worker: string | null;
  options: string | null;
  data: string | null;
  dataBytes: number | null;
  result: string | null;
  resultBytes: number | null;
  error: string | null;
  groupId: number | null;
  detail: JobDetail;
}

export function newRecord(queue: string, id: string, addedAt: number): JobRecord {
  return {
    queue,
    id,
    name: '',
    state: 'waiting',
    flags: 0,
    addedAt,
    isBegun: true,
    storedAt: null,
    readyAt: null,
    dueAt: null,
    startedAt: null,
    finishedAt: null,
    waitMs: null,
    runMs: null,
    attemptsMade: 0,
    endsCounted: 0,
    metStartedAt: null,
    starts: 0,
    attempts: 1,
    priority: 0,
    worker: null,
    options: null,
    data: null,
    dataBytes: null,
    result: null,
    resultBytes: null,
    error: null,
    groupId: null,
    detail: {},
  };
}

/** What a full read tells of what a job is; nothing that events tell better. */
export function fillWhole(record: JobRecord, fields: RecordedFields): void {
  record.name = fields.name;
  record.addedAt = fields.addedAt || record.addedAt;
  record.data = fields.data;
  record.dataBytes = fields.dataBytes;
  record.options = fields.options;
  const { attempts, priority } = readPlan(fields.options);
  record.attempts = attempts;
  record.priority = priority;
  const { detail } = record;
  if (fields.hasChildren || fields.state === 'waiting-children') detail.hasChildren = true;
  if (fields.parent) detail.parent = [fields.parent.queue, fields.parent.id];
  if (fields.schedulerId) detail.scheduler = fields.schedulerId;
  if (fields.deduplicationId) detail.dedup = fields.deduplicationId;
  if (fields.progress !== null && fields.progress !== '0') detail.progress = fields.progress;
  if (fields.delayMs > 0) detail.delayMs = fields.delayMs;
  if (priority > 0) detail.priority = priority;
}

function readPlan(options: string | null): { attempts: number; priority: number } {
  if (options === null) return { attempts: 1, priority: 0 };
  try {
    const { attempts, priority } = JSON.parse(options) as { attempts?: unknown; priority?: unknown };
    return {
      attempts: typeof attempts === 'number' && attempts >= 1 ? Math.min(attempts, 32_767) : 1,
      priority: typeof priority === 'number' ? priority : 0,
    };
  } catch {
    return { attempts: 1, priority: 0 };
  }
}

/** Are these fields of that life of the id? */
export const isOf = (record: JobRecord, fields: RecordedFields): boolean =>
  hasFlag(record.flags, 'dataUnseen')
    ? Math.abs(record.addedAt - fields.addedAt) < SAME_LIFE_MS
    : fields.addedAt === 0 || record.addedAt === fields.addedAt;
