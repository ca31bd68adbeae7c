import * as z from 'zod';
import { IsoTime, JobId, JobState, Json, QueueName, SourceName } from './common';
import { Operation } from './operations';
import { QueueFigures } from './queues';
import { SourceStatus } from './sources';
import { Worker } from './workers';

/** A job whose id has 8 KB can be watched: each of its bytes may be escaped. */
const TOPICS_CHARS = 60_000;

/** Topics of one stream: `overview`, `operations`, `queue:{source}/{queue}`, `job:{source}/{queue}/{job}`; each part URI-encoded. */
export const Topics = z
  .string()
  .min(1)
  .max(TOPICS_CHARS)
  .transform((text) => text.split(','))
  .pipe(
    z
      .array(z.string().regex(/^(overview|operations|queue:[^/,]+\/[^/,]+|job:[^/,]+\/[^/,]+\/[^/,]+)$/, 'not a topic'))
      .min(1)
      .max(50),
  );

/** `event: counts`: the queues whose figures changed since the last frame, and the sources' status. */
export const CountsFrame = z.object({
  at: IsoTime,
  queues: z.array(QueueFigures),
  /** Queues that are gone. */
  removed: z.array(z.object({ source: SourceName, name: QueueName })),
  sources: z.array(z.object({ name: SourceName, status: SourceStatus, reason: z.string().nullable() })),
});
export type CountsFrame = z.infer<typeof CountsFrame>;

const OfJob = { source: SourceName, queue: QueueName, id: JobId, at: IsoTime };

/** `event: job`. `state: null` = removed from the broker. */
export const JobFrame = z.discriminatedUnion('type', [
  z.object({
    ...OfJob,
    type: z.literal('state'),
    state: JobState.nullable(),
    name: z.string().nullable(),
    error: z.string().nullable(),
  }),
  z.object({ ...OfJob, type: z.literal('progress'), progress: Json }),
  z.object({
    ...OfJob,
    type: z.literal('log'),
    lines: z.array(z.string()),
    from: z.number().int(),
    total: z.number().int(),
  }),
]);
export type JobFrame = z.infer<typeof JobFrame>;

/** `event: worker`: a source's whole worker list, when it changed. */
export const WorkerFrame = z.object({ at: IsoTime, source: SourceName, workers: z.array(Worker) });
export type WorkerFrame = z.infer<typeof WorkerFrame>;

/** `event: operation`: one that began, moved on or ended; who may do what about it is asked for anew. */
export const OperationFrame = z.object({ at: IsoTime, operation: Operation.omit({ can: true, cannot: true }) });
export type OperationFrame = z.infer<typeof OperationFrame>;

/** `event: reset`: something may have been missed; fetch again. */
export const ResetFrame = z.object({
  at: IsoTime,
  reason: z.enum(['resume-too-old', 'too-slow', 'source-gap', 'started']),
});
export type ResetFrame = z.infer<typeof ResetFrame>;

export type LiveFrame =
  | { event: 'counts'; data: CountsFrame }
  | { event: 'job'; data: JobFrame }
  | { event: 'worker'; data: WorkerFrame }
  | { event: 'operation'; data: OperationFrame }
  | { event: 'reset'; data: ResetFrame };
