import * as z from 'zod';
import { IsoTime, JobId, JobState, QueueName, SourceName } from './common';
import { WHY_CODES } from './why-codes';

export const WhyCode = z.enum(WHY_CODES);
export type WhyCode = z.infer<typeof WhyCode>;

/** Something else that stands in the way, or would once the first is gone. */
export const Cause = z.object({
  code: WhyCode,
  /** One sentence for the screen, with its figures; ≈ marks an estimate. */
  sentence: z.string(),
  /** Since when it has been so, as far as the broker tells. */
  since: IsoTime.nullable(),
  /** When it ends by itself, when that is known. */
  until: IsoTime.nullable(),
});
export type Cause = z.infer<typeof Cause>;

/** What the sentence was made from. `null` = cannot know. */
export const WhyFigures = z.record(z.string(), z.union([z.number(), z.string(), z.boolean()]).nullable());
export type WhyFigures = z.infer<typeof WhyFigures>;

export const Why = Cause.extend({
  source: SourceName,
  queue: QueueName,
  figures: WhyFigures,
  others: z.array(Cause),
  asOf: IsoTime,
});
export type Why = z.infer<typeof Why>;

/** At most 20 of the children that a job waits for, those that failed first. `state` null: it is gone. */
export const WaitedFor = z.object({
  queue: QueueName,
  id: JobId,
  name: z.string().nullable(),
  state: JobState.nullable(),
});

export const JobWhy = Why.extend({ id: JobId, state: JobState, waitsFor: z.array(WaitedFor) });
export type JobWhy = z.infer<typeof JobWhy>;
