import type { JobState } from '@/lib/contracts/states';
import type { Position } from './backend';

/**
 * Where the reading goes on: of all queues, and of each that has a place of its own. Opaque above the adapter, kept in the store with what
 * was read. Names of queues may be any text, so they are never keys of an object.
 */
export interface RecordCursor {
  base: string;
  queues: ReadonlyMap<string, string>;
}

/** What a batch moves of it. `base`: null = stays. Of a queue, null = it has no place of its own any more. */
export interface CursorChange {
  base: string | null;
  queues: ReadonlyMap<string, string | null>;
}

export function moveCursor(cursor: RecordCursor | null, { base, queues }: CursorChange): RecordCursor {
  const moved = new Map(cursor?.queues);
  for (const [queue, place] of queues) {
    if (place === null) moved.delete(queue);
    else moved.set(queue, place);
  }
  return { base: base ?? cursor?.base ?? '', queues: moved };
}

/**
 * BullMQ's events as they happened, in order per queue. `text`: `failed` the reason (2 KB), `completed` the result's JSON text
 * (64 KB, for jobs that are removed when they complete), `progress` its JSON text (2 KB), `delayed` when it is due (epoch ms).
 * `name`: with `added`.
 */
export interface RecordedEvent {
  queue: string;
  id: string;
  /** Epoch ms by the broker's clock. */
  at: number;
  /** (at, seq) is its place among the events of its queue. */
  seq: number;
  kind:
    | 'added'
    | 'waiting'
    | 'prioritized'
    | 'delayed'
    | 'waiting-children'
    | 'active'
    | 'stalled'
    | 'completed'
    | 'failed'
    | 'retries-exhausted'
    | 'removed'
    | 'progress';
  name: string | null;
  text: string | null;
  /** The state it came from, where the event tells. */
  prev: string | null;
}

/** A job's fields as the broker held them at the time of the read. Texts are raw; cut ones come with their true size. Times epoch ms. */
export interface RecordedFields {
  queue: string;
  id: string;
  name: string;
  /** Null where the read did not look for it: the events tell. */
  state: JobState | null;
  addedAt: number;
  startedAt: number | null;
  finishedAt: number | null;
  delayMs: number;
  attemptsMade: number;
  attemptsStarted: number;
  stalledCount: number;
  /** Raw JSON, ≤ 64 KB. */
  data: string | null;
  dataBytes: number;
  result: string | null;
  resultBytes: number;
  /** Raw JSON, ≤ 8 KB; cut ones are null. */
  options: string | null;
  /** ≤ 2 KB. */
  error: string | null;
  /** The newest trace, ≤ 4 KB. */
  stack: string | null;
  progress: string | null;
  worker: string | null;
  parent: { queue: string; id: string } | null;
  /** Null: it was not looked for. Events tell it; it is read of what a sweep finds failed. */
  hasChildren: boolean | null;
  schedulerId: string | null;
  deduplicationId: string | null;
}

/** `fromMs`: what was last read of the queue before; null = never. `isGone`: all its events are, and with them (almost always) the queue. */
export interface RecordGap {
  queue: string;
  fromMs: number | null;
  toMs: number;
  isGone: boolean;
}

/** A queue whose events cannot be read for now. */
export interface OddQueue {
  queue: string;
  why: string;
}

/** A queue that was resumed, by whomever; the place as of a RecordedEvent. */
export interface ResumedQueue {
  queue: string;
  at: number;
  seq: number;
}

export interface RecordBatch {
  events: RecordedEvent[];
  /** In order. */
  resumed: ResumedQueue[];
  /** One for each job of the events that had to be read and was still there; read after the events. */
  fields: RecordedFields[];
  /** Where the next batch begins: to be kept together with what this one says. */
  cursor: CursorChange;
  /** All queues that are followed; the same array as long as they are the same. */
  queues: readonly string[];
  /** Queues whose events were trimmed, or removed, before they could be read. */
  gaps: RecordGap[];
  /** Queues that were met so since the batch before. */
  odd: OddQueue[];
  /** More was there than one batch takes. */
  more: boolean;
  /** How far behind the broker's clock the last event read was, when more is there; else 0. */
  lagMs: number;
}

/** What reading cost the broker since the backend was opened. `brokerMs`: time inside it, as far as it tells, else null. */
export interface RecordingCost {
  /** Commands that were sent; and with what they ran inside the broker (scripts). */
  roundTrips: number;
  commands: number;
  bytesIn: number;
  bytesOut: number;
  brokerMs: number | null;
}

/** The broker's own totals, by which what was not seen is counted. */
export interface QueueTotals {
  /** The newest event of the queue when they were read, in one step with them; null where that cannot be told. */
  at: { at: number; seq: number } | null;
  /** How many ids were ever given out; null where ids are not counted. */
  ids: number | null;
  /** Failed jobs that it keeps; null where they are not counted. */
  failedKept: number | null;
  /** BullMQ's metrics, where workers keep them: all that ended, and per minute (newest first, from `newestMinute`, epoch minutes). */
  completed: EndedTotals | null;
  failed: EndedTotals | null;
}

export interface EndedTotals {
  count: number;
  newestMinute: number;
  perMinute: number[];
}

export interface SweptFields {
  jobs: RecordedFields[];
  next: Position | null;
}

export interface RecordOptions {
  signal: AbortSignal;
  /** Events at most in a batch. */
  maxEvents?: number;
  /** Jobs whose data, options and name are known already: only what changes is read of them. */
  isKnown?: (queue: string, id: string) => boolean;
  /** How long a read may wait for news, ms; at most (and without it) a second. */
  waitMs?: () => number;
  /** Queues of which nothing may be left for a later batch; of others, where there are very many, news may wait a few seconds. */
  mustRead?: () => readonly string[];
}

/** What a backend must be able to do so that its jobs are remembered. */
export interface RecordingMethods {
  /**
   * All queues' events from the cursor on (null = from now on), by one blocking read for all queues, in batches, until the signal
   * aborts. A queue that is met later is read from the beginning of what the broker kept since the cursor's time. A lost broker
   * is waited for; what went by meanwhile is read when it is back, or told as a gap. While nothing happens an empty batch comes
   * each second (each at most 2 s after the one before while the broker answers). What is in the broker before `next()` is called
   * is in the batches up to the first one with `more: false`: nothing is read ahead (of `mustRead` and of the queues that had news
   * lately; of all, where there are fewer than 500). Whatever was cut before it could be read is a gap, told with the read that meets it.
   */
  record(cursor: RecordCursor | null, options: RecordOptions): AsyncIterable<RecordBatch>;
  /**
   * Jobs of one state in the order of their end (finished), due time or place, in steps of a few ms. `fromMs`: not those that ended
   * before. `choose`: of which of the ids the fields are wanted at all; left out, of all.
   */
  sweepFields(
    queue: string,
    state: JobState,
    fromMs: number | null,
    position: Position | null,
    choose?: (ids: string[]) => Promise<string[]>,
  ): Promise<SweptFields>;
  /** Those of the ids that are still there, in one pipelined read; at most 500. */
  readFields(queue: string, ids: readonly string[]): Promise<(RecordedFields | null)[]>;
  /** Which of the ids are there; at most 500, nothing of them is read. */
  hasJobs(queue: string, ids: readonly string[]): Promise<boolean[]>;
  readTotals(queue: string): Promise<QueueTotals>;
  cost(): RecordingCost;
}
