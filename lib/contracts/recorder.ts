import * as z from 'zod';
import { IsoTime, QueueName, SourceName } from './common';

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
  knownSince: IsoTime.nullable(),
  jobs: z.object({
    recorded: z.number(),
    sizeBytes: z.number(),
    bytesPerJob: z.number().nullable(),
    keepDays: z.number(),
    keepBytes: z.number(),
  }),
  /** Over the last minute. `share`: about how much of the broker's time, 0–1. */
  cost: z
    .object({
      record: z
        .object({ commandsPerSecond: z.number(), bytesPerSecond: z.number(), share: z.number().nullable() })
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
