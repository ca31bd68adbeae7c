import * as z from 'zod';
import { IsoTime, JobId, JobState, QueueName } from './common';
import { Source } from './sources';

/** ≈: taken from `sampledJobs` jobs at random, never counted. Logs and indexes are not in it. */
export const SampledSizes = z.object({
  sampledJobs: z.number().int(),
  queues: z.array(
    z.object({
      queue: QueueName,
      jobs: z.number().int(),
      sampledJobs: z.number().int(),
      /** ≈ of all its jobs, and of one. */
      bytes: z.number(),
      bytesPerJob: z.number(),
    }),
  ),
  /** Queues that were left out: beyond the 200 largest, or not to be read. */
  queuesLeftOut: z.number().int(),
  /** The largest payloads (data and result) that the sample met; there may be larger ones. */
  largest: z.array(
    z.object({ queue: QueueName, id: JobId, name: z.string(), state: JobState, payloadBytes: z.number() }),
  ),
});
export type SampledSizes = z.infer<typeof SampledSizes>;

/** A setting that can lose jobs or stop the broker, with what to do about it. */
export const SourceWarning = z.object({
  code: z.string(),
  severity: z.enum(['danger', 'caution']),
  sentence: z.string(),
  remedy: z.string(),
});
export type SourceWarning = z.infer<typeof SourceWarning>;

/** A source looked into. `null` = cannot know, or does not apply to this backend. */
export const SourceDetail = Source.extend({
  inspectedAt: IsoTime.nullable(),
  evictionPolicy: z.string().nullable(),
  persistence: z
    .object({
      appendOnly: z.boolean().nullable(),
      snapshots: z.boolean().nullable(),
      lastSaveAt: IsoTime.nullable(),
    })
    .nullable(),
  clockSkewMs: z.number().nullable(),
  /** Since when the server runs; `since` is our connection to it. */
  serverStartedAt: IsoTime.nullable(),
  clients: z.object({ connected: z.number().int(), max: z.number().int().nullable() }).nullable(),
  database: z
    .object({
      sizeBytes: z.number(),
      jobTableBytes: z.number(),
      eventTableBytes: z.number(),
      /** Rows as the statistics have them; `dead` ones wait for vacuum. */
      tables: z.array(z.object({ name: z.string(), liveRows: z.number(), deadRows: z.number() })),
    })
    .nullable(),
  sizes: SampledSizes.nullable(),
  warnings: z.array(SourceWarning),
});
export type SourceDetail = z.infer<typeof SourceDetail>;
