import type { RecordedEvent, RecordedFields } from '@/lib/backends/recording';
import type { CountMetric } from '@/lib/contracts/metric-names';
import { FLAGS, hasFlag, isOpen } from '@/lib/store/history/states';
import { noteAttempt } from './attempts';
import { countEnds, countOpenStarts } from './count-ends';
import { fillWhole, isOf, type JobRecord, newRecord, SAME_LIFE_MS } from './job-record';

/** What an event adds to figures; each at the broker's time of the event. */
export interface Tally {
  count(metric: CountMetric, at: number, times?: number): void;
  wait(ms: number, at: number): void;
  run(ms: number, at: number): void;
  failure(failure: {
    message: string;
    stack: string | null;
    worker: string | null;
    at: number;
    isFinal: boolean;
  }): void;
}

export interface ReduceOptions {
  isCounted: boolean;
  isCut: boolean;
  ahead?: readonly RecordedEvent[];
}

const CANCELLED = /^cancelled\b/;

/**
 * One event onto the record of its job; returns the record that it is about: the same one, or that of a new life of the id.
 * `fields`: what was read of the job after the events of the batch; null = it was gone by then, or not read. `isCounted`: that it was added
 * was counted before anything was known of it. `isCut`: some of its events may have been cut. `ahead`: the batch's events of it from this
 * one on, where nothing is known of it yet.
 *
 * waiting | prioritized | delayed | waiting-children → active → completed | failed → (retried by hand) waiting …
 * An attempt that ends and is tried again goes from active to waiting or delayed. Every state → removed.
 */
export function reduce(
  given: JobRecord | null,
  event: RecordedEvent,
  fields: RecordedFields | null,
  tally: Tally,
  { isCounted, isCut, ahead = [event] }: ReduceOptions = { isCounted: false, isCut: false },
): JobRecord | null {
  if (event.kind === 'added') return begin(given, event, fields, tally, isCounted);
  if (given === null && event.kind === 'removed') return null;
  // It ended, and what is there is another life of the id, of which the beginning was cut.
  const isPast =
    isCut &&
    given !== null &&
    fields !== null &&
    !isOpen(given.state) &&
    !isOf(given, fields) &&
    fields.addedAt > given.addedAt;
  const record = given === null || isPast ? meet(event, fields, tally, isCounted, ahead) : given;
  const usable = fields !== null && isOf(record, fields) ? fields : null;
  if (usable) fillIn(record, usable);
  if (event.kind === 'waiting-children' || event.prev === 'waiting-children') record.detail.hasChildren = true;
  switch (event.kind) {
    case 'waiting':
    case 'prioritized':
    case 'delayed':
    case 'waiting-children':
      return queueUp(record, event, usable, tally);
    case 'active':
      return start(record, event, usable, tally);
    case 'stalled':
      tally.count('stalled', event.at);
      return record;
    case 'completed':
    case 'failed':
      return finish(record, event, usable, tally);
    case 'removed':
      if (isOpen(record.state)) record.state = 'removed';
      record.flags |= FLAGS.gone;
      return record;
    case 'progress':
      if (event.text !== null) record.detail.progress = event.text;
      return record;
    default:
      return record;
  }
}

function begin(
  given: JobRecord | null,
  event: RecordedEvent,
  fields: RecordedFields | null,
  tally: Tally,
  isCounted: boolean,
): JobRecord {
  if (given !== null && isSameLife(given, event, fields)) {
    given.isBegun = true;
    return given;
  }
  const record = newRecord(event.queue, event.id, event.at);
  record.name = event.name ?? '';
  record.readyAt = event.at;
  if (fields !== null && Math.abs(fields.addedAt - event.at) < 3_600_000) fillWhole(record, fields);
  else record.flags |= FLAGS.dataUnseen;
  if (!isCounted) tally.count('added', event.at);
  return record;
}

/** Added once more is another life of the id, unless a comparison found this one (or found it gone again) before its events were read. */
function isSameLife(given: JobRecord, event: RecordedEvent, fields: RecordedFields | null): boolean {
  if (given.isBegun) return false;
  return fields !== null ? isOf(given, fields) : Math.abs(given.addedAt - event.at) < SAME_LIFE_MS;
}

/**
 * A job that was there before the record was, or of which the beginning was not seen. Each record counts as added once, and each end
 * has a start.
 */
function meet(
  event: RecordedEvent,
  fields: RecordedFields | null,
  tally: Tally,
  isCounted: boolean,
  ahead: readonly RecordedEvent[],
): JobRecord {
  const record = newRecord(event.queue, event.id, fields?.addedAt || event.at);
  const ends = event.kind === 'completed' || event.kind === 'failed';
  if (fields === null) record.flags |= FLAGS.dataUnseen;
  else {
    fillWhole(record, fields);
    // Ends that came before are none of this record's to count; those that come are counted when they are told.
    record.endsCounted = Math.max(0, fields.attemptsMade - countEnds(ahead, fields));
    if (event.kind === 'active' && ahead.length === 1) record.metStartedAt = fields.startedAt;
  }
  if (!isCounted) tally.count('added', record.addedAt);
  if (ends) {
    record.startedAt = fields?.startedAt ?? null;
    record.starts = 1;
    tally.count('started', record.startedAt ?? event.at);
  }
  return record;
}

function fillIn(record: JobRecord, fields: RecordedFields): void {
  if (hasFlag(record.flags, 'dataUnseen') && fields.options !== null) {
    fillWhole(record, fields);
    record.flags &= ~FLAGS.dataUnseen;
  }
  if (fields.worker !== null) record.worker = fields.worker;
}

function queueUp(record: JobRecord, event: RecordedEvent, fields: RecordedFields | null, tally: Tally): JobRecord {
  if (isOver(record)) revive(record, event, fields, tally);
  else if (record.state === 'active' && event.kind !== 'waiting-children') {
    // Put back without a failure (a rate limit, a stall): the broker's count of attempts did not move.
    const failed = fields ? hasFailed(record, event, fields) : event.kind === 'delayed';
    endAttempt(record, event, fields, failed ? 'failed' : 'put-back', tally);
  }
  const wasDue = record.state === 'delayed' ? record.dueAt : null;
  record.state = event.kind === 'waiting' && record.priority > 0 ? 'prioritized' : (event.kind as JobRecord['state']);
  record.dueAt = event.kind === 'delayed' ? Number(event.text) || event.at : null;
  record.readyAt =
    event.kind === 'waiting' || event.kind === 'prioritized' ? Math.min(event.at, wasDue ?? event.at) : null;
  return record;
}

/** Whether the attempt that ran ended, or was put back: by the broker's count of attempts. */
function hasFailed(record: JobRecord, event: RecordedEvent, fields: RecordedFields): boolean {
  if (fields.attemptsMade > record.endsCounted) return true;
  // Read as running when it was met, though this end may have been counted by then: each of its starts ended as an attempt.
  const runsAgain = fields.startedAt !== null && fields.startedAt > event.at;
  if (record.metStartedAt === null || fields.attemptsMade === 0 || countOpenStarts(fields) > (runsAgain ? 1 : 0))
    return false;
  record.endsCounted -= 1;
  record.metStartedAt = null;
  return true;
}

const isOver = ({ state }: JobRecord): boolean => state === 'completed' || state === 'failed';

/** It ended, and someone put it back. */
function revive(record: JobRecord, event: RecordedEvent, fields: RecordedFields | null, tally: Tally): void {
  tally.count('retried', event.at);
  if (fields && fields.attemptsMade < record.endsCounted) record.endsCounted = fields.attemptsMade;
  Object.assign(record, { finishedAt: null, error: null, groupId: null, result: null, resultBytes: null });
}

function start(record: JobRecord, event: RecordedEvent, fields: RecordedFields | null, tally: Tally): JobRecord {
  // On PostgreSQL BullMQ says nothing of those that `retryJobs` puts back.
  if (isOver(record)) revive(record, event, fields, tally);
  tally.count('started', event.at);
  const readyAt = record.readyAt ?? record.dueAt;
  if (readyAt !== null) {
    const waited = Math.max(0, event.at - readyAt);
    tally.wait(waited, event.at);
    if (record.starts === 0) record.waitMs = waited;
    record.detail.lastWait = waited;
  }
  record.starts += 1;
  if (record.metStartedAt !== null && record.starts > 1) meetNextStart(record, record.metStartedAt, event.at);
  Object.assign(record, { state: 'active', startedAt: event.at, readyAt: null, dueAt: null, runMs: null });
  if (fields?.worker) record.worker = fields.worker;
  return record;
}

/** When it was met this start was its newest already, if it is the nearer one (a worker's clock told that): an end was counted ahead. */
function meetNextStart(record: JobRecord, metStartedAt: number, at: number): void {
  const isThis = Math.abs(metStartedAt - at) < Math.abs(metStartedAt - (record.startedAt ?? 0));
  if (isThis) record.endsCounted = Math.max(0, record.endsCounted - 1);
  else record.metStartedAt = null;
}

function finish(record: JobRecord, event: RecordedEvent, fields: RecordedFields | null, tally: Tally): JobRecord {
  const state = event.kind === 'completed' ? 'completed' : 'failed';
  if (record.state === state && record.finishedAt !== null && event.at <= record.finishedAt) return record;
  // Attempts that ended and began again within one batch, as far as events did not tell them.
  const missed = fields ? fields.attemptsMade - record.endsCounted - 1 : 0;
  if (missed > 0 && missed < 1_000 && record.state === 'active') {
    tally.count('failedAttempts', event.at, missed);
    record.endsCounted += missed;
  }
  endAttempt(record, event, fields, state === 'completed' ? 'completed' : 'failed-for-good', tally);
  tally.count(state, event.at);
  record.state = state;
  record.finishedAt = event.at;
  record.readyAt = null;
  if (fields === null) record.flags |= FLAGS.gone;
  if (state === 'completed') {
    record.result = event.text;
    record.resultBytes = event.text === null ? null : Buffer.byteLength(event.text);
  } else if (CANCELLED.test(event.text ?? '')) {
    record.flags |= FLAGS.cancelled;
    tally.count('cancelled', event.at);
  }
  return record;
}

type End = 'completed' | 'failed' | 'failed-for-good' | 'put-back';

function endAttempt(
  record: JobRecord,
  event: RecordedEvent,
  fields: RecordedFields | null,
  end: End,
  tally: Tally,
): void {
  const runMs =
    record.startedAt === null || record.state !== 'active' ? null : Math.max(0, event.at - record.startedAt);
  const isFailure = end === 'failed' || end === 'failed-for-good';
  const message = isFailure ? ((event.kind === 'failed' ? event.text : fields?.error) ?? fields?.error ?? null) : null;
  if (end !== 'put-back') {
    // The broker's count was read after this end.
    record.endsCounted = Math.min(record.endsCounted + 1, fields?.attemptsMade ?? Number.POSITIVE_INFINITY);
    record.attemptsMade = Math.max(record.endsCounted, fields?.attemptsMade ?? 0);
    record.runMs = runMs;
    if (runMs !== null) tally.run(runMs, event.at);
  }
  noteAttempt(record, event.at, runMs, end === 'put-back' ? null : message);
  record.error = isFailure ? message : null;
  if (!isFailure) return;
  tally.count('failedAttempts', event.at);
  if (fields?.stack) record.detail.stack = fields.stack;
  if (message !== null)
    tally.failure({
      message,
      stack: fields?.stack ?? null,
      worker: record.worker,
      at: event.at,
      isFinal: end === 'failed-for-good',
    });
}
