import type { RecordedEvent, RecordedFields } from '@/lib/backends/recording';

/**
 * How many of the attempts that a job has made, as `fields` count them, end in these events of it or after them: fields are read after
 * the events, so an attempt that begins in them may have ended by then. An attempt that was put back without an end is taken for one
 * that ended where the count alone cannot tell.
 */
export function countEnds(events: readonly RecordedEvent[], fields: RecordedFields): number {
  let ends = 0;
  let runs = false;
  for (const { kind } of events) {
    if (kind === 'active') runs = true;
    else if (kind === 'stalled') runs = false;
    else if (kind === 'completed' || kind === 'failed') {
      ends += 1;
      runs = false;
    } else if (runs && (kind === 'waiting' || kind === 'prioritized' || kind === 'delayed')) {
      ends += 1;
      runs = false;
    }
  }
  return runs && (fields.finishedAt !== null || countOpenStarts(fields) <= 0) ? ends + 1 : ends;
}

/**
 * Starts that ended neither as an attempt nor by stalling: 1 while it runs, and one more for each that was put back. BullMQ 4 counts an
 * attempt when it starts, and starts not at all.
 */
export const countOpenStarts = ({ attemptsStarted, stalledCount, attemptsMade }: RecordedFields): number =>
  attemptsStarted - stalledCount - attemptsMade;
