import type { QueueTotals, RecordedFields } from '@/lib/backends/recording';
import type { PendingGap } from './lease';

/** Why a queue is compared with the broker. `first`: it never was. `gap`: events were trimmed. `routine`: every ten minutes. */
export interface QueueTask {
  queue: string;
  why: 'first' | 'gap' | 'routine';
  /** Of what ended before this time nothing is asked, epoch ms; null = of everything. */
  fromMs: number | null;
  /** Of a gap: its stretch, and the highest id that was seen before it. */
  gap: PendingGap | null;
}

/** What was read of the broker, to be taken into the record once all events up to then are in it. */
export type Finding =
  | { kind: 'swept'; task: QueueTask; fields: RecordedFields[]; swept: number }
  /** Open in the record, gone from the broker. */
  | { kind: 'missing'; task: QueueTask; ids: string[] }
  | { kind: 'totals'; task: QueueTask; totals: QueueTotals }
  | { kind: 'done'; task: QueueTask };
