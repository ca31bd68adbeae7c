import * as z from 'zod';
import { Can, Cannot, IsoTime, JobState, page, QueueName, SourceName } from './common';
import { ATTENTION_LANES, QUEUE_HEALTHS } from './states';
import { storable } from './storable';

/** Jobs per state. `null` = cannot know now. */
export const Counts = z.record(JobState, z.number().int().nullable());
export type Counts = z.infer<typeof Counts>;

export const QueueHealth = z.enum(QUEUE_HEALTHS);

/** The cause that most failed jobs of a queue have now. */
export const FailureCause = z.object({
  /** Null: it comes from a sample, not from the record. */
  group: z.number().int().nullable(),
  /** First line, at most 300 characters. */
  message: z.string(),
  /** Failed jobs that have it now; `atLeast`: counting stopped there. Of a sample: of so many of its newest. */
  jobs: z.number().int(),
  atLeast: z.boolean(),
  sample: z.number().int().nullable(),
});
export type FailureCause = z.infer<typeof FailureCause>;

/** Why a person should look at a queue. */
export const QueueAttention = z.object({
  lane: z.enum(ATTENTION_LANES),
  /** One sentence for the screen, without its full stop. */
  sentence: z.string(),
  since: IsoTime.nullable(),
  /** How much it weighs: jobs that failed lately, or that wait. */
  weight: z.number().int(),
  cause: FailureCause.nullable(),
});
export type QueueAttention = z.infer<typeof QueueAttention>;

/** What changes from second to second; the unit of the live `counts` frame. */
export const QueueFigures = z.object({
  source: SourceName,
  name: QueueName,
  counts: Counts,
  /** States whose count is a lower bound ("10,000+"): counting further would hold the broker. */
  countsAtLeast: z.array(JobState),
  paused: z.boolean(),
  /** Age of the job that waits longest, `waiting` or `prioritized`; 0 when none does. */
  oldestWaitingMs: z.number().nullable(),
  /** Connected workers; slots and busy slots as far as workers beat, else null. */
  workers: z.number().int().nullable(),
  slots: z.number().int().nullable(),
  busy: z.number().int().nullable(),
  /** Global concurrency set on the queue; null when none is set. */
  concurrency: z.number().int().nullable(),
  rateLimit: z.object({ max: z.number(), durationMs: z.number() }).nullable(),
  /** The newest failure's first line, when one is known. */
  lastError: z.object({ message: z.string(), at: IsoTime }).nullable(),
  /** What of it cannot be read, and why, in one sentence; those figures are null. */
  unreadable: z.string().nullable(),
  /** The most pressing of what holds: `paused`, `failing`, `stuck`, `unclear`, `moving`, `idle` (jobs for later only), `empty`. */
  health: QueueHealth,
  /** All that a person should look at, at most one of a lane; empty = nothing. */
  attention: z.array(QueueAttention),
});
export type QueueFigures = z.infer<typeof QueueFigures>;

/** Who paused a queue here, when, and why (null: gave no reason). */
export const PauseNote = z.object({ by: z.string(), at: IsoTime, reason: z.string().nullable() });
export type PauseNote = z.infer<typeof PauseNote>;

/** `pause` is null while the queue runs, and where it is not known who paused it. */
export const Queue = QueueFigures.extend({ pause: PauseNote.nullable(), can: Can, cannot: Cannot });
export type Queue = z.infer<typeof Queue>;

/** `asOf` is when the shared read was made; at most a second before the answer, or older when the broker is away. */
export const QueueList = page(Queue).extend({ asOf: IsoTime });
export type QueueList = z.infer<typeof QueueList>;

export const QueueAnswer = Queue.extend({ asOf: IsoTime });
export type QueueAnswer = z.infer<typeof QueueAnswer>;

export const MAX_PAUSE_REASON = 500;
export const PauseInput = z.strictObject({
  reason: z.string().trim().min(1).max(MAX_PAUSE_REASON).check(storable).optional(),
});

export const PauseResult = z.object({ source: SourceName, queue: QueueName, paused: z.boolean() });
export type PauseResult = z.infer<typeof PauseResult>;

/** `changed`: false where it was paused already; then it is somebody else's pause. */
export const Paused = PauseResult.extend({ changed: z.boolean() });
export type Paused = z.infer<typeof Paused>;
