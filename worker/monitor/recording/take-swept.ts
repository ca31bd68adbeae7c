import type { RecordedFields } from '@/lib/backends/recording';
import { FLAGS, isOpen } from '@/lib/store/history/states';
import { fillWhole, isOf, type JobRecord, newRecord } from './job-record';
import type { Ledger } from './ledger';

/**
 * A job as the broker holds it onto its record. What events told is newer and stays; what they did not tell is taken over and
 * counted at the times that the job itself gives. `isCounted`: what was counted
 * before it was known whose it was: that it was added, that it ended. Returns null when there is nothing new.
 */
export function takeSwept(
  known: JobRecord | null,
  fields: RecordedFields,
  ledger: Ledger,
  isCounted = { added: false, ended: false },
): JobRecord | null {
  const isSame = known !== null && (fields.addedAt === 0 || isOf(known, fields));
  if (known !== null && isSame) return takeChange(known, fields, ledger, isCounted.ended);
  // An older life than the one that is known.
  if (known !== null && known.addedAt > fields.addedAt) return null;
  const record = newRecord(fields.queue, fields.id, fields.addedAt || fields.finishedAt || Date.now());
  fillWhole(record, fields);
  record.flags |= FLAGS.reconciled;
  record.isBegun = false;
  if (!isCounted.added) ledger.tally.count('added', record.addedAt);
  takeState(record, fields, ledger, isCounted.ended);
  ledger.assign(record);
  return record;
}

function takeChange(
  record: JobRecord,
  fields: RecordedFields,
  ledger: Ledger,
  isEndCounted: boolean,
): JobRecord | null {
  const { state } = fields;
  if (fields.hasChildren || state === 'waiting-children') record.detail.hasChildren = true;
  if (state === null || record.state === state) return null;
  const ended = state === 'completed' || state === 'failed';
  if (isOpen(record.state) && !ended) record.state = state;
  else if (isOpen(record.state) || record.state === 'unseen') takeState(record, fields, ledger, isEndCounted);
  else if (!ended && (record.finishedAt ?? 0) < Date.now()) {
    // It was tried again and nobody saw it.
    ledger.tally.count('retried', fields.startedAt ?? Date.now());
    Object.assign(record, { state, finishedAt: null, error: null, groupId: null, result: null, resultBytes: null });
  } else return null;
  ledger.assign(record);
  return record;
}

/** Its state, and what lies behind it: attempts, starts, its end. */
function takeState(record: JobRecord, fields: RecordedFields, ledger: Ledger, isEndCounted: boolean): void {
  const { tally } = ledger;
  const state = fields.state ?? 'waiting';
  record.state = state;
  record.flags &= ~FLAGS.gone;
  if (fields.worker !== null) record.worker = fields.worker;
  const startsBefore = record.starts;
  record.starts = Math.max(record.starts, fields.attemptsStarted, fields.startedAt === null ? 0 : 1);
  const starts = record.starts - startsBefore;
  if (fields.startedAt !== null && starts > 0) {
    record.startedAt = fields.startedAt;
    // Its last start was counted with its end.
    tally.count('started', fields.startedAt, starts - (isEndCounted ? 1 : 0));
    // Of one start the wait is known: since it was added, or due.
    if (startsBefore === 0 && record.starts === 1) {
      record.waitMs = Math.max(0, fields.startedAt - (record.addedAt + fields.delayMs));
      tally.wait(record.waitMs, fields.startedAt);
    }
  }
  const failures = Math.max(0, fields.attemptsMade - record.endsCounted - (state === 'completed' ? 1 : 0));
  record.endsCounted = Math.max(record.endsCounted, fields.attemptsMade);
  record.attemptsMade = Math.max(record.attemptsMade, fields.attemptsMade);
  const endedAt = fields.finishedAt ?? fields.startedAt ?? record.addedAt;
  if (failures > 0) tally.count('failedAttempts', endedAt, failures);
  if (state === 'failed' || failures > 0) {
    record.error = fields.error;
    if (fields.stack) record.detail.stack = fields.stack;
  }
  if (state !== 'completed' && state !== 'failed') return;
  record.finishedAt = endedAt;
  record.readyAt = null;
  record.dueAt = null;
  if (!isEndCounted) tally.count(state, endedAt);
  if (fields.startedAt !== null) {
    record.runMs = Math.max(0, endedAt - fields.startedAt);
    tally.run(record.runMs, endedAt);
  }
  if (state === 'completed') {
    record.error = null;
    record.result = fields.result;
    record.resultBytes = fields.result === null ? null : fields.resultBytes;
    return;
  }
  if (/^cancelled\b/.test(fields.error ?? '')) {
    record.flags |= FLAGS.cancelled;
    tally.count('cancelled', endedAt);
  }
  if (fields.error !== null)
    tally.failure({ message: fields.error, stack: fields.stack, worker: record.worker, at: endedAt, isFinal: true });
}
