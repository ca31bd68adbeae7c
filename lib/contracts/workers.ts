import * as z from 'zod';
import { IsoTime, page, QueueName, SourceName } from './common';

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
  lanes: z.array(z.object({ queue: QueueName, slots: z.number().int(), busy: z.number().int() })).nullable(),
  /** At most 20, longest first; `busy` is the full count. */
  running: z.array(RunningJob).nullable(),
  donePerMinute: z.number().nullable(),
  cpu: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  startedAt: IsoTime.nullable(),
  beatAt: IsoTime.nullable(),
  version: z.string().nullable(),
  /** `lost`: it beat, and has not for 20 s; kept for 10 minutes. */
  status: z.enum(['up', 'stopping', 'lost']),
  address: z.string().nullable(),
});
export type Worker = z.infer<typeof Worker>;

export const WorkerList = page(Worker).extend({ asOf: IsoTime });
export type WorkerList = z.infer<typeof WorkerList>;
