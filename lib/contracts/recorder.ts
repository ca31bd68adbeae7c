import * as z from 'zod';
import { IsoTime, JobId, QueueName, SourceName } from './common';

/** How the record of a source goes on, and what this dashboard costs its broker. Null = not known. */
export const Recorder = z.object({
  source: SourceName,
  /** `recording`, `catching-up` (more than 5 s behind), `backfilling` (reads what was there before), `waiting` (no monitor has it), `off` (the backend cannot). */
  state: z.enum(['recording', 'catching-up', 'backfilling', 'waiting', 'off']),
  /** The process that records, as `host:pid`. */
  owner: z.string().nullable(),
  lagMs: z.number().nullable(),
  seenUntil: IsoTime.nullable(),
  reconciledAt: IsoTime.nullable(),
  backfill: z
    .object({
      queue: QueueName.nullable(),
      done: z.number().int(),
      total: z.number().int(),
      startedAt: IsoTime,
      leftMs: z.number().nullable(),
    })
    .nullable(),
  /** Newest first, at most 50. */
  gaps: z.array(
    z.object({
      queue: QueueName.nullable(),
      from: IsoTime,
      to: IsoTime,
      unseen: z.number().int().nullable(),
      reason: z.string(),
    }),
  ),
  /**
   * What could not be recorded, so that the rest could; kept for 30 days, 10,000 at most. `items`: the newest 20, by when they were met
   * last. `job`: null = the events of a queue. `queue`: null = those of the source. Names too long for the store end in a digest.
   */
  setAside: z.object({
    count: z.number().int(),
    last24h: z.number().int(),
    items: z.array(
      z.object({
        queue: QueueName.nullable(),
        job: JobId.nullable(),
        reason: z.string(),
        at: IsoTime,
        times: z.number().int(),
      }),
    ),
  }),
  knownSince: IsoTime.nullable(),
  jobs: z.object({
    recorded: z.number(),
    sizeBytes: z.number(),
    bytesPerJob: z.number().nullable(),
    keepDays: z.number(),
    keepBytes: z.number(),
  }),
  /** What the broker itself counts, of all its clients, over the last minute. `why`: where that is not known. */
  broker: z.object({ commandsPerSecond: z.number().nullable(), why: z.string().nullable() }),
  /**
   * Over the last minute. `share`: about how much of the broker's time, 0–1. Of the record, `roundTripsPerSecond` is what was sent, and
   * `commandsPerSecond` that with the commands that its scripts ran inside the broker; of the pages, `commandsPerSecond` is what was sent.
   */
  cost: z
    .object({
      record: z
        .object({
          roundTripsPerSecond: z.number().nullable(),
          commandsPerSecond: z.number(),
          bytesPerSecond: z.number(),
          share: z.number().nullable(),
        })
        .nullable(),
      views: z
        .object({ commandsPerSecond: z.number(), bytesPerSecond: z.number(), share: z.number().nullable() })
        .nullable(),
      jobsPerSecond: z.number().nullable(),
      commandsPerJob: z.number().nullable(),
    })
    .nullable(),
});
export type Recorder = z.infer<typeof Recorder>;

/** Whether the record of a source can be trusted now. */
export const RecordStanding = z.object({
  source: SourceName,
  /** `late`: more than 30 s behind. `nobody`: no monitor has had it for ten seconds. */
  state: z.enum(['recording', 'late', 'nobody']),
  lagMs: z.number().nullable(),
  /** What could not be recorded within the last 24 hours. */
  setAside: z.number().int(),
});
export type RecordStanding = z.infer<typeof RecordStanding>;

export const RecordStandingList = z.object({ items: z.array(RecordStanding) });
export type RecordStandingList = z.infer<typeof RecordStandingList>;
