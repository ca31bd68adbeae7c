import * as z from 'zod';
import { Can, Cannot, IsoTime, page, QueueName, SourceName } from './common';

/** `restricted`: it answers, but its user lacks a right without which no queue can be read. */
export const SourceStatus = z.enum(['up', 'down', 'connecting', 'incompatible', 'restricted']);
export type SourceStatus = z.infer<typeof SourceStatus>;

/** A right that the broker's user lacks: what it is, what is not known without it, and what grants it. */
export const MissingRight = z.object({ right: z.string(), costs: z.string(), remedy: z.string() });
export type MissingRight = z.infer<typeof MissingRight>;
/** What Queuedeck's own worker does on the queues of a source that have tasks of its own. */
export const SourceWorker = z.object({
  /** Those that told so within the last minute. `null` = the store does not say. */
  processes: z.number().int().nullable(),
  queues: z.array(
    z.object({
      queue: QueueName,
      state: z.enum(['works', 'left-alone']),
      /** Why it is left alone, in one sentence. */
      reason: z.string().nullable(),
      since: IsoTime,
    }),
  ),
});
export type SourceWorker = z.infer<typeof SourceWorker>;

/** A broker that is watched. `null` = cannot know (never 0). */
export const Source = z.object({
  name: SourceName,
  backend: z.enum(['bullmq-redis', 'bullmq-postgres']),
  /** The server's own version, as `Redis 7.0.15`, `Valkey 8.0.1`, `PostgreSQL 18.4`. */
  version: z.string().nullable(),
  status: SourceStatus,
  /** Why it is not `up`, in one sentence, without credentials. */
  reason: z.string().nullable(),
  since: IsoTime.nullable(),
  memory: z.object({ usedBytes: z.number(), maxBytes: z.number().nullable() }).nullable(),
  latencyMs: z.number().nullable(),
  queues: z.number().int().nullable(),
  embedded: z.boolean(),
  /** Rights that its user was found to lack; each costs what it feeds, and nothing else. */
  missingRights: z.array(MissingRight),
  /** `null` = ours is not here: the broker is only watched. */
  worker: SourceWorker.nullable(),
  can: Can,
  cannot: Cannot,
});
export type Source = z.infer<typeof Source>;

export const SourceList = page(Source);
export type SourceList = z.infer<typeof SourceList>;
