import * as z from 'zod';
import { Can, Cannot, IsoTime, page, QueueName, SourceName } from './common';

export const RunningJob = z.object({ queue: QueueName, id: z.string(), name: z.string(), startedAt: IsoTime });
export type RunningJob = z.infer<typeof RunningJob>;

/**
 * A worker process. Those that carry the control module beat every few seconds and are known in full (`beats: true`);
 * of the rest the broker's client list tells only what is not null here.
 */
export const Worker = z.object({
  source: SourceName,
  id: z.string(),
  beats: z.boolean(),
  host: z.string().nullable(),
  pid: z.number().int().nullable(),
  queues: z.array(QueueName),
  slots: z.number().int().nullable(),
  busy: z.number().int().nullable(),
  /** Slots and busy ones per queue, for workers that beat. */
  lanes: z
    .array(
      z.object({
        queue: QueueName,
        slots: z.number().int(),
        busy: z.number().int(),
        /** Takes no jobs of this queue just now. */
        quiet: z.boolean().optional(),
      }),
    )
    .nullable(),
  /** At most 20, longest first; `busy` is the full count. */
  running: z.array(RunningJob).nullable(),
  donePerMinute: z.number().nullable(),
  cpu: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  startedAt: IsoTime.nullable(),
  beatAt: IsoTime.nullable(),
  version: z.string().nullable(),
  /** `quiet`: takes no jobs, those that run go on. `lost`: it beat, and has not for 20 s; kept for 10 minutes. */
  status: z.enum(['up', 'quiet', 'stopping', 'lost']),
  address: z.string().nullable(),
});
export type Worker = z.infer<typeof Worker>;

/** A worker with what may be ordered of it. */
export const WorkerRow = Worker.extend({ can: Can, cannot: Cannot });
export type WorkerRow = z.infer<typeof WorkerRow>;

export const WorkerList = page(WorkerRow).extend({ asOf: IsoTime });
export type WorkerList = z.infer<typeof WorkerList>;

/** `host:pid` of one that beats; else what the broker's client list makes of it. */
export const WorkerId = z.string().min(1).max(16_384);

/** How long running jobs may go on before their signals abort. */
export const StopWorker = z.strictObject({ graceMs: z.number().int().min(0).max(3_600_000).default(30_000) });

/** `queue` may be left out where the worker has one. */
export const WorkerConcurrency = z.strictObject({
  queue: QueueName.optional(),
  concurrency: z.number().int().min(1).max(1000),
});

/** `acknowledged`: the worker has done it, or has begun to stop. `requested`: it was told and has not answered within a second. */
export const WorkerOrderResult = z.object({
  source: SourceName,
  worker: WorkerId,
  outcome: z.enum(['acknowledged', 'requested']),
  note: z.string().nullable(),
});
export type WorkerOrderResult = z.infer<typeof WorkerOrderResult>;
