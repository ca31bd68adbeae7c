import type { QueueTotals, RecordedEvent, RecordedFields } from '@/lib/backends/recording';
import type { PendingGap } from '@/lib/store/recording/marks';

/**
 * Why a queue is compared with the broker. `first`: it never was. `gap`: events were trimmed, or removed. `routine`: every ten minutes.
 * How deep a routine goes: `whole`; what `ended`; and each of them is whole where the number of open jobs has drifted apart (`drift`).
 */
export interface QueueTask {
  queue: string;
  why: 'first' | 'gap' | 'routine';
  depth: 'drift' | 'ended' | 'whole';
  /** Of what ended before this time nothing is asked, epoch ms; null = of everything. */
  fromMs: number | null;
  gap: PendingGap | null;
  /** Records that turned out to have ended unseen, so far. */
  settled: number;
}

/** What was read of one queue, to be taken into the record once all events up to then are in it. */
export type Finding =
  | { kind: 'swept'; task: QueueTask; fields: RecordedFields[]; swept: number }
  /** Open in the record, gone from the broker. `older`: rows (stored id, epoch ms of adding) of ids that have a later record. */
  | { kind: 'missing'; task: QueueTask; ids: string[]; older: { id: string; at: number }[] }
  /** A structure of the queue that cannot be read. */
  | { kind: 'odd'; task: QueueTask; why: string }
  /** `isAnew`: the queue was removed, and there is one of its name again. */
  | { kind: 'totals'; task: QueueTask; totals: QueueTotals; isAnew: boolean }
  | { kind: 'done'; task: QueueTask };

/** What was read of the broker, until it is taken; and what came of those jobs since it began to be read. */
export interface Group {
  findings: Finding[];
  touched: Set<string>;
  endings: Pick<RecordedEvent, 'queue' | 'kind' | 'at' | 'seq'>[];
  /** The next batch begins after it. */
  isArmed: boolean;
}

/** Tasks of which all is found with these. */
export const doneOf = (findings: readonly Finding[]): QueueTask[] =>
  findings.flatMap(({ kind, task }) => (kind === 'done' ? [task] : []));
